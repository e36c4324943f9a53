import type { DatabaseSync } from "node:sqlite";
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
import { AuditQueries, type AuditPage } from "./audit-queries.ts";
import * as columns from "./columns.ts";
import { openForReading } from "./open-for-reading.ts";
import { prepareSelect } from "./select.ts";
import { RespondQueries } from "./respond-queries.ts";
import { reminderOf, toldInOf } from "./rhythm-rows.ts";
import { retentionOf } from "./retention-rows.ts";
import * as rows from "./rows.ts";
import type { IncidentFilter } from "./incident-filter.ts";
import { shownAt, type Shown } from "./shown-at.ts";
import { silencesOf, type SilenceFilter } from "./silences-of.ts";
import { StoreError } from "./store.ts";
import { columnsOf, oneOf, only, sql, textOf, where, type Ask } from "./sql.ts";
import * as tallies from "./tallies.ts";
import { fromTextOrNull, toText } from "./text.ts";
import { troubleWith } from "./trouble.ts";
import { workList, type WorkFilter } from "./work-list.ts";
import { LedgerQueries } from "./ledger-queries.ts";
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
  const ask: Ask = async (question) => {
    try {
      return prepareSelect(
        db,
        textOf(question, () => "?"),
      ).all(...question.values);
    } catch (error) {
      throw troubleWith(path, error);
    }
  };
  return new Reader(ask, () => {
    if (db.isOpen) db.close();
  });
}

/** Reads for people, over a connection of its own: what was committed when it is asked, and nobody waits for it. */
export class Reader {
  readonly #ask: Ask;
  readonly #disconnect: () => void | Promise<void>;

  constructor(ask: Ask, disconnect: () => void | Promise<void>) {
    this.#ask = ask;
    this.#disconnect = disconnect;
  }

  /** Newest first. */
  async incidents(filter: IncidentFilter): Promise<readonly Incident[]> {
    const { state = "all", policy, policyPrefix, severity, toldIn, inDigest, ruleIds, before, limit } = filter;
    const those = where(
      state === "unresolved" && sql`state IN ('pending', 'open', 'acknowledged')`,
      state !== "unresolved" && state !== "all" && sql`state = ${state}`,
      policy !== undefined && sql`policy = ${toText(policy)}`,
      policyPrefix !== undefined && sql`policy LIKE ${`${policyPrefix}%`}`,
      severity !== undefined && sql`severity = ${severity}`,
      // The second is for `incident_member`, whose own condition it is.
      toldIn !== undefined && sql`collapsed_into = ${toldIn} AND collapsed_into > 0`,
      inDigest !== undefined && sql`id IN (SELECT incident FROM told_in WHERE digest = ${inDigest})`,
      ruleIds !== undefined && sql`rule_id IN ${oneOf(ruleIds.map(toText))}`,
      before !== undefined && sql`id < ${before}`,
    );
    const found = sql`SELECT ${columnsOf(columns.INCIDENT)} FROM incident ${those} ORDER BY id DESC LIMIT ${limit}`;
    return (await this.#ask(found)).map(rows.incidentOf);
  }

  async incident(id: number): Promise<Incident | null> {
    const found = sql`SELECT ${columnsOf(columns.INCIDENT)} FROM incident WHERE id = ${id}`;
    return only(await this.#ask(found), rows.incidentOf);
  }

  /** Of a mass event how many it stands for; null: it is none. */
  async mass(incident: number): Promise<Mass | null> {
    const found = sql`SELECT ${columnsOf(columns.MASS)} FROM mass WHERE incident = ${incident}`;
    return only(await this.#ask(found), rows.massOf);
  }

  /** In which digests it is told, one for each destination that has it in one. */
  async toldIn(incident: number): Promise<readonly ToldIn[]> {
    const found = sql`SELECT ${columnsOf(columns.TOLD_IN)} FROM told_in WHERE incident = ${incident} ORDER BY destination`;
    return (await this.#ask(found)).map(toldInOf);
  }

  /** When people are to be reminded of it, unless it is taken up or over by then. */
  async reminders(incident: number): Promise<readonly Reminder[]> {
    const found = sql`SELECT ${columnsOf(columns.REMINDER)} FROM reminder WHERE incident = ${incident} ORDER BY kind`;
    return (await this.#ask(found)).map(reminderOf);
  }

  async moments(incident: number): Promise<readonly Moment[]> {
    const found = sql`SELECT ${columnsOf(columns.MOMENT)} FROM moment WHERE incident = ${incident} ORDER BY n`;
    return (await this.#ask(found)).map(rows.momentOf);
  }

  async receipts(incident: number): Promise<readonly Receipt[]> {
    const found = sql`SELECT ${columnsOf(columns.RECEIPT)} FROM receipt WHERE incident = ${incident} ORDER BY destination`;
    return (await this.#ask(found)).map(rows.receiptOf);
  }

  /** Unresolved incidents that this destination shows and has nothing to be told of, oldest first. */
  shownAt(destination: string, after: number, limit: number): Promise<readonly Shown[]> {
    return shownAt(this.#ask, destination, after, limit);
  }

  /** What Wazuh's own responses did about it, the oldest first; not what was only held back for them. */
  async actions(incident: number, limit: number): Promise<readonly Action[]> {
    const found = sql`SELECT ${columnsOf(columns.ACTION)} FROM action
      WHERE incident = ${incident} AND state NOT IN ('awaited', 'explained', 'ours') ORDER BY began_at LIMIT ${limit}`;
    return (await this.#ask(found)).map(rows.actionOf);
  }

  /** The oldest in a state. */
  async actionsIn(state: ActionState, limit: number): Promise<readonly Action[]> {
    const found = sql`SELECT ${columnsOf(columns.ACTION)} FROM action WHERE state = ${state} ORDER BY began_at LIMIT ${limit}`;
    return (await this.#ask(found)).map(rows.actionOf);
  }

  async works(incident: number): Promise<readonly Work[]> {
    const found = sql`SELECT ${columnsOf(columns.WORK)} FROM work WHERE incident = ${incident} ORDER BY destination`;
    return (await this.#ask(found)).map(rows.workOf);
  }

  /** Newest first. */
  async attempts(filter: {
    readonly incident: number;
    readonly destination?: string | undefined;
    readonly limit: number;
  }): Promise<readonly Attempt[]> {
    const { incident, destination, limit } = filter;
    const those = where(
      sql`incident = ${incident}`,
      destination !== undefined && sql`destination = ${toText(destination)}`,
    );
    const found = sql`SELECT ${columnsOf(columns.ATTEMPT)} FROM attempt ${those} ORDER BY id DESC LIMIT ${limit}`;
    return (await this.#ask(found)).map(rows.attemptOf);
  }

  /** Of its first alert; null: none is kept. */
  async firstLine(incident: number): Promise<string | null> {
    const [row] = await this.#ask(sql`SELECT raw FROM body WHERE incident = ${incident} AND slot = 0`);
    return fromTextOrNull((row?.[0] ?? null) as string | null);
  }

  /** Those that end first, first; `liveAt`: none that is over then. */
  silences(filter: SilenceFilter): Promise<readonly Silence[]> {
    return silencesOf(this.#ask, filter);
  }

  async silence(id: number): Promise<Silence | null> {
    return (await silencesOf(this.#ask, { id, liveAt: null, limit: 1 }))[0] ?? null;
  }

  /** The lines that are kept of it, oldest first. */
  async bodies(incident: number): Promise<readonly BodyRow[]> {
    const found = sql`SELECT ${columnsOf(columns.BODY)} FROM body WHERE incident = ${incident} ORDER BY ordinal`;
    return (await this.#ask(found)).map(rows.bodyOf);
  }

  /** What became of the alerts with this id. */
  async alerts(origin: string, nativeId: string): Promise<readonly AlertRow[]> {
    const found = sql`SELECT ${columnsOf(columns.ALERT)} FROM alert
      WHERE origin = ${toText(origin)} AND native_id = ${toText(nativeId)} ORDER BY stamp, rule_id`;
    return (await this.#ask(found)).map(rows.alertOf);
  }

  /** The ledger, for people. */
  get ledger(): LedgerQueries {
    return new LedgerQueries(this.#ask);
  }

  /** Those that wait longest first. */
  work(filter: WorkFilter): Promise<readonly Work[]> {
    return workList(this.#ask, filter);
  }

  /** What counts so far under the key; null: nothing does. */
  liveWindow(policy: string, key: string): Promise<LiveWindow | null> {
    return liveWindow(this.#ask, policy, key);
  }

  /** How many keys each policy has live, and how many alerts it refused. */
  windowBooks(): Promise<readonly WindowBook[]> {
    return windowBooks(this.#ask);
  }

  /** The incident that a window filled, to which its alerts from then on belong; null: it filled none. */
  windowFilled(window: WindowRef): Promise<FilledWindow | null> {
    return windowFilled(this.#ask, window);
  }

  /** What retention has done so far; null: nothing went yet. */
  async retention(): Promise<RetentionRow | null> {
    const found = sql`SELECT ${columnsOf(columns.RETENTION)} FROM retention`;
    return only(await this.#ask(found), retentionOf);
  }

  /** What the Wazuh API said of all agents. */
  fleet(): Promise<FleetFound> {
    return fleetIn(this.#ask);
  }

  async sources(): Promise<readonly SourceRow[]> {
    const found = sql`SELECT ${columnsOf(columns.SOURCE)} FROM source ORDER BY name`;
    return (await this.#ask(found)).map(rows.sourceOf);
  }

  async lanes(): Promise<readonly Lane[]> {
    const found = sql`SELECT ${columnsOf(columns.LANE)} FROM lane ORDER BY destination`;
    return (await this.#ask(found)).map(rows.laneOf);
  }

  /** Newest first. */
  async quarantine(source: string): Promise<readonly QuarantineRow[]> {
    const found = sql`SELECT ${columnsOf(columns.QUARANTINE)} FROM quarantine
      WHERE source = ${toText(source)} ORDER BY at DESC, slot DESC`;
    return (await this.#ask(found)).map(rows.quarantineOf);
  }

  /** Newest first. */
  audit(page: AuditPage): Promise<readonly AuditRow[]> {
    return this.auditing.newest(page);
  }

  async snapshot(hash: string): Promise<rows.SnapshotRow | null> {
    const found = sql`SELECT ${columnsOf(columns.SNAPSHOT)} FROM snapshot WHERE hash = ${hash}`;
    return only(await this.#ask(found), rows.snapshotOf);
  }

  async newestSnapshot(): Promise<rows.SnapshotRow | null> {
    const found = sql`SELECT ${columnsOf(columns.SNAPSHOT)} FROM snapshot ORDER BY at DESC LIMIT 1`;
    return only(await this.#ask(found), rows.snapshotOf);
  }

  workTallies(): Promise<readonly tallies.WorkTally[]> {
    return tallies.workTallies(this.#ask);
  }

  receiptTallies(): Promise<readonly tallies.ReceiptTally[]> {
    return tallies.receiptTallies(this.#ask);
  }

  attemptTallies(): Promise<readonly tallies.AttemptTally[]> {
    return tallies.attemptTallies(this.#ask);
  }

  actionCounts(): Promise<Readonly<Record<ActionState, number>>> {
    return tallies.actionCounts(this.#ask);
  }

  get auditing(): AuditQueries {
    return new AuditQueries(this.#ask);
  }

  /** What Riposte does about incidents, for people. */
  get responding(): RespondQueries {
    return new RespondQueries(this.#ask);
  }

  incidentCounts(): Promise<Readonly<Record<IncidentState, number>>> {
    return tallies.incidentCounts(this.#ask);
  }

  /** When the database was made; null: before anybody asked. */
  async installedAt(): Promise<Instant | null> {
    const [row] = await this.#ask(sql`SELECT installed_at FROM meta`);
    return Number(row?.[0] ?? 0) || null;
  }

  async close(): Promise<void> {
    await this.#disconnect();
  }
}
