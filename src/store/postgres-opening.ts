import { sql as create } from "./migrations/0001-postgres.ts";
import { sql as actions } from "./migrations/0002-postgres.ts";
import { sql as massEvents } from "./migrations/0003-postgres.ts";
import { sql as windows } from "./migrations/0004-postgres.ts";
import { sql as rhythm } from "./migrations/0005-postgres.ts";
import { sql as responses } from "./migrations/0006-postgres.ts";
import { sql as hushing } from "./migrations/0007-postgres.ts";
import { sql as retention } from "./migrations/0008-postgres.ts";
import { sql as agents } from "./migrations/0009-postgres.ts";
import { sql as auditChain } from "./migrations/0010-postgres.ts";
import { sql as handling } from "./migrations/0011-postgres.ts";
import type { PostgresSession, Question } from "./postgres-session.ts";
import { READ_ONLY, upperFirst } from "./postgres-trouble.ts";
import type { Row } from "./rows.ts";
import { programsFrom, refuseSchema, type Migrations } from "./schema.ts";
import { StoreError } from "./store.ts";

export const POSTGRES_MIGRATIONS: Migrations = [
  { sql: create, olderPrograms: "none" },
  { sql: actions, olderPrograms: "none" },
  { sql: massEvents, olderPrograms: "none" },
  { sql: windows, olderPrograms: "none" },
  { sql: rhythm, olderPrograms: "none" },
  { sql: responses, olderPrograms: "none" },
  { sql: hushing, olderPrograms: "none" },
  { sql: retention, olderPrograms: "none" },
  { sql: agents, olderPrograms: { from: 8 } },
  { sql: auditChain, olderPrograms: "none" },
  { sql: handling, olderPrograms: { from: 10 } },
];

/** "Ripo": with it no other program's locks are ours. */
const LOCK_CLASS = 0x5269706f;
/** PostgreSQL 13 and older get no fixes any more. */
const OLDEST_SERVER = 14;

type Ask = (question: Question) => Promise<Row[]>;

/** Throws where the database is none that an engine can work on. */
export async function inspectServer(session: PostgresSession): Promise<void> {
  const place = upperFirst(session.place);
  const [found] = await session.ask({ name: "server", text: SERVER, values: [] });
  const [version, encoding, readOnly, pid, schema, hidden] = found as readonly [
    version: string,
    encoding: string,
    readOnly: string,
    pid: number,
    schema: string | null,
    hidden: string | null,
  ];
  if (!session.isServersOwn(pid)) {
    throw new StoreError(
      "unreachable",
      `${place} answers through a connection pooler, behind which no lock can be held: name the server itself in the connection string.`,
    );
  }
  const major = Math.floor(Number(version) / 10_000);
  if (major < OLDEST_SERVER) {
    throw new StoreError(
      "older_unsupported",
      `${place} is of PostgreSQL ${major}: version ${OLDEST_SERVER} or later is needed.`,
    );
  }
  if (encoding !== "UTF8") {
    throw new StoreError("not_ours", `${place} has the encoding ${encoding}: create one with ENCODING 'UTF8'.`);
  }
  if (readOnly === "on") throw new StoreError("unwritable", `${place} ${READ_ONLY}.`);
  if (schema === null) {
    throw new StoreError(
      "missing",
      `${place} has no schema to put tables in: create the one that the user's search_path names.`,
    );
  }
  if (hidden !== null) {
    throw new StoreError(
      "missing",
      `${place} has Riposte's tables in the schema ${hidden}, and the user's search_path comes to the empty schema ` +
        `${schema} first: drop that one, or set the user's search_path to ${hidden}.`,
    );
  }
  await session.run(PIN);
}

// On a replica `transaction_read_only` is on as well.
const SERVER = `SELECT current_setting('server_version_num'), current_setting('server_encoding'),
  current_setting('transaction_read_only'), pg_backend_pid(), current_schema(),
  (SELECT schema FROM unnest(current_schemas(false)) AS schema
    WHERE EXISTS (SELECT 1 FROM pg_attribute
        WHERE attrelid = to_regclass(quote_ident(schema) || '.meta') AND attname = 'programs_from')
      AND NOT EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r')
    LIMIT 1)`;

// A schema that is created later would hide our tables, and those are what the lock is for.
const PIN = "SELECT set_config('search_path', quote_ident(current_schema()), false)";

/**
 * One engine for each set of tables. The lock belongs to the session: the server frees it when that ends, and as
 * everything is written over the same session, nothing can be written without it.
 */
export async function takeLock(session: PostgresSession, waitMs: number): Promise<void> {
  await session.run(`SET lock_timeout = ${waitMs}`);
  try {
    await session.ask({ name: "lock", text: LOCK, values: [LOCK_CLASS] });
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    throw new StoreError(
      "locked",
      `Another Riposte is working on ${session.place}: stop it first, or ask that one over its socket.`,
      { cause: error },
    );
  }
  await session.run("SET lock_timeout = 0");
}

const LOCK = `SELECT pg_advisory_lock($1::int, (SELECT oid::int FROM pg_namespace WHERE nspname = current_schema()))`;

function isLockTimeout(error: unknown): boolean {
  const cause = error instanceof StoreError ? error.cause : error;
  return cause instanceof Error && "code" in cause && cause.code === "55P03";
}

/** The schema of our tables, 0 where there are none yet. Throws when this program can't use what is there. */
export async function postgresSchemaOf(ask: Ask, place: string, newest: number): Promise<number> {
  const [found] = await ask({ name: "tables", text: TABLES, values: [] });
  const [tables, ours] = found as readonly [number, number];
  if (tables === 0) return 0;
  if (ours < OF_META) {
    throw new StoreError(
      "not_ours",
      `${upperFirst(place)} has another program's tables: name an empty database, or a schema of its own for Riposte's user.`,
    );
  }
  const [meta] = await ask({ name: "meta", text: "SELECT schema, programs_from FROM meta", values: [] });
  const [schema, from] = meta as readonly [number, number];
  refuseSchema(
    upperFirst(place),
    { schema, programsFrom: from },
    newest,
    "restore the backup that you made before the upgrade",
  );
  return schema;
}

const OF_META = 4;
// Tables that came with an extension are nobody's. Asked of the catalogue, which also tells those who may not read them.
const TABLES = `SELECT
  (SELECT count(*) FROM pg_class
    WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')),
  (SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(quote_ident(current_schema()) || '.meta')
    AND attname IN ('schema', 'programs_from', 'install', 'attempt'))`;

/** Brings the tables from their schema to the newest, each step with its number or not at all. */
export async function migratePostgres(
  session: PostgresSession,
  from: number,
  migrations: Migrations,
  newInstall: string,
): Promise<void> {
  for (const [i, { sql }] of migrations.entries()) {
    const schema = i + 1;
    if (schema <= from) continue;
    const oldest = programsFrom(migrations.slice(0, schema));
    await session.transaction(async () => {
      await session.runLong(sql);
      if (schema === 1) await session.ask({ name: "create meta", text: CREATE_META, values: [newInstall] });
      await session.ask({
        name: "schema",
        text: "UPDATE meta SET schema = $1, programs_from = $2",
        values: [schema, oldest],
      });
    });
  }
}

const CREATE_META = `INSERT INTO meta (one, schema, programs_from, install, incident, attempt, audit)
  VALUES (1, 0, 0, $1, 0, 0, 0)`;
