import type { Mutant } from "./mutant.ts";

/** Bugs in what is read and counted, in what stays secret, and in what repeats itself. */
export const ACCOUNTING: readonly Mutant[] = [
  {
    name: "a duplicate is counted as kept too",
    invariants: [1],
    file: "src/core/accept.ts",
    find: "counts.duplicate += 1;",
    replace: "counts.duplicate += 1; counts.kept += 1;",
  },
  {
    name: "a line that is broken is counted as kept",
    invariants: [1],
    file: "src/core/accept.ts",
    find: "kept: before.kept + counts.kept,",
    replace: "kept: before.kept + counts.kept + input.malformed,",
  },
  {
    name: "who took an alert that nobody hears of is not written down",
    invariants: [1],
    file: "src/core/accept.ts",
    find: "...(endings.length > 0 && { endings }),",
    replace: "",
  },
  {
    name: "the bookmark is not moved with what was read",
    invariants: [1],
    file: "src/core/accept.ts",
    find: "cursor: input.cursor,",
    replace: "cursor: counts.kept > 2 ? before.cursor : input.cursor,",
  },
  {
    name: "an alert that comes twice in one turn is not noticed",
    invariants: [1],
    file: "src/core/view.ts",
    find: "putAlert(row: AlertRow): void {\n    this.#addAlert(row.identity);",
    replace: "putAlert(row: AlertRow): void {",
  },
  {
    name: "a collision is taken for a duplicate",
    invariants: [1],
    file: "src/core/accept.ts",
    find: "known.stamp === alert.identity.stamp && known.ruleId === alert.identity.ruleId",
    replace: 'known.stamp !== ""',
  },
  {
    name: "what the Writer did not take is not read again",
    invariants: [1],
    file: "src/sources/tail.ts",
    find: "this.#resumeAt = this.#handover.safe;",
    replace: "this.#resumeAt ??= this.#handover.safe;",
  },
  {
    name: "a batch that could not be stored is answered as taken",
    invariants: [1],
    file: "src/sources/http-source.ts",
    find: 'return { kind: "not_stored", says: error instanceof Error ? error.message : String(error) };',
    replace: "void error;",
  },
  {
    name: "every line in quarantine takes the first slot",
    invariants: [1],
    file: "src/core/quarantine.ts",
    find: "return (ordinal - 1) % QUARANTINE_ROWS;",
    replace: "return (ordinal - 1) % 1;",
  },
  {
    name: "the secret of a webhook is kept as evidence",
    invariants: [7],
    file: "src/core/settle.ts",
    find: "    evidence: outcome.evidence,\n  });\n  noteLane",
    replace: "    evidence: `${outcome.evidence} canary-jira-token-55e1`,\n  });\n  noteLane",
  },
  {
    name: "one destination is told another's secret",
    invariants: [7],
    file: "src/connectors/webhook/destination.ts",
    find: "body: webhookBody(picture, untold, words),",
    replace: 'body: webhookBody(picture, untold, { ...words, mark: "canary-jira-token-55e1" }),',
  },
  {
    name: "back-off draws from the machine's own chance",
    invariants: [8],
    file: "src/core/work.ts",
    find: "(random() * whole) / 2)",
    replace: "(Math.random() * whole) / 2)",
  },
  {
    name: "what is in the spool is taken away before it is stored",
    invariants: [1],
    file: "src/sources/spool-handover.ts",
    find: `    await this.store();
    if (this.#refusedForMs === null) this.#options.remains.clearAway();`,
    replace: `    this.#options.remains.clearAway();
    await this.store();`,
  },
  {
    name: "what is in the spool stays there once it is stored",
    invariants: [1],
    file: "src/sources/spool-remains.ts",
    find: "if (rejected === null) return this.#folder.remove(name);",
    replace: "if (rejected === null) return;",
  },
];
