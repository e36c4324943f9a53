import type { Mutant } from "./mutant.ts";

/** Bugs in when a destination is called, and in which order. */
export const CALLING: readonly Mutant[] = [
  {
    name: "the pace is forgotten with the process",
    invariants: [5],
    file: "src/core/begin.ts",
    find: "if (after !== lane) view.putLane(after);",
    replace: "if (after !== lane && calls < 0) view.putLane(after);",
  },
  {
    name: "another config forgets which calls are in flight",
    invariants: [5],
    file: "src/engine/agenda.ts",
    find: "if (!this.#entries.has(name)) this.#entries.set(name, newEntry());",
    replace: "this.#entries.set(name, newEntry());",
  },
  {
    name: "three times as many calls at once as a destination takes",
    invariants: [5],
    file: "src/engine/draft.ts",
    find: "const room = terms.concurrency - inFlight.size;",
    replace: "const room = 3 * terms.concurrency - inFlight.size; inFlight = new Set();",
  },
  {
    name: "Retry-After is not waited for",
    invariants: [5],
    file: "src/core/lane.ts",
    find: "call.now + (asked ?? ownMs)",
    replace: "call.now + Math.min(asked ?? ownMs, 1_000)",
  },
  {
    name: "the Retry-After of a 503 is not waited for",
    invariants: [5],
    file: "src/core/lane.ts",
    find: "const asked = trouble.retryAfterMs;",
    replace: `const asked = trouble.kind === "later" ? trouble.retryAfterMs : null;`,
  },
  {
    name: "a success forgets what the destination asked for",
    invariants: [5],
    file: "src/core/lane.ts",
    find: "return { ...lane, failures: 0,",
    replace: "return { ...lane, holdUntil: 0, failures: 0,",
  },
  {
    name: "first come, first served, however critical",
    invariants: [5],
    file: "src/core/work.ts",
    find: `return news.severity === "critical" ? 0 : 1;`,
    replace: `return 1;`,
  },
  {
    name: "nobody is woken when a destination opens again",
    invariants: [5, 6],
    file: "src/engine/agenda.ts",
    find: "return this.#sleep(name, entry, again.at, again.at);",
    replace: "return this.#sleep(name, entry, null, Infinity);",
  },
  {
    name: "a destination that the disk failed sleeps on",
    invariants: [2, 5, 6],
    file: "src/engine/agenda.ts",
    find: "this.#sleep(name, entry, at, at);",
    replace: "this.#sleep(name, entry, null, Infinity);",
  },
  {
    name: "those whose plan failed together are not tried again one by one",
    invariants: [2, 5, 6],
    file: "src/engine/agenda.ts",
    find: "this.#suspects.add(name);\n        this.wake(name);",
    replace: "this.#entries.get(name)!.awake = false;",
  },
  {
    name: "a call whose outcome had to be committed without a plan keeps its place for ever",
    invariants: [2, 5, 6],
    file: "src/engine/writer.ts",
    find: "for (const [name, attempts] of ended) this.#agenda.ended(name, attempts);",
    replace: "if (drafted !== null) for (const [name, attempts] of ended) this.#agenda.ended(name, attempts);",
  },
  {
    name: "who is away is sent something although there is a lost call to look for",
    invariants: [3],
    file: "src/engine/draft.ts",
    find: "terms.finds && isUnanswered(claimed.lane) ?",
    replace: "terms.finds && claimed.lane.failures < 0 ?",
  },
  {
    name: "what is told anew is not taken off the budget",
    invariants: [5],
    file: "src/core/budget.ts",
    find: "budgetUsed: used + firsts };",
    replace: "budgetUsed: used };",
  },
  {
    name: "a storm of as many others is taken for the same",
    invariants: [2],
    file: "src/core/own-health.ts",
    find: 'version: [count, ...incidents.map(({ id }) => `#${id}`)].join(" "),',
    replace: "version: String(count),",
  },
  {
    name: "a storm that grows is not said again",
    invariants: [2],
    file: "src/app/health/monitor.ts",
    find: "before.problem.version !== problem.version;",
    replace: "before.problem.title !== problem.title;",
  },
  {
    name: "what is listed stays listed when it becomes critical",
    invariants: [2, 5],
    file: "src/core/tell.ts",
    find: `  const isCritical = incident.severity === "critical";
  view.putWork(`,
    replace: `  const isCritical = incident.severity === "critical" && listed.state !== "listed";
  view.putWork(`,
  },
];
