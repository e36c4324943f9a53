import type { DatabaseSync } from "node:sqlite";
import { ASKED_MOST } from "../core/asked-approval.ts";
import { digestedFor, newDigest } from "../core/digest-event.ts";
import { newLane } from "../core/lane.ts";
import { massedPolicy, MEMBERS_SHOWN, type MassMembers } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import { BY_RIPOSTE } from "../core/response-words.ts";
import type { Instant } from "../core/time.ts";
import { EMPTY_LOOKS_BEFORE_REPEAT, type Work } from "../core/work.ts";
import { ATTEMPT, DIGEST, INCIDENT, LANE, MASS, MOMENT, RECEIPT, RESPONSE, WORK } from "./columns.ts";
import { responseOf } from "./respond-rows.ts";
import { digestOf } from "./rhythm-rows.ts";
import { attemptOf, incidentOf, laneOf, massOf, momentOf, receiptOf, workOf, type Row } from "./rows.ts";
import { AT_MOST, prepareSelect, type Select } from "./select.ts";
import type { Claim, ClaimedDigest, ClaimedWork, ClaimQuery } from "./store.ts";
import { fromText } from "./text.ts";

const PRIORITIES = [0, 1, 2, 3];

// The words of `work_due`'s own condition, so that it may serve: asked one priority at a time it is read in order
// and from where it matters, and the hundred thousand that are not yet due are never looked at.
const CLAIMABLE = "destination = ? AND priority = ? AND state IN ('ready', 'unknown', 'watched', 'hushed')";

export const WORST_FIRST = "CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END";

export const CLAIM_SQL = {
  due: `SELECT ${WORK} FROM work WHERE ${CLAIMABLE} AND (due_at, incident) > (?, ?) AND due_at <= ?
    ORDER BY due_at, incident ${AT_MOST}`,
  // Few, and found by `work_state` however many others wait.
  lost: `SELECT ${WORK} FROM work WHERE destination = ? AND state = 'unknown' AND due_at <= ?
      AND looks < ${EMPTY_LOOKS_BEFORE_REPEAT}
    ORDER BY due_at, incident ${AT_MOST}`,
  nextDue: `SELECT min(due_at) FROM work WHERE ${CLAIMABLE} AND due_at > ?`,
  lane: `SELECT ${LANE} FROM lane WHERE destination = ?`,
  incident: `SELECT ${INCIDENT} FROM incident WHERE id = ?`,
  moments: `SELECT ${MOMENT} FROM moment WHERE incident = ? ORDER BY n`,
  firstRaw: "SELECT raw FROM body WHERE incident = ? AND slot = 0",
  // Not ORDER BY ordinal LIMIT 1: that would carry forty lines of up to 4 MiB through the sorter.
  newestRaw:
    "SELECT raw FROM body WHERE incident = ?1 AND ordinal = (SELECT max(ordinal) FROM body WHERE incident = ?1)",
  mass: `SELECT ${MASS} FROM mass WHERE incident = ?`,
  // With the words of `incident_member`'s own condition, so that it may serve.
  members: `SELECT ${INCIDENT} FROM incident WHERE collapsed_into = ? AND collapsed_into > 0 AND state = ? ORDER BY id ${AT_MOST}`,
  receipts: `SELECT ${RECEIPT} FROM receipt WHERE incident = ?`,
  digested: "SELECT count(*) FROM told_in WHERE digest = ?",
  digestedLive: `SELECT count(*) FROM told_in JOIN incident ON incident.id = told_in.incident
    WHERE digest = ? AND state IN ('open', 'acknowledged')`,
  // The worst first, of however many: it is asked once for each digest.
  inDigest: `SELECT ${INCIDENT} FROM told_in JOIN incident ON incident.id = told_in.incident
    WHERE digest = ? AND state IN ('open', 'acknowledged') ORDER BY ${WORST_FIRST}, id ${AT_MOST}`,
  allInDigest: `SELECT ${INCIDENT} FROM told_in JOIN incident ON incident.id = told_in.incident
    WHERE digest = ? ORDER BY told_in.incident`,
  digest: `SELECT ${DIGEST} FROM digest WHERE destination = ?`,
  work: `SELECT ${WORK} FROM work WHERE incident = ? AND destination = ?`,
  attempt: `SELECT ${ATTEMPT} FROM attempt WHERE id = ?`,
  responses: `SELECT ${RESPONSE} FROM response WHERE incident = ? ORDER BY id DESC ${AT_MOST}`,
} as const;

const BEFORE_ALL = { dueAt: -1, incident: 0 };

/** Finds what is due. Run it inside one transaction. */
export class Claimer {
  readonly #ask: Readonly<Record<keyof typeof CLAIM_SQL, Select>>;

  constructor(db: DatabaseSync) {
    const prepared = Object.entries(CLAIM_SQL).map(([name, sql]) => [name, prepareSelect(db, sql)]);
    this.#ask = Object.fromEntries(prepared) as Record<keyof typeof CLAIM_SQL, Select>;
  }

  claim(query: ClaimQuery): Claim {
    const { destination, now } = query;
    const row = this.#ask.lane.get(destination);
    const lane = row === undefined ? newLane(destination) : laneOf(row);
    if (query.inDigest !== undefined) {
      return { lane, items: [], nextDueAt: null, digest: this.#contents(query.inDigest, destination) };
    }
    const due = this.#due(query).map(workOf);
    const nextDueAt = this.#nextDueAt(destination, now);
    if (query.mayBegin?.(lane) === false) return { lane, items: [], waiting: due, nextDueAt };
    return { lane, items: due.map((work) => this.#withPictureParts(work)), nextDueAt };
  }

  #due({ destination, limit, now, after, lostOnly }: ClaimQuery): readonly Row[] {
    if (lostOnly === true) return this.#ask.lost.all(destination, now, limit);
    const rows: Row[] = [];
    for (const priority of PRIORITIES) {
      if (rows.length >= limit) break;
      const { dueAt, incident } = after?.[priority] ?? BEFORE_ALL;
      rows.push(...this.#ask.due.all(destination, priority, dueAt, incident, now, limit - rows.length));
    }
    return rows;
  }

  #nextDueAt(destination: string, now: Instant): Instant | null {
    const times = PRIORITIES.map((priority) => this.#ask.nextDue.get(destination, priority, now)?.[0]);
    const known = times.filter((at) => typeof at === "number");
    return known.length === 0 ? null : Math.min(...known);
  }

  #withPictureParts(work: Work): ClaimedWork {
    const { incident: id, destination } = work;
    const row = this.#ask.incident.get(id);
    if (row === undefined) throw new Error(`work for ${destination} is about incident #${id}, which is not there`);
    const incident = incidentOf(row);
    const receipts = this.#ask.receipts.all(id).map(receiptOf);
    const attempt = work.attempt === null ? undefined : this.#ask.attempt.get(work.attempt);
    const firstRaw = rawOf(this.#ask.firstRaw.get(id));
    const moments = this.#ask.moments.all(id).map(momentOf);
    return {
      work,
      incident,
      moments,
      firstRaw,
      newestRaw: incident.count === 1 ? null : rawOf(this.#ask.newestRaw.get(id)),
      receipt: receipts.find((receipt) => receipt.destination === destination) ?? null,
      ...(receipts.some((receipt) => receipt.destination !== destination) && { receipts }),
      attempt: attempt === undefined ? null : attemptOf(attempt),
      ...(massedPolicy(incident.policy) !== null && { mass: this.#members(id) }),
      ...(digestedFor(incident.policy) !== null && { mass: this.#digested(id) }),
      ...(saysOfResponses(moments) && { responses: this.#ask.responses.all(id, ASKED_MOST).map(responseOf) }),
    };
  }

  #contents(id: number, destination: string): ClaimedDigest {
    const state = this.#ask.digest.get(destination);
    const incidents = this.#ask.allInDigest.all(id).map(incidentOf);
    return {
      state: state === undefined ? newDigest(destination) : digestOf(state),
      members: incidents.map((incident) => {
        const work = this.#ask.work.get(incident.id, destination);
        const firstRaw = rawOf(this.#ask.firstRaw.get(incident.id));
        return { incident, work: work === undefined ? null : workOf(work), firstRaw };
      }),
    };
  }

  #digested(id: number): MassMembers {
    const count = (of: Select): number => of.get(id)?.[0] as number;
    const shown = this.#ask.inDigest.all(id, MEMBERS_SHOWN).map(incidentOf);
    return { members: count(this.#ask.digested), unresolved: count(this.#ask.digestedLive), shown };
  }

  #members(id: number): MassMembers {
    const row = this.#ask.mass.get(id);
    const found = MEMBER_STATES.flatMap((state) => this.#ask.members.all(id, state, MEMBERS_SHOWN));
    return membersOf(row, found);
  }
}

/** Of most incidents there are none, and nobody need look. */
export function saysOfResponses(moments: readonly Moment[]): boolean {
  return moments.some(({ kind, by }) => kind === "action" && by === BY_RIPOSTE);
}

/** Those of a member that is not over; of one that is held back again nobody hears. */
export const MEMBER_STATES = ["open", "acknowledged"];

export function membersOf(row: Row | undefined, found: readonly Row[]): MassMembers {
  const { members, unresolved } = row === undefined ? { members: 0, unresolved: 0 } : massOf(row);
  return { members, unresolved, shown: found.slice(0, MEMBERS_SHOWN).map(incidentOf) };
}

function rawOf(row: readonly unknown[] | undefined): string {
  return row === undefined ? "" : fromText(row[0] as string);
}
