import type { DatabaseSync } from "node:sqlite";
import { Kysely, sql } from "kysely";
import type { Action, ActionState } from "../core/action.ts";
import type { AlertRow, AuditRow, BodyRow, QuarantineRow, RetentionRow, SourceRow } from "../core/change.ts";
import type { Incident, IncidentState } from "../core/incident.ts";
import type { Lane } from "../core/lane.ts";
import type { ToldIn } from "../core/digest-event.ts";
import type { Mass } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Reminder } from "../core/rhythm.ts";
import type { FilledWindow, LiveWindow, WindowBook, WindowRef } from "../core/window.ts";
import type { Silence } from "../core/silence.ts";
import type { Instant } from "../core/time.ts";
import type { Work } from "../core/work.ts";
import { fleetIn, type FleetFound } from "./agent-rows.ts";
import * as columns from "./columns.ts";
import { namesOf } from "./columns.ts";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";
import { openForReading } from "./open-for-reading.ts";
import { RespondQueries } from "./respond-queries.ts";
import { reminderOf, toldInOf } from "./rhythm-rows.ts";
import { retentionOf } from "./retention-rows.ts";
import * as rows from "./rows.ts";
import type { IncidentFilter } from "./incident-filter.ts";
import { shownAt, type Shown } from "./shown-at.ts";
import { silencesOf } from "./silences-of.ts";
import { StoreError } from "./store.ts";
import { readAll, type Tables } from "./tables.ts";
import * as tallies from "./tallies.ts";
import { fromText, toText } from "./text.ts";
import { troubleWith } from "./trouble.ts";
import { workList, type WorkFilter } from "./work-list.ts";
import { liveWindow, windowBooks, windowFilled } from "./window-queries.ts";

/** Opens a database for those who only read, beside an engine that works on it or with none. */
export function openReader(path: string): Reader | StoreError {
  try {
    return readerOf(openForReading(path), path);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

function readerOf(db: DatabaseSync, path: string): Reader {
  const dialect = nodeSqliteDialect(db, (error) => troubleWith(path, error));
  // Kysely's own `destroy` closes nothing where no query was asked.
  return new Reader(new Kysely({ dialect }), () => {
    if (db.isOpen) db.close();
  });
}

/** Reads for people, over a connection of its own: what was committed when it is asked, and nobody waits for it. */
export class Reader {
  readonly #db: Kysely<Tables>;
  readonly #disconnect: () => void | Promise<void>;

  constructor(db: Kysely<Tables>, disconnect: () => void | Promise<void>) {
    this.#db = db;
    this.#disconnect = disconnect;
  }

  /** Newest first. */
  async incidents(filter: IncidentFilter): Promise<readonly Incident[]> {
    const { state = "all", policy, policyPrefix, severity, toldIn, inDigest, ruleIds, before, limit } = filter;
    let query = this.#db.selectFrom("incident").select(namesOf(columns.INCIDENT)).orderBy("id", "desc").limit(limit);
    if (state === "unresolved") query = query.where("state", "in", ["pending", "open", "acknowledged"]);
    else if (state !== "all") query = query.where("state", "=", state);
    if (policy !== undefined) query = query.where("policy", "=", toText(policy));
    if (policyPrefix !== undefined) query = query.where("policy", "like", `${policyPrefix}%`);
    if (severity !== undefined) query = query.where("severity", "=", severity);
    // The second is for `incident_member`, whose own condition it is.
    if (toldIn !== undefined)
      query = query.where("collapsed_into", "=", toldIn).where("collapsed_into", ">", sql.lit(0));
    if (inDigest !== undefined) {
      const those = this.#db.selectFrom("told_in").select("incident").where("digest", "=", inDigest);
      query = query.where("id", "in", those);
    }
    if (ruleIds !== undefined) query = query.where("rule_id", "in", ruleIds.map(toText));
    if (before !== undefined) query = query.where("id", "<", before);
    return readAll(columns.INCIDENT, await query.execute(), rows.incidentOf);
  }

  async incident(id: number): Promise<Incident | null> {
    const query = this.#db.selectFrom("incident").select(namesOf(columns.INCIDENT)).where("id", "=", id);
    return readAll(columns.INCIDENT, await query.execute(), rows.incidentOf)[0] ?? null;
  }

  /** Of a mass event how many it stands for; null: it is none. */
  async mass(incident: number): Promise<Mass | null> {
    const query = this.#db.selectFrom("mass").select(namesOf(columns.MASS)).where("incident", "=", incident);
    return readAll(columns.MASS, await query.execute(), rows.massOf)[0] ?? null;
  }

  /** In which digests it is told, one for each destination that has it in one. */
  async toldIn(incident: number): Promise<readonly ToldIn[]> {
    const query = this.#db.selectFrom("told_in").select(namesOf(columns.TOLD_IN)).where("incident", "=", incident);
    return readAll(columns.TOLD_IN, await query.orderBy("destination").execute(), toldInOf);
  }

  /** When people are to be reminded of it, unless it is taken up or over by then. */
  async reminders(incident: number): Promise<readonly Reminder[]> {
    const query = this.#db.selectFrom("reminder").select(namesOf(columns.REMINDER)).where("incident", "=", incident);
    return readAll(columns.REMINDER, await query.orderBy("kind").execute(), reminderOf);
  }

  async moments(incident: number): Promise<readonly Moment[]> {
    const query = this.#db.selectFrom("moment").select(namesOf(columns.MOMENT)).where("incident", "=", incident);
    return readAll(columns.MOMENT, await query.orderBy("n").execute(), rows.momentOf);
  }

  async receipts(incident: number): Promise<readonly Receipt[]> {
    const query = this.#db.selectFrom("receipt").select(namesOf(columns.RECEIPT)).where("incident", "=", incident);
    return readAll(columns.RECEIPT, await query.orderBy("destination").execute(), rows.receiptOf);
  }

  /** Unresolved incidents that this destination shows and has nothing to be told of, oldest first. */
  shownAt(destination: string, after: number, limit: number): Promise<readonly Shown[]> {
    return shownAt(this.#db, destination, after, limit);
  }

  /** What Wazuh's own responses did about it, the oldest first; not what was only held back for them. */
  async actions(incident: number, limit: number): Promise<readonly Action[]> {
    const query = this.#db.selectFrom("action").select(namesOf(columns.ACTION)).where("incident", "=", incident);
    const seen = query.where("state", "not in", ["awaited", "explained", "ours"]).orderBy("began_at").limit(limit);
    return readAll(columns.ACTION, await seen.execute(), rows.actionOf);
  }

  /** The oldest in a state. */
  async actionsIn(state: ActionState, limit: number): Promise<readonly Action[]> {
    const query = this.#db.selectFrom("action").select(namesOf(columns.ACTION)).where("state", "=", state);
    return readAll(columns.ACTION, await query.orderBy("began_at").limit(limit).execute(), rows.actionOf);
  }

  async works(incident: number): Promise<readonly Work[]> {
    const query = this.#db.selectFrom("work").select(namesOf(columns.WORK)).where("incident", "=", incident);
    return readAll(columns.WORK, await query.orderBy("destination").execute(), rows.workOf);
  }

  /** Newest first. */
  async attempts(filter: {
    readonly incident: number;
    readonly destination?: string | undefined;
    readonly limit: number;
  }): Promise<readonly Attempt[]> {
    const { incident, destination, limit } = filter;
    let query = this.#db.selectFrom("attempt").select(namesOf(columns.ATTEMPT)).where("incident", "=", incident);
    if (destination !== undefined) query = query.where("destination", "=", toText(destination));
    return readAll(columns.ATTEMPT, await query.orderBy("id", "desc").limit(limit).execute(), rows.attemptOf);
  }

  /** Of its first alert; null: none is kept. */
  async firstLine(incident: number): Promise<string | null> {
    const query = this.#db.selectFrom("body").select("raw").where("incident", "=", incident).where("slot", "=", 0);
    const row = await query.executeTakeFirst();
    return typeof row?.raw === "string" ? fromText(row.raw) : null;
  }

  /** Those that end first, first; `liveAt`: none that is over then. */
  silences(filter: { readonly liveAt: Instant | null; readonly limit: number }): Promise<readonly Silence[]> {
    return silencesOf(this.#db, filter);
  }

  async silence(id: number): Promise<Silence | null> {
    return (await silencesOf(this.#db, { id, liveAt: null, limit: 1 }))[0] ?? null;
  }

  /** The lines that are kept of it, oldest first. */
  async bodies(incident: number): Promise<readonly BodyRow[]> {
    const query = this.#db.selectFrom("body").select(namesOf(columns.BODY)).where("incident", "=", incident);
    return readAll(columns.BODY, await query.orderBy("ordinal").execute(), rows.bodyOf);
  }

  /** What became of the alerts with this id. */
  async alerts(origin: string, nativeId: string): Promise<readonly AlertRow[]> {
    const query = this.#db
      .selectFrom("alert")
      .select(namesOf(columns.ALERT))
      .where("origin", "=", toText(origin))
      .where("native_id", "=", toText(nativeId));
    return readAll(columns.ALERT, await query.orderBy("stamp").orderBy("rule_id").execute(), rows.alertOf);
  }

  /** Those that wait longest first. */
  work(filter: WorkFilter): Promise<readonly Work[]> {
    return workList(this.#db, filter);
  }

  /** What counts so far under the key; null: nothing does. */
  liveWindow(policy: string, key: string): Promise<LiveWindow | null> {
    return liveWindow(this.#db, policy, key);
  }

  /** How many keys each policy has live, and how many alerts it refused. */
  windowBooks(): Promise<readonly WindowBook[]> {
    return windowBooks(this.#db);
  }

  /** The incident that a window filled, to which its alerts from then on belong; null: it filled none. */
  windowFilled(window: WindowRef): Promise<FilledWindow | null> {
    return windowFilled(this.#db, window);
  }

  /** What retention has done so far; null: nothing went yet. */
  async retention(): Promise<RetentionRow | null> {
    const query = this.#db.selectFrom("retention").select(namesOf(columns.RETENTION));
    return readAll(columns.RETENTION, await query.execute(), retentionOf)[0] ?? null;
  }

  /** What the Wazuh API said of all agents. */
  fleet(): Promise<FleetFound> {
    return fleetIn(this.#db);
  }

  async sources(): Promise<readonly SourceRow[]> {
    const query = this.#db.selectFrom("source").select(namesOf(columns.SOURCE)).orderBy("name");
    return readAll(columns.SOURCE, await query.execute(), rows.sourceOf);
  }

  async lanes(): Promise<readonly Lane[]> {
    const query = this.#db.selectFrom("lane").select(namesOf(columns.LANE)).orderBy("destination");
    return readAll(columns.LANE, await query.execute(), rows.laneOf);
  }

  /** Newest first. */
  async quarantine(source: string): Promise<readonly QuarantineRow[]> {
    const query = this.#db
      .selectFrom("quarantine")
      .select(namesOf(columns.QUARANTINE))
      .where("source", "=", toText(source));
    return readAll(
      columns.QUARANTINE,
      await query.orderBy("at", "desc").orderBy("slot", "desc").execute(),
      rows.quarantineOf,
    );
  }

  /** Newest first. */
  async audit({
    before,
    limit,
  }: {
    readonly before?: number | undefined;
    readonly limit: number;
  }): Promise<readonly AuditRow[]> {
    let query = this.#db.selectFrom("audit").select(namesOf(columns.AUDIT)).orderBy("id", "desc").limit(limit);
    if (before !== undefined) query = query.where("id", "<", before);
    return readAll(columns.AUDIT, await query.execute(), rows.auditOf);
  }

  async snapshot(hash: string): Promise<rows.SnapshotRow | null> {
    const query = this.#db.selectFrom("snapshot").select(namesOf(columns.SNAPSHOT)).where("hash", "=", hash);
    return readAll(columns.SNAPSHOT, await query.execute(), rows.snapshotOf)[0] ?? null;
  }

  async newestSnapshot(): Promise<rows.SnapshotRow | null> {
    const query = this.#db.selectFrom("snapshot").select(namesOf(columns.SNAPSHOT)).orderBy("at", "desc").limit(1);
    return readAll(columns.SNAPSHOT, await query.execute(), rows.snapshotOf)[0] ?? null;
  }

  workTallies(): Promise<readonly tallies.WorkTally[]> {
    return tallies.workTallies(this.#db);
  }

  receiptTallies(): Promise<readonly tallies.ReceiptTally[]> {
    return tallies.receiptTallies(this.#db);
  }

  attemptTallies(): Promise<readonly tallies.AttemptTally[]> {
    return tallies.attemptTallies(this.#db);
  }

  actionCounts(): Promise<Readonly<Record<ActionState, number>>> {
    return tallies.actionCounts(this.#db);
  }

  /** What Riposte does about incidents, for people. */
  get responding(): RespondQueries {
    return new RespondQueries(this.#db);
  }

  incidentCounts(): Promise<Readonly<Record<IncidentState, number>>> {
    return tallies.incidentCounts(this.#db);
  }

  /** When the database was made; null: before anybody asked. */
  async installedAt(): Promise<Instant | null> {
    const row = await this.#db.selectFrom("meta").select("installed_at").executeTakeFirst();
    return Number(row?.installed_at ?? 0) || null;
  }

  async close(): Promise<void> {
    await this.#db.destroy();
    await this.#disconnect();
  }
}
