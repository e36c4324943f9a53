import type { Mutant } from "./mutant.ts";

/** Bugs in how files that were missed are found, and in how packed ones are read. */
export const TAILING: readonly Mutant[] = [
  {
    name: "only the newest of the missed files is read",
    invariants: [1, 9],
    file: "src/sources/tail-following.ts",
    find: "found = { file, isCurrent,",
    replace: "found ??= { file, isCurrent,",
  },
  {
    name: "missed files that were packed are passed by",
    invariants: [1, 9],
    file: "src/sources/tail-following.ts",
    find: "if (file.order <= order) break;",
    replace: "if (file.order <= order) break;\n    if (file.packed) continue;",
  },
  {
    name: "a packed file is begun anew",
    invariants: [1],
    file: "src/sources/tail-place.ts",
    find: 'return { kind: "place", opened, offsetBytes, skipping, mark, fromAt, notes: [] };',
    replace:
      'return { kind: "place", opened, offsetBytes: opened.packed ? 0 : offsetBytes, skipping, mark, fromAt, notes: [] };',
  },
  {
    name: "a half-read file is not looked for once it is packed",
    invariants: [1, 9],
    file: "src/sources/tail-open.ts",
    find: 'return plain.kind === "missing" ? openDated(name, { name: dated, packed: true }) : plain;',
    replace: "return plain;",
  },
  {
    name: "a packed file ends where nothing more has come out of it yet",
    invariants: [1, 9],
    file: "src/sources/tail-packed.ts",
    find: "return isFull || !isOver;",
    replace: "return isFull;",
  },
];
