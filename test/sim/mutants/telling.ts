import type { Mutant } from "./mutant.ts";

/** Bugs in who hears of what, how often, and in what is over there in the end. */
export const TELLING: readonly Mutant[] = [
  {
    name: "an escalation forgets those who hear of the new severity only",
    invariants: [2],
    file: "src/core/tell.ts",
    find: "isUnresolved(incident) ? [...named, ...told, ...waiting]",
    replace: "isUnresolved(incident) && incident.revision === 1 ? [...named, ...told, ...waiting]",
  },
  {
    name: "only those who can edit hear that it is over",
    invariants: [2],
    file: "src/core/tell.ts",
    find: ": [...told, ...waiting])];",
    replace: `: [...told, ...waiting].filter((name) => name === "board"))];`,
  },
  {
    name: "work is done with although more has happened meanwhile",
    invariants: [2, 6],
    file: "src/core/settle.ts",
    find: "sawAnswer && attempt.completes && work.wanted <= attempt.revision;",
    replace: "sawAnswer && attempt.completes;",
  },
  {
    name: "the first trouble of a destination is the end of the work",
    invariants: [2],
    file: "src/core/settle.ts",
    find: `state: work.lostSince === null ? "ready" : "unknown" }, context)`,
    replace: `state: "dead" }, context)`,
  },
  {
    name: "an outcome that the disk had no room for is forgotten",
    invariants: [5, 6],
    file: "src/engine/worker.ts",
    find: "if (this.#stopping) return false;",
    replace: "return false;",
  },
  {
    name: "a step is done again after one empty look",
    invariants: [3, 6],
    file: "src/core/work.ts",
    find: "EMPTY_LOOKS_BEFORE_REPEAT = 2",
    replace: "EMPTY_LOOKS_BEFORE_REPEAT = 1",
  },
  {
    name: "a call that got no answer is taken for one that failed",
    invariants: [3, 6],
    file: "src/core/outcome.ts",
    find: "if (!call.written) return later(",
    replace: `if (!call.written || call.reason === "timeout") return later(`,
  },
  {
    name: "a 500 is taken for a clean refusal",
    invariants: [3, 6],
    file: "src/core/outcome.ts",
    find: `if (status >= 500) return unknown("server_error", retryAfterMs, evidence);`,
    replace: `if (status >= 500) return later("server_error", "destination", retryAfterMs, evidence);`,
  },
  {
    name: "calls that were in flight at a death are simply made again",
    invariants: [3, 6],
    file: "src/core/recover.ts",
    find: "afterUnknown(view, work, attempt,",
    replace: "afterUnknown(view, work, { ...attempt, safeToRepeat: true },",
  },
  {
    name: "a repeat that failed cleanly forgets that it is one",
    invariants: [3, 6],
    file: "src/core/settle.ts",
    find: `state: work.lostSince === null ? "ready" : "unknown" }, context)`,
    replace: `state: "ready", lostSince: null }, context)`,
  },
  {
    name: "the attempt is written down after the call",
    invariants: [3, 5, 6],
    file: "src/engine/writer.ts",
    find: "drafts.push(drafted);",
    replace: `drafts.push(drafted);
      const perform = this.#perform;
      perform(drafted.jobs);
      this.#perform = () => { this.#perform = perform; };`,
  },
  {
    name: "a step done again says more than it said the first time",
    invariants: [6],
    file: "src/engine/think.ts",
    find: "lostSince !== null && attempt !== null ? upToMoment(picture, attempt.plan.momentsTold) : picture",
    replace: "picture",
  },
  {
    name: "a lost edit is forgotten once it was made again",
    invariants: [6],
    file: "src/core/settle.ts",
    find: "evidence, dueAt, mayLandUntil }",
    replace: "evidence, dueAt }",
  },
  {
    name: "nobody looks for a second copy of what was done again",
    invariants: [3],
    file: "src/core/sweep.ts",
    find: "if (!attempt.repeat || since === null",
    replace: "if (attempt.repeat || since === null",
  },
  {
    name: "one look for a second copy is enough",
    invariants: [3],
    file: "src/core/sweep.ts",
    find: "return now >= sweep.until ? null :",
    replace: "return now >= sweep.arrivedAt ? null :",
  },
  {
    name: "the copy that stays never hears what the other one was told",
    invariants: [6],
    file: "src/core/sweep.ts",
    find: "remote: found.remote, momentsTold, headDigest: null, twins",
    replace: "remote: found.remote, headDigest: null, twins",
  },
  {
    name: "a second copy is noted and left where it is",
    invariants: [3, 6],
    file: "src/core/settle.ts",
    find: "twins: [...(plan.twins ?? before?.twins ?? []), ...others],",
    replace: "twins: [],",
  },
  {
    name: "news of what is watched ends the watch",
    invariants: [3],
    file: "src/core/tell.ts",
    find: `view.putWork({ ...work, state: "ready", wanted: incident.revision, priority, dueAt: now, sinceAt: now });`,
    replace: `view.putWork({ ...work, sweeps: [], state: "ready", wanted: incident.revision, priority, dueAt: now, sinceAt: now });`,
  },
];
