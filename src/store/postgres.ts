import type { Change, RetentionRow } from "../core/change.ts";
import type { Facts, Need } from "../core/need.ts";
import { RESTORE } from "../core/restore.ts";
import type { Instant } from "../core/time.ts";
import { RETENTION, SNAPSHOT, replacing } from "./columns.ts";
import { numbered, OLD_WALKS, oldPage, type OldPage, type OldQuery, type OldRows } from "./old-rows.ts";
import { postgresAddress } from "./postgres-address.ts";
import { statementsFor } from "./postgres-apply.ts";
import { claim } from "./postgres-claim.ts";
import { readFacts } from "./postgres-facts.ts";
import { inspectServer, migratePostgres, POSTGRES_MIGRATIONS, postgresSchemaOf, takeLock } from "./postgres-opening.ts";
import { all, PostgresSession } from "./postgres-session.ts";
import { retentionOf } from "./retention-rows.ts";
import type { Migrations } from "./schema.ts";
import { NOTE_INSTALL, StoreError, type Plan, type Store } from "./store.ts";
import { toText } from "./text.ts";

export interface PostgresOptions {
  /** The connection string: a secret. */
  readonly connection: string;
  /** The id of the database should its tables have to be created: eight of a-z and 0-9. */
  readonly newInstall: string;
  /** Told once when the connection is lost: the store is at its end, and every later call of it is refused. */
  readonly lost?: (error: StoreError) => void;
  /** How long another engine is waited for: one that was killed may take a moment to be gone. */
  readonly lockWaitMs?: number;
  /** How long an answer is waited for. */
  readonly answerWithinMs?: number;
  /** Those of this program, unless a test says others. */
  readonly migrations?: Migrations;
}

const LOCK_WAIT_MS = 3_000;
const ANSWER_MS = 20_000;

/** Opens the database, creating or upgrading its tables, or says in one sentence why not and what to do. */
export async function openPostgresStore(options: PostgresOptions): Promise<PostgresStore | StoreError> {
  const { newInstall, lockWaitMs = LOCK_WAIT_MS, answerWithinMs = ANSWER_MS, lost = () => {} } = options;
  const { migrations = POSTGRES_MIGRATIONS } = options;
  const address = postgresAddress(options.connection);
  if (address instanceof StoreError) return address;
  let session: PostgresSession | undefined;
  try {
    session = await PostgresSession.open({ address, answerWithinMs });
    await inspectServer(session);
    await takeLock(session, lockWaitMs);
    const ask = session.ask.bind(session);
    await migratePostgres(
      session,
      await postgresSchemaOf(ask, session.place, migrations.length),
      migrations,
      newInstall,
    );
    const [meta] = await ask({ name: "install", text: "SELECT install, installed_at FROM meta", values: [] });
    const [restored] = await ask({
      name: "restored",
      text: "SELECT max(at) FROM audit WHERE what = $1",
      values: [RESTORE],
    });
    session.use(lost);
    const [install, installedAt] = meta as [string, Instant];
    return new PostgresStore(session, install, restored![0] as Instant | null, installedAt || null);
  } catch (error) {
    await session?.close();
    if (error instanceof StoreError) return error;
    throw error;
  }
}

export class PostgresStore implements Store {
  readonly install: string;
  readonly restoredAt: Instant | null;
  installedAt: Instant | null;
  readonly #session: PostgresSession;

  constructor(session: PostgresSession, install: string, restoredAt: Instant | null, installedAt: Instant | null) {
    this.installedAt = installedAt;
    this.#session = session;
    this.install = install;
    this.restoredAt = restoredAt;
  }

  read(need: Need): Promise<Facts> {
    return readFacts(this.#session, need);
  }

  async commit(changes: readonly Change[], plan?: Plan): Promise<void> {
    // Made before anything is sent: a value that fits no column costs no journey.
    const statements = statementsFor(changes);
    await this.#session.transaction(async () => {
      const written = all(statements.map((statement) => this.#session.ask(statement)));
      if (plan === undefined) return written;
      // The plan's questions travel behind what they are to see; what those could not do counts first.
      const planned = this.#plan(plan);
      return all([written, planned]);
    });
  }

  async #plan(plan: Plan): Promise<void> {
    const changes = await plan((query) => claim(this.#session, query));
    await all(statementsFor(changes).map((statement) => this.#session.ask(statement)));
  }

  async putSnapshot(hash: string, at: Instant, body: string, changes: readonly Change[] = []): Promise<void> {
    const statements = statementsFor(changes);
    await this.#session.transaction(async () => {
      const [installed] = await this.#session.ask({ name: "note the install", text: NOTE_THE_INSTALL, values: [at] });
      if (installed !== undefined) this.installedAt = installed[0] as Instant;
      await this.#session.ask({ name: "put snapshot", text: PUT_SNAPSHOT, values: [hash, at, toText(body)] });
      return all(statements.map((statement) => this.#session.ask(statement)));
    });
  }

  async old<Of extends keyof OldRows>(of: Of, { after, limit }: OldQuery): Promise<OldPage<OldRows[Of]>> {
    const { sql, start } = OLD_WALKS[of];
    const values = [...(after ?? start), limit];
    return oldPage(of, await this.#session.ask({ name: `old ${of}`, text: numbered(sql), values }), limit);
  }

  async retention(): Promise<RetentionRow | null> {
    const text = `SELECT ${RETENTION} FROM retention`;
    const [row] = await this.#session.ask({ name: "retention", text, values: [] });
    return row === undefined ? null : retentionOf(row);
  }

  /** A server's tables don't shrink by what is taken out of them, so their size says nothing of what to take out. */
  usedBytes(): null {
    return null;
  }

  /** Nothing: the server vacuums its tables by itself. */
  upkeep(): void {}

  close(): Promise<void> {
    return this.#session.close();
  }
}

const NOTE_THE_INSTALL = `${NOTE_INSTALL.replace("?", "$1")} RETURNING installed_at`;
const PUT_SNAPSHOT = `INSERT INTO snapshot (${SNAPSHOT}) VALUES ($1, $2, $3) ${replacing(SNAPSHOT, "hash")}`;
