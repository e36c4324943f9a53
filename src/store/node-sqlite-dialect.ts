import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from "kysely";
import type { Cell } from "./columns.ts";

/**
 * Kysely over a `node:sqlite` database that somebody else opens and closes. What a query meets is thrown as `explain`
 * puts it.
 */
export function nodeSqliteDialect(db: DatabaseSync, explain: (error: unknown) => unknown): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new NodeSqliteDriver(db, explain),
    createIntrospector: (kysely: Kysely<unknown>) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** One connection: Kysely lends it to one after the other, since the adapter says that there are no more. */
class NodeSqliteDriver implements Driver {
  readonly #db: DatabaseSync;
  readonly #connection: NodeSqliteConnection;

  constructor(db: DatabaseSync, explain: (error: unknown) => unknown) {
    this.#db = db;
    this.#connection = new NodeSqliteConnection(db, explain);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    this.#db.exec("BEGIN");
  }

  async commitTransaction(): Promise<void> {
    this.#db.exec("COMMIT");
  }

  async rollbackTransaction(): Promise<void> {
    if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
  }

  async destroy(): Promise<void> {}
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #db: DatabaseSync;
  /** By text: our queries differ in a few filters, so there are few. */
  readonly #prepared = new Map<string, StatementSync>();
  readonly #explain: (error: unknown) => unknown;

  constructor(db: DatabaseSync, explain: (error: unknown) => unknown) {
    this.#db = db;
    this.#explain = explain;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      const statement = this.#prepared.get(sql) ?? this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
      return { rows: statement.all(...(parameters as readonly Cell[])) as Row[] };
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async *streamQuery<Row>({ sql, parameters }: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    for (const row of this.#db.prepare(sql).iterate(...(parameters as readonly Cell[]))) yield { rows: [row as Row] };
  }
}
