import { CompiledQuery, Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from "kysely";
import { DatabaseError, Pool, type PoolClient } from "pg";
import { postgresAddress } from "./postgres-address.ts";
import { POSTGRES_MIGRATIONS, postgresSchemaOf } from "./postgres-opening.ts";
import type { Question } from "./postgres-session.ts";
import { postgresTrouble, upperFirst } from "./postgres-trouble.ts";
import { Reader } from "./queries.ts";
import type { Row } from "./rows.ts";
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
  const dialect = new PostgresDialect({
    pool: explaining(pool, (error) => postgresTrouble(place, error)),
    onCreateConnection: async (connection) => void (await connection.executeQuery(CompiledQuery.raw(SETTINGS))),
  });
  // Kysely's own `destroy` ends no pool that no query was asked of.
  return new Reader(new Kysely({ dialect }), async () => {
    if (!pool.ending) await pool.end();
  });
}

/** The pool as Kysely uses it, with errors that say what to do. */
function explaining(pool: Pool, explain: (error: unknown) => unknown): PostgresPool {
  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  const explainingClient = (client: PoolClient): PostgresPoolClient => {
    let isSound = true;
    return {
      query: (async (text: string, values: readonly unknown[]) => {
        try {
          return await client.query(text, [...values]);
        } catch (error) {
          // Without an answer of the server's the next question would wait behind this one.
          isSound &&= error instanceof DatabaseError;
          throw explain(error);
        }
      }) as unknown as PostgresPoolClient["query"],
      release: (destroy) => client.release(destroy === true || !isSound),
    };
  };
  return {
    options: {},
    async connect() {
      try {
        const client = await pool.connect();
        const known = clients.get(client) ?? explainingClient(client);
        clients.set(client, known);
        return known;
      } catch (error) {
        throw explain(error);
      }
    },
    end: () => pool.end(),
  };
}
