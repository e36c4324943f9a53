import type { Mutant } from "./mutant.ts";

/** Bugs of the forwarder: what it keeps of how far it is, and what it makes of an answer. */
export const FORWARDING: readonly Mutant[] = [
  {
    name: "the forwarder's place is kept before its batch is answered for",
    invariants: [1, 9],
    file: "src/forward/forwarder.ts",
    find: "      await this.#send(stretch);\n",
    replace: "      this.#keepPlace(stretch.cursor);\n      await this.#send(stretch);\n",
  },
  {
    name: "a batch that the forwarder sends again makes other alerts",
    invariants: [1, 9],
    file: "src/forward/delivery.ts",
    find: "(await server.send(pack(load, compress)))",
    replace:
      '(await server.send(pack({ ...load, lines: load.lines.map((line) => line.replace(/"id":"(?=\\d+\\.)/, `"id":"${"0".repeat(tries - 1)}`)) }, compress)))',
  },
  {
    name: "where a forwarder begins is forgotten by a first life that never heard of its server",
    invariants: [1, 9],
    file: "src/forward/forwarder.ts",
    find: "if (cursor !== null) this.#keepPlace(cursor);",
    replace: "",
  },
  {
    name: "of a batch that was too large the forwarder sends the first half",
    invariants: [1, 9],
    file: "src/forward/delivery.ts",
    find: "pieces.push(piece.slice(half), piece.slice(0, half));",
    replace: "pieces.push(piece.slice(0, half));",
  },
  {
    name: "an answer that was cut off counts as one",
    invariants: [1, 9],
    file: "src/forward/answer.ts",
    find: "if (answer.body === null) return CUT_OFF;",
    replace: 'if (answer.body === null) return { kind: "taken", kept: 0, refused: [], filter: null };',
  },
  {
    name: "a forwarder amid its file says that it stands at the end",
    invariants: [9],
    file: "src/forward/forwarder.ts",
    find: "const readTo = isAtEnd && watermarkAt !== null ? new Date(watermarkAt).toISOString() : null;",
    replace: "const readTo = new Date(this.#options.clock.now()).toISOString();",
  },
];
