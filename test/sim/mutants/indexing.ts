import type { Mutant } from "./mutant.ts";

/** Bugs in how an indexer is read, whose documents come late and in any order. */
export const INDEXING: readonly Mutant[] = [
  {
    name: "an indexer is read on from its newest document, past what can't be found yet",
    invariants: [1, 9],
    file: "src/sources/indexer-bookmark.ts",
    find: "return readAt === null ? sinceAt : Math.max(sinceAt, readAt - overlapMs);",
    replace: "return readAt === null ? sinceAt : Math.max(sinceAt, readAt);",
  },
  {
    name: "documents that come later than usual are not looked for",
    invariants: [1],
    file: "src/sources/indexer-look.ts",
    find: "if (this.#bookmark.counts.get(bucket) === count) continue;",
    replace: "if (this.#bookmark.counts.get(bucket) !== -1) continue;",
  },
  {
    name: "timers believe that whatever happened by now is in the indexer by now",
    invariants: [9],
    file: "src/sources/indexer.ts",
    find: "this.#watermark.noteEnd(lookedAt - overlapMs);",
    replace: "this.#watermark.noteEnd(lookedAt);",
  },
];
