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
    name: "three times as many calls at once as a destination takes",
    invariants: [5],
    file: "src/engine/engine.ts",
    find: "new Worker({ ...shared, destination, terms })",
    replace: "new Worker({ ...shared, destination, terms: { ...terms, concurrency: 3 * terms.concurrency } })",
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
    file: "src/engine/worker.ts",
    find: "if (againAt !== null) this.#wakeAt(againAt);",
    replace: "if (againAt !== null && claim.lane.failures === 0) this.#wakeAt(againAt);",
  },
  {
    name: "a worker whom the disk failed sleeps on",
    invariants: [5, 6],
    file: "src/engine/worker.ts",
    find: "this.#wakeAt(this.#options.clock.now() + RETRY_DOOR_MS);",
    replace: "this.#options.clock.now();",
  },
];
