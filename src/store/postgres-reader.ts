import { DatabaseError, Pool, type PoolClient } from "pg";
import { postgresAddress } from "./postgres-address.ts";
import { POSTGRES_MIGRATIONS, postgresSchemaOf } from "./postgres-opening.ts";
import type { Question } from "./postgres-session.ts";
import { postgresTrouble, upperFirst } from "./postgres-trouble.ts";
import { Reader } from "./queries.ts";
import type { Row } from "./rows.ts";
import { textOf, type Ask } from "./sql.ts";
import { StoreError } from "./store.ts";

/** With the Writer's own that makes five. */
const CONNECTIONS = 4;
const STATEMENT_MS = 10_000;
const ANSWER_MS = 12_000;

const SETTINGS = `SET client_encoding = 'UTF8'; SET default_transaction_read_only = on;
  SET statement_timeout = ${STATEMENT_MS}; SET jit = off`;

/** Opens a database for those who only read, beside an engine that works on it or with none. */
export async function openPostgresReader(connection: string): Promise<Reader | StoreError> {
  const address = postgresAddress(connection);
  if (address instanceof StoreError) return address;
  const { place, config } = address;
  const pool = new Pool({ ...config, max: CONNECTIONS, idleTimeoutMillis: 0, query_timeout: ANSWER_MS });
  // A connection that breaks fails what is asked over it, and the next question gets a new one; nobody else must hear
  // of it. The pool listens only to those that nobody uses.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const ask = async ({ text, values }: Question): Promise<Row[]> => {
    const { rows } = await pool.query<unknown[]>({ text, values: [...values], rowMode: "array" });
    return rows;
  };
  try {
    if ((await postgresSchemaOf(ask, place, POSTGRES_MIGRATIONS.length)) > 0) return readerOver(pool, place);
    await pool.end();
    return new StoreError("missing", `${upperFirst(place)} is still empty: start Riposte on it once.`);
  } catch (error) {
    await pool.end();
    const trouble = postgresTrouble(place, error);
    if (trouble instanceof StoreError) return trouble;
    throw trouble;
  }
}

function readerOver(pool: Pool, place: string): Reader {
  const isSet = new WeakSet<PoolClient>();
  const ask: Ask = async (question) => {
    let client: PoolClient | undefined;
    let isSound = true;
    try {
      client = await pool.connect();
      if (!isSet.has(client)) await client.query(SETTINGS);
      isSet.add(client);
      const text = textOf(question, (n) => `$${n}`);
      return (await client.query<unknown[]>({ text, values: [...question.values], rowMode: "array" })).rows;
    } catch (error) {
      // Without an answer of the server's the next question would wait behind this one.
      isSound = error instanceof DatabaseError;
      throw postgresTrouble(place, error);
    } finally {
      client?.release(!isSound);
    }
  };
  return new Reader(ask, async () => {
    if (!pool.ending) await pool.end();
  });
}
