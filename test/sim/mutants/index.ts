/** A bug to plant: `find` must stand exactly once in `file`. */
export interface Mutant {
  readonly name: string;
  /** The promise of ARCHITECTURE.md that it breaks. */
  readonly invariant: number;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "a duplicate is counted as kept too",
    invariant: 1,
    file: "src/core/accept.ts",
    find: "counts.duplicate += 1;",
    replace: "counts.duplicate += 1; counts.kept += 1;",
  },
  {
    name: "the bookmark is not moved with what was read",
    invariant: 1,
    file: "src/core/accept.ts",
    find: "cursor: input.cursor,",
    replace: "cursor: counts.kept > 2 ? before.cursor : input.cursor,",
  },
  {
    name: "an alert that comes twice in one turn is not noticed",
    invariant: 1,
    file: "src/core/view.ts",
    find: "if (known === undefined) this.#alerts.set(key, [identity]);",
    replace: "if (known === undefined) this.#alerts.set(`${key}?`, [identity]);",
  },
  {
    name: "a collision is taken for a duplicate",
    invariant: 1,
    file: "src/core/accept.ts",
    find: "known.stamp === alert.identity.stamp && known.ruleId === alert.identity.ruleId",
    replace: 'known.stamp !== ""',
  },
  {
    name: "an escalation forgets those who hear of the new severity only",
    invariant: 2,
    file: "src/core/tell.ts",
    find: "isUnresolved(incident) ? [...named, ...told, ...waiting]",
    replace: "isUnresolved(incident) && incident.revision === 1 ? [...named, ...told, ...waiting]",
  },
  {
    name: "work is done with although more has happened meanwhile",
    invariant: 2,
    file: "src/core/settle.ts",
    find: "if (sawAnswer && attempt.completes && work.wanted <= attempt.revision) {",
    replace: "if (sawAnswer && attempt.completes) {",
  },
  {
    name: "a step is done again after one empty look",
    invariant: 3,
    file: "src/core/work.ts",
    find: "EMPTY_LOOKS_BEFORE_REPEAT = 2",
    replace: "EMPTY_LOOKS_BEFORE_REPEAT = 1",
  },
  {
    name: "a call that got no answer is taken for one that failed",
    invariant: 3,
    file: "src/core/outcome.ts",
    find: "if (!call.written || safeToRepeat)",
    replace: 'if (!call.written || safeToRepeat || call.reason === "timeout")',
  },
  {
    name: "a 500 is taken for a clean refusal",
    invariant: 3,
    file: "src/core/outcome.ts",
    find: `if (status >= 500) return { kind: "unknown", reason: "server_error", evidence };`,
    replace: `if (status >= 500) return later("server_error", "destination", retryAfterMs, evidence);`,
  },
  {
    name: "calls that were in flight at a death are simply made again",
    invariant: 3,
    file: "src/core/recover.ts",
    find: "afterUnknown(work, attempt, unknown, context)",
    replace: "afterUnknown(work, { ...attempt, safeToRepeat: true }, unknown, context)",
  },
  {
    name: "a repeat that failed cleanly forgets that it is one",
    invariant: 3,
    file: "src/core/settle.ts",
    find: `state: work.unsure ? "unknown" : "ready" }, context)`,
    replace: `state: "ready", unsure: false }, context)`,
  },
  {
    name: "the attempt is written down after the call",
    invariant: 3,
    file: "src/engine/worker.ts",
    find: `    const { attempts = [] } = await door.submit({ kind: "begin", destination: terms.name, items });
    jobs.forEach((job, i) => this.#start(job, attempts[i] ?? null));`,
    replace: `    const early = jobs.map((job) => job.thought.kind === "call" ? destinationOf(this.#options).perform(job.thought.step, { http: this.#options.http, secrets: this.#options.secrets, now: clock.now(), deadlineMs: STEP_DEADLINE_MS }) : null);
    await early[0];
    const { attempts = [] } = await door.submit({ kind: "begin", destination: terms.name, items });
    jobs.forEach((job, i) => this.#start(job, attempts[i] ?? null));
    function destinationOf(options: WorkerOptions) { return options.destination; }`,
  },
  {
    name: "a step done again says more than it said the first time",
    invariant: 6,
    file: "src/engine/think.ts",
    find: "work.unsure && attempt !== null ? upToMoment(picture, attempt.plan.momentsTold) : picture",
    replace: "picture",
  },
  {
    name: "a lost edit is forgotten once it was made again",
    invariant: 6,
    file: "src/core/settle.ts",
    find: "evidence, dueAt, mayLandUntil };",
    replace: "evidence, dueAt };",
  },
  {
    name: "the pace is forgotten with the process",
    invariant: 5,
    file: "src/core/begin.ts",
    find: "if (after !== lane) view.putLane(after);",
    replace: "if (after !== lane && calls < 0) view.putLane(after);",
  },
  {
    name: "Retry-After is not waited for",
    invariant: 5,
    file: "src/core/lane.ts",
    find: "call.now + (asked ?? ownMs)",
    replace: "call.now + Math.min(asked ?? ownMs, 1_000)",
  },
  {
    name: "first come, first served, however critical",
    invariant: 5,
    file: "src/core/work.ts",
    find: `return news.severity === "critical" ? 0 : 1;`,
    replace: `return 1;`,
  },
  {
    name: "nobody is woken when a destination opens again",
    invariant: 5,
    file: "src/engine/worker.ts",
    find: "if (againAt !== null) this.#wakeAt(againAt);",
    replace: "if (againAt !== null && claim.lane.failures === 0) this.#wakeAt(againAt);",
  },
  {
    name: "the secret of a webhook is kept as evidence",
    invariant: 7,
    file: "src/core/settle.ts",
    find: "    evidence: outcome.evidence,\n  });\n  noteLane",
    replace: "    evidence: `${outcome.evidence} canary-jira-token-55e1`,\n  });\n  noteLane",
  },
  {
    name: "back-off draws from the machine's own chance",
    invariant: 8,
    file: "src/core/work.ts",
    find: "(random() * whole) / 2)",
    replace: "(Math.random() * whole) / 2)",
  },
];
