import type { Mutant } from "./mutant.ts";

/** Bugs in what the audit has, how its rows hang together, and what is sealed of it. */
export const AUDITING: readonly Mutant[] = [
  {
    name: "the audit lacks what was refused",
    invariants: [13],
    file: "src/core/response-view.ts",
    find: "if (audit !== null) this.#audited(audit);",
    replace: `if (audit !== null && row.state !== "refused") this.#audited(audit);`,
  },
  {
    name: "the audit has a step of a response again with each change of it",
    invariants: [13],
    file: "src/core/audit-response.ts",
    find: "if (before?.state === after.state) return null;",
    replace: `if (before?.state === after.state && after.state !== "verified") return null;`,
  },
  {
    name: "the audit has a person's word twice",
    invariants: [13],
    file: "src/core/approval.ts",
    find: "    view.putAudit({ at: context.now, who, what: command.kind, about, ...rowOf(of, detail) });\n",
    replace:
      "    for (const _ of [1, 2]) view.putAudit({ at: context.now, who, what: command.kind, about, ...rowOf(of, detail) });\n",
  },
  {
    name: "an audit row is lost where something is planned in its commit",
    invariants: [13],
    file: "src/store/sqlite.ts",
    find: "        this.#apply(changes);\n        this.#apply(await plan(",
    replace: `        this.#apply(changes.filter(({ table }) => table !== "audit"));\n        this.#apply(await plan(`,
  },
  {
    name: "the audit's head does not outlive the process",
    invariants: [13],
    file: "src/store/apply.ts",
    find: `row.auditHead ?? ""`,
    replace: `""`,
  },
  {
    name: "a row of the audit is kept in other words than it was hashed in",
    invariants: [13],
    file: "src/store/audit-rows.ts",
    find: "toText(who), what, toText(about), ...of",
    replace: "toText(who), what, toText(about.slice(0, 2)), ...of",
  },
  {
    name: "a seal leaves a row of the audit out",
    invariants: [13],
    file: "src/core/audit-seal.ts",
    find: "const rows = waiting.slice(0, SEGMENT_ROWS);",
    replace: "const rows = waiting.slice(0, SEGMENT_ROWS).filter(({ id }) => id % 3 !== 0);",
  },
  {
    name: "a seal of the audit follows none",
    invariants: [13],
    file: "src/core/audit-seal.ts",
    find: `    previous: last?.hash ?? "",\n`,
    replace: `    previous: "",\n`,
    tests: "src/core/audit-verify.test.ts",
  },
  {
    name: "rows of the audit go that are too young",
    invariants: [12],
    file: "src/engine/retention.ts",
    find: "toAt < before && isThere && !hasRestore",
    replace: "isThere && !hasRestore",
    tests: "src/store/sqlite.test.ts",
  },
  {
    name: "a seal of the audit that was rewritten is taken for whole",
    invariants: [13],
    file: "src/core/audit-verify.ts",
    find: `if (sha256(line) !== seal.hash) return says("is not as it was written");`,
    replace: "",
    tests: "src/core/audit-verify.test.ts",
  },
];
