import type { Mutant } from "./mutant.ts";

/** Bugs in what becomes of the word of a destination that calls back. */
export const HOOKING: readonly Mutant[] = [
  {
    name: "a call that was cut off from its answer is made again although the rule has called back",
    invariants: [3, 6],
    file: "src/core/called-back.ts",
    find: "  return arrived(view, work, attempt, { remote, others: [], sawAnswer: false }, context);",
    replace: `  if (work.state === "unknown") return [];
  return arrived(view, work, attempt, { remote, others: [], sawAnswer: false }, context);`,
  },
  {
    name: "of two tickets of one mark only the last is remembered",
    invariants: [6],
    file: "src/core/called-back.ts",
    find: "else view.putReceipt({ ...receipt, twins: [...receipt.twins, remote.anchor] });",
    replace: "else view.putReceipt({ ...receipt, remote });",
  },
  {
    name: "whoever calls back with a mark is believed, whether or not its step was made",
    invariants: [6],
    file: "src/core/called-back.ts",
    find: "if (attempt === undefined)\n    return refuse(",
    replace:
      "if (attempt === undefined) view.putReceipt({ ...view.receipt(incident, destination)!, remote });\n  if (attempt === undefined)\n    return refuse(",
  },
  {
    name: "a lost call is made again before the rule had time to call back",
    invariants: [3],
    file: "src/connectors/jira-automation/jira-automation.ts",
    find: "settleMs: callback ? FOUND_WITHIN_MS : MINUTE_MS,",
    replace: "settleMs: callback ? MINUTE_MS / 60 : MINUTE_MS,",
  },
];
