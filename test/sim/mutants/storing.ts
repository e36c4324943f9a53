import type { Mutant } from "./mutant.ts";

const postgres = { store: "postgres" } as const;

/** Bugs in how PostgreSQL is written to and read, and in who may. */
export const STORING: readonly Mutant[] = [
  {
    name: "a turn on PostgreSQL is no transaction",
    invariants: [1],
    file: "src/store/postgres-session.ts",
    find: 'await this.run("BEGIN");',
    replace: 'await this.run("SELECT");',
    ...postgres,
  },
  {
    name: "a turn on PostgreSQL that failed is committed as far as it came",
    invariants: [1],
    file: "src/store/postgres-session.ts",
    find: 'await this.run("ROLLBACK");',
    replace: 'await this.run("COMMIT");',
    ...postgres,
  },
  {
    name: "work that is done takes that of other destinations with it on PostgreSQL",
    invariants: [2, 3],
    file: "src/store/postgres-apply.ts",
    find: "WHERE work.incident = done.incident AND work.destination = done.destination`",
    replace: "WHERE work.incident = done.incident`",
    ...postgres,
  },
  {
    name: "PostgreSQL brings the least urgent work first",
    invariants: [5],
    file: "src/store/postgres-claim.ts",
    find: "ORDER BY due.priority, due.due_at, due.incident LIMIT $3`",
    replace: "ORDER BY due.priority DESC, due.due_at, due.incident LIMIT $3`",
    ...postgres,
  },
  {
    name: "the engine's lock on PostgreSQL is let go with the transaction that took it",
    invariants: [1],
    file: "src/store/postgres-opening.ts",
    find: "SELECT pg_advisory_lock(",
    replace: "SELECT pg_advisory_xact_lock(",
    tests: "src/store/postgres-opening.test.ts",
  },
  {
    name: "what is committed after the connection is lost is taken for committed",
    invariants: [1],
    file: "src/store/postgres-session.ts",
    find: "if (this.#lost !== null) throw this.#lost;",
    replace: 'if (this.#lost !== null) return { command: "COMMIT", rows: [] } as unknown as QueryResult;',
    tests: "src/store/postgres-trouble.test.ts",
  },
];
