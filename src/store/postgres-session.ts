import { Socket } from "node:net";
import { Client, DatabaseError, type QueryArrayConfig, type QueryConfig, type QueryResult } from "pg";
import type { PostgresAddress } from "./postgres-address.ts";
import { postgresTrouble } from "./postgres-trouble.ts";
import type { Row } from "./rows.ts";
import { StoreError } from "./store.ts";

/** A statement with its values; it is prepared once under its name. */
export interface Question {
  readonly name: string;
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

/** The server gives a statement up after this part of the time in which it must answer, and then the session goes on. */
const SERVERS_PART = 0.75;
/** A plan takes milliseconds; a transaction that waits this long belongs to a process that hangs. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const MIGRATION_MS = 60 * 60_000;
const FAREWELL_MS = 2_000;

const UNHEARD_MS = 25_000;

// Whatever a database or a role may have set otherwise. Keepalives are the server's: it must notice when our machine is
// gone, or the next engine waits hours for the lock; and it must not end us for being idle, which costs that lock. Plans
// are fixed: every question of the Writer is a few seeks, and a plan that was made while a table was small must not
// read all of it once it has grown.
export const SESSION_SETTINGS = `
  SET client_encoding = 'UTF8';
  SET array_nulls = on;
  SET default_transaction_isolation = 'read committed';
  SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};
  SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ('idle_session_timeout', 'transaction_timeout');
  SET tcp_keepalives_idle = 10;
  SET tcp_keepalives_interval = 5;
  SET tcp_keepalives_count = 3;
  SET tcp_user_timeout = ${UNHEARD_MS};
  SET enable_seqscan = off;
  SET enable_hashjoin = off;
  SET enable_mergejoin = off;
  SET jit = off;
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

export interface SessionOptions {
  readonly address: PostgresAddress;
  /** After this nobody knows what the server still does, and the session ends. */
  readonly answerWithinMs: number;
}

/**
 * The Writer's one connection. Questions that are asked together travel together; each is answered by itself. Whatever
 * ends it ends it for good: the engine's lock lives as long as the session, and so nothing is ever written without it.
 */
export class PostgresSession {
  /** What messages call the database. */
  readonly place: string;
  readonly #client: Client;
  readonly #answerWithinMs: number;
  /** Null: whoever opens it hears from each question how it went, and nobody works with it yet or any more. */
  #onLost: ((error: StoreError) => void) | null = null;
  #lost: StoreError | null = null;
  #isGone = false;

  private constructor({ address, answerWithinMs }: SessionOptions) {
    this.place = address.place;
    this.#answerWithinMs = answerWithinMs;
    this.#client = new Client({ ...address.config, pipeline: true });
    this.#client.on("error", (error) => this.#end(error));
    this.#client.on("end", () => this.#end());
  }

  /** Throws where there is no way to the database. */
  static async open(options: SessionOptions): Promise<PostgresSession> {
    const session = new PostgresSession(options);
    try {
      await session.#client.connect();
      await session.run(SESSION_SETTINGS);
      await session.run(`SET statement_timeout = ${Math.ceil(options.answerWithinMs * SERVERS_PART)}`);
      return session;
    } catch (error) {
      await session.close();
      throw postgresTrouble(session.place, error);
    }
  }

  /** From here on somebody works with it, who is told once should it end without having been closed. */
  use(lost: (error: StoreError) => void): void {
    this.#onLost = lost;
    if (this.#isGone) this.#end();
  }

  async ask({ name, text, values }: Question): Promise<Row[]> {
    const asked: QueryArrayConfig = { name, text, values: [...values], rowMode: "array" };
    const { rows } = await this.#query(asked);
    return rows as unknown as Row[];
  }

  /** One or several statements without values. */
  async run(sql: string): Promise<void> {
    await this.#query({ text: sql });
  }

  /** A migration, which may take as long as it takes. */
  async runLong(sql: string): Promise<void> {
    await this.#query({ text: `SET LOCAL statement_timeout = 0; ${sql}`, query_timeout: MIGRATION_MS });
  }

  /**
   * Runs all of `work` or nothing of it; it must have heard every answer before it ends. Where the answer to COMMIT is
   * lost, so is the session: nothing is read or written any more by whoever can't know what became of it, and the next
   * session, which gets the lock once the server has ended this one, finds it in the rows.
   */
  async transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    // Waited for: a statement behind a BEGIN that somebody cancelled would be committed by itself.
    await this.run("BEGIN");
    let result: Result;
    try {
      result = await work();
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
    const { command } = await this.#query({ text: "COMMIT" });
    // PostgreSQL answers so, and with no error, where a statement had failed.
    if (command !== "COMMIT") throw new Error(`${this.place} did not commit a transaction of which nothing had failed`);
    return result;
  }

  /** Whether whoever answers is the server itself: somebody between the two may give each statement to another session. */
  isServersOwn(pid: number): boolean {
    return (this.#client as unknown as { readonly processID: number | null }).processID === pid;
  }

  async close(): Promise<void> {
    this.#onLost = null;
    // A server that has gone away without a word would never see us off.
    const { stream } = this.#client.connection;
    if (stream instanceof Socket) stream.setTimeout(FAREWELL_MS, () => stream.destroy());
    // It is over either way: a farewell that fails says only that the server went first.
    await this.#client.end().catch(() => {});
  }

  async #query(query: QueryConfig & { readonly query_timeout?: number }): Promise<QueryResult> {
    if (this.#lost !== null) throw this.#lost;
    try {
      // Named each time: a connection string may say otherwise.
      return await this.#client.query({ query_timeout: this.#answerWithinMs, ...query } as QueryConfig);
    } catch (error) {
      if (!isAnswer(error)) this.#end(error);
      throw this.#lost ?? postgresTrouble(this.place, error);
    }
  }

  async #rollBack(): Promise<void> {
    try {
      await this.run("ROLLBACK");
    } catch (error) {
      // A session that can't even be rolled back is in a state that nobody knows.
      this.#end(error);
      await this.close();
    }
  }

  #end(cause?: unknown): void {
    this.#isGone = true;
    if (this.#onLost === null || this.#lost !== null) return;
    this.#lost = new StoreError(
      "unreachable",
      `The connection to ${this.place} was lost, and with it the engine's lock: start Riposte again once the server answers.`,
      { cause },
    );
    this.#client.connection.stream.destroy();
    this.#onLost(this.#lost);
  }
}

/** Waits for all, also when one fails: nothing is under way any more once this answers. The first failure is thrown. */
export async function all<const Parts extends readonly Promise<unknown>[]>(
  parts: Parts,
): Promise<{ -readonly [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}

/**
 * Whether the server has answered, and the session goes on: it refused a statement, or sent a value that no column of
 * ours may hold. Anything else came from the way between the two, or is the last that the server says; or it takes no
 * writes any more, and another one does by now, which only a new connection finds.
 */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return error instanceof RangeError;
  return error.severity !== "FATAL" && error.severity !== "PANIC" && error.code !== READ_ONLY;
}

const READ_ONLY = "25006";
