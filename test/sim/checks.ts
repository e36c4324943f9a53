import type { Snapshot } from "../../src/core/snapshot.ts";
import { COMMIT_MOST_MS } from "./mortal-store.ts";
import type { IncidentRow, LaneRow, ReceiptRow, Rows, SourceCounts, WorkRow } from "./rows.ts";

/** A promise that was broken, by its number in ARCHITECTURE.md ("What always holds"). */
export class Violation extends Error {
  override readonly name = "Violation";
  readonly invariant: number;

  constructor(invariant: number, says: string) {
    super(`invariant ${invariant}: ${says}`);
    this.invariant = invariant;
  }
}

export function hold(invariant: number, holds: boolean, says: () => string): void {
  if (!holds) throw new Violation(invariant, says());
}

/** 1: every line in exactly one counter, every kept alert with one disposition. Asked after every so many commits. */
export function checkCounts(rows: Rows): void {
  const sources = rows.all<SourceCounts & { name: string }>("SELECT * FROM source");
  for (const { name, read, ignored, malformed, duplicate, kept } of sources) {
    const sum = ignored + malformed + duplicate + kept;
    hold(1, read === sum, () => `${name} has read ${read} lines, and accounts for ${sum}`);
  }
  const kept = sources.reduce((total, source) => total + source.kept, 0);
  const alerts = rows.count("SELECT count(*) AS n FROM alert WHERE disposition IS NOT NULL");
  hold(1, kept === alerts, () => `${kept} kept, but ${alerts} alerts have a disposition`);
  const untold = rows.count(
    `SELECT count(*) AS n FROM alert WHERE incidents = '{"v":1,"ids":[]}' AND disposition NOT IN (${OF_NO_POLICY})`,
  );
  hold(1, untold === 0, () => `${untold} alerts say neither where they went nor which policy took them`);
}

/** Of the lines of responses, which are kept whether or not a policy takes them. */
const OF_NO_POLICY = "'action_noted', 'action_alone', 'login_noted'";

/** 2: whoever should hear of an unresolved incident was told, will be told, or is visibly not told. */
export function checkNobodyForgotten(rows: Rows, snapshot: Snapshot): void {
  checkShadow(rows, snapshot);
  checkMassEvents(rows);
  const incidents = rows.all<IncidentRow>("SELECT * FROM incident WHERE state IN ('open', 'acknowledged')");
  for (const { id, policy, severity, moment_count: moments, collapsed_into: mass } of incidents) {
    for (const destination of snapshot.policies[policy]?.tell[severity as "low"] ?? []) {
      const work = rows.count("SELECT count(*) AS n FROM work WHERE incident = ? AND destination = ?", id, destination);
      const told = rows.all<ReceiptRow>(
        "SELECT * FROM receipt WHERE incident = ? AND destination = ?",
        id,
        destination,
      );
      const type = snapshot.destinations[destination]?.type;
      // A script knows alerts, and no mass event.
      const ofScript = policy.startsWith("riposte:mass:") ? 0 : lastBrought(rows, id);
      const hears = type === "integration-script" ? ofScript : moments;
      const isAllTold = told[0] !== undefined && (type === "jira-automation" || told[0].moments_told >= hears);
      // What is told in a mass event may leave a story half told here, and never one that nobody has begun.
      const isTold = hears === 0 || isAllTold || (mass > 0 && told[0] !== undefined);
      hold(2, work > 0 || isTold, () => `#${id} is ${severity}, and ${destination} has neither heard of it nor will`);
    }
  }
}

/** The last moment that an alert brought, which is all that a script is told of; 0: there is none. */
export function lastBrought(rows: Rows, incident: number): number {
  return rows.count(
    "SELECT coalesce(max(n), 0) AS n FROM moment WHERE incident = ? AND kind IN ('opened', 'escalated', 'reopened')",
    incident,
  );
}

/**
 * 2 and 9: what is not told because it is told in a mass event says in which, that is its incident's, and the mass event
 * counts those that are in it and is over with the last of them.
 */
function checkMassEvents(rows: Rows): void {
  const [astray] = rows.all<WorkRow & { evidence: string; collapsed_into: number }>(
    `SELECT work.*, collapsed_into FROM work JOIN incident ON id = incident WHERE work.reason = 'collapsed'
       AND work.state = 'listed' AND (evidence <> 'told in #' || collapsed_into OR incident.state = 'resolved')`,
  );
  hold(2, astray === undefined, () => `#${astray?.incident} is ${astray?.evidence}, and in #${astray?.collapsed_into}`);
  const [unheard] = rows.all<WorkRow & { collapsed_into: number }>(
    `SELECT work.*, incident.collapsed_into FROM work JOIN incident ON incident.id = work.incident
       JOIN incident AS mass ON mass.id = incident.collapsed_into AND mass.state <> 'resolved'
     WHERE work.reason = 'collapsed' AND work.state = 'listed'
       AND NOT EXISTS (SELECT 1 FROM work AS its WHERE its.incident = mass.id AND its.destination = work.destination)
       AND NOT EXISTS (SELECT 1 FROM receipt WHERE receipt.incident = mass.id AND receipt.destination = work.destination)`,
  );
  hold(
    2,
    unheard === undefined,
    () => `#${unheard?.incident} is told in #${unheard?.collapsed_into}, of which ${unheard?.destination} never hears`,
  );
  const masses = rows.all<{ id: number; state: string; policy: string; members: number; unresolved: number }>(
    "SELECT id, state, policy, members, unresolved FROM incident JOIN mass ON mass.incident = id",
  );
  for (const { id, state, policy, members, unresolved } of masses) {
    const [are] = rows.all<{ members: number; live: number; others: number }>(
      `SELECT count(*) AS members, coalesce(sum(CASE WHEN state IN ('open', 'acknowledged') THEN 1 ELSE 0 END), 0) AS live,
         coalesce(sum(CASE WHEN 'riposte:mass:' || policy <> ? THEN 1 ELSE 0 END), 0) AS others
       FROM incident WHERE collapsed_into = ?`,
      policy,
      id,
    );
    const isRight = are?.members === members && are.live === unresolved && are.others === 0;
    hold(9, isRight, () => `#${id} counts ${members} and ${unresolved} not over, and has ${JSON.stringify(are)}`);
    hold(9, state === "resolved" || unresolved > 0, () => `#${id} is ${state}, and all that was told in it is over`);
  }
}

/** 3: whom somebody else tells is never called, and nothing of his is left that a call could begin with. */
function checkShadow(rows: Rows, snapshot: Snapshot): void {
  for (const { name, shadow } of Object.values(snapshot.destinations)) {
    if (shadow !== true) continue;
    const calls = rows.count("SELECT count(*) AS n FROM attempt WHERE destination = ?", name);
    hold(3, calls === 0, () => `${name} is told by somebody else, and ${calls} calls were begun`);
    const others = rows.all<WorkRow>(
      "SELECT * FROM work WHERE destination = ? AND state NOT IN ('shadow', 'listed', 'dead')",
      name,
    );
    hold(3, others[0] === undefined, () => `#${others[0]?.incident} is ${others[0]?.state} at ${name}`);
  }
}

/**
 * 5, from the engine's side: where a destination may be called and something is due, somebody is calling.
 * Asked when everything has come to rest at an instant, and only of what has been due for a while.
 */
export function checkNobodyWaits(rows: Rows, snapshot: Snapshot, now: number, idleSinceMs: number): void {
  const due = rows.all<{ destination: string; waits: number }>(
    "SELECT destination, count(*) AS waits FROM work WHERE state IN ('ready', 'unknown', 'hushed') AND due_at <= ? GROUP BY destination",
    now - idleSinceMs,
  );
  for (const { destination, waits } of due) {
    const terms = snapshot.destinations[destination];
    if (terms === undefined) continue;
    const lane = rows.all<LaneRow>("SELECT * FROM lane WHERE destination = ?", destination)[0];
    const closed = lane !== undefined && Math.max(lane.next_at, lane.hold_until, heldTo(lane)) > now - idleSinceMs;
    const sending = rows.count(
      "SELECT count(*) AS n FROM work WHERE destination = ? AND state = 'sending'",
      destination,
    );
    const looking = rows.count(
      "SELECT count(*) AS n FROM work WHERE destination = ? AND state = 'unknown' AND due_at > ?",
      destination,
      now,
    );
    const sweeping = rows.count(
      `SELECT count(*) AS n FROM work WHERE destination = ? AND sweeps LIKE '%"attempt":' || attempt || ',%'`,
      destination,
    );
    const idle = sending === 0 && looking === 0 && sweeping === 0;
    hold(5, closed || !idle, () => `${waits} due at ${destination}, which is open, and nobody calls`);
  }
}

/** Until when some kind of call has to wait: which of those that are due are of the kind, no row says. */
function heldTo(lane: Pick<LaneRow, "action_holds">): number {
  return Math.max(0, ...Object.values(holdsOf(lane)));
}

function holdsOf({ action_holds: holds }: Pick<LaneRow, "action_holds">): Readonly<Record<string, number>> {
  return holds === null ? {} : (JSON.parse(holds) as { holds: Record<string, number> }).holds;
}

/** 6, while a life goes on undisturbed: no call outlasts its deadline, and what came of it is written down. */
export function checkCallsEnd(rows: Rows, now: number): void {
  const [lost] = rows.all<{ incident: number; destination: string; began_at: number }>(
    "SELECT incident, destination, began_at FROM attempt WHERE ended_at IS NULL AND began_at < ?",
    now - CALL_MOST_MS,
  );
  hold(
    6,
    lost === undefined,
    () =>
      `a call about #${lost?.incident} began at ${lost?.destination} ${now - lost!.began_at} ms ago, and never ended`,
  );
}

/** The deadline of a step, and what it may take until its outcome is committed. */
export const CALL_MOST_MS = 15_000;

/** An attempt that a commit has begun. */
export interface Begun {
  readonly incident: number;
  readonly attempt: number;
}

/** 5, at every commit that begins a call: a new critical that was waiting is never overtaken by anything less. */
export function checkOrder(rows: Rows, destination: string, begun: readonly Begun[], now: number): void {
  const isNewCritical = `EXISTS (SELECT 1 FROM incident WHERE id = work.incident AND severity = 'critical')
    AND NOT EXISTS (SELECT 1 FROM receipt WHERE incident = work.incident AND destination = work.destination)`;
  const lesser = begun.find(({ incident, attempt }) => {
    const others = `SELECT count(*) AS n FROM work WHERE incident = ? AND destination = ? AND attempt = ?
       AND state = 'sending' AND NOT (${isNewCritical})`;
    return rows.count(others, incident, destination, attempt) > 0;
  });
  if (lesser === undefined) return;
  // Where the other side takes nothing new for a while, what is known goes on.
  const [lane] = rows.all<Pick<LaneRow, "action_holds">>(
    "SELECT action_holds FROM lane WHERE destination = ?",
    destination,
  );
  if (lane !== undefined && (holdsOf(lane)["create"] ?? 0) > now) return;
  // What came between the claim and the commit of the attempt could not be known to the one who claimed.
  const known = now - CLAIM_TO_BEGIN_MS;
  const [overtaken] = rows.all<Pick<WorkRow, "incident">>(
    `SELECT incident FROM work WHERE destination = ? AND state = 'ready' AND due_at < ? AND since_at < ?
       AND ${isNewCritical} AND (SELECT max(at) FROM moment WHERE incident = work.incident) < ?`,
    destination,
    known,
    known,
    known,
  );
  hold(
    5,
    overtaken === undefined,
    () => `at ${destination} the critical #${overtaken?.incident} waits behind #${lesser.incident}`,
  );
}

/**
 * 3, at every commit that begins a call: while a destination is away, nothing is sent to it where a lost call is to be
 * looked for, which finds out as well whether it is back.
 */
export function checkProbe(rows: Rows, snapshot: Snapshot, destination: string, now: number): void {
  if (snapshot.destinations[destination]?.finds !== true) return;
  const [away] = rows.all<Pick<LaneRow, "action_holds">>(
    `SELECT action_holds FROM lane
     WHERE destination = ? AND failures >= 3 AND trouble_at >= coalesce(last_done_at, 0)`,
    destination,
  );
  if (away === undefined || away.action_holds?.includes(`"look":`) === true) return;
  const [lost] = rows.all<WorkRow>(
    "SELECT * FROM work WHERE destination = ? AND state = 'unknown' AND looks < 2 AND due_at < ? AND due_at > 0",
    destination,
    now - CLAIM_TO_BEGIN_MS,
  );
  hold(
    3,
    lost === undefined,
    () => `${destination} is away, and was called before the lost call of #${lost?.incident} was looked for`,
  );
}

/** Two turns and their commits, at their slowest. */
const CLAIM_TO_BEGIN_MS = 3 * COMMIT_MOST_MS;
