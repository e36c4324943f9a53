// What is not to be told, by rules that share nothing with src/: the team's planned work, its inhibition and its silences.
import type { Change } from "../../src/core/change.ts";
import { hold, type Begun } from "./checks.ts";
import { COMMIT_MOST_MS } from "./mortal-store.ts";
import type { IncidentRow, Rows } from "./rows.ts";
import { isDigest } from "./rhythm-checks.ts";
import type { World } from "./world.ts";

interface SilenceRow {
  readonly id: number;
  readonly created_at: number;
  readonly ends_at: number | null;
  readonly incident: number | null;
  readonly opened_at: number | null;
  readonly condition: string;
}

type HushedRow = Pick<IncidentRow, "id" | "policy" | "state" | "severity" | "opened_at"> & {
  readonly agent_id: string | null;
  readonly destination: string;
  readonly reason: string;
  readonly due: number;
};

/** What the reasons go by: no more of each row is read, since this is asked at every commit that begins a call. */
const ABOUT = "incident.id, incident.policy, incident.state, incident.severity, incident.opened_at, incident.agent_id";

/** Minutes of the UTC day, all year in the zone that the plan names: the simulated day has no leap of clocks. */
export const PATCHING = { fromMinute: 8 * 60 + 8, toMinute: 8 * 60 + 20 };
export const PATCHED_POLICIES = ["rest", "agent-stopped"];
export const PATCHED_AT = ["board", "slack", "jira"];
export const INHIBITING = "queue-full";
export const INHIBITED = "agent-lost";

/** The name of the policy whose incidents it stands for. */
function policyOf(policy: string): string {
  return policy.replace(/^riposte:mass:/, "");
}

function isMuted({ policy }: Pick<IncidentRow, "policy">, destination: string, at: number): boolean {
  const minute = Math.floor(at / 60_000) % 1_440;
  const isIn = minute >= PATCHING.fromMinute && minute < PATCHING.toMinute;
  return isIn && PATCHED_POLICIES.includes(policyOf(policy)) && PATCHED_AT.includes(destination);
}

function isInhibited(rows: Rows, { policy, agent_id: agent }: HushedRow, graceAt: number): boolean {
  if (policyOf(policy) !== INHIBITED || agent === null) return false;
  const live = rows.count(
    `SELECT count(*) AS n FROM incident WHERE policy = ? AND agent_id = ? AND (state IN ('open', 'acknowledged')
       OR EXISTS (SELECT 1 FROM moment WHERE moment.incident = incident.id AND kind = 'resolved' AND at >= ?))`,
    INHIBITING,
    agent,
    graceAt,
  );
  return live > 0;
}

function isSilenced(rows: Rows, incident: HushedRow, at: number): boolean {
  if (incident.policy.startsWith("riposte:storm")) return false;
  return rows
    .all<SilenceRow>("SELECT * FROM silence WHERE ends_at IS NULL OR ends_at > ?", at)
    .some((silence) => hides(silence, incident));
}

function hides({ incident: one, opened_at: openedAt, condition }: SilenceRow, incident: HushedRow): boolean {
  if (one !== null) return one === incident.id && openedAt === incident.opened_at;
  const { written } = JSON.parse(condition) as { readonly written: string };
  return Object.entries(JSON.parse(written) as Record<string, string>).every(([field, value]) => {
    if (field === "agent.id") return incident.agent_id === value;
    return (field === "policy" ? incident.policy : incident.severity) === value;
  });
}

function whyNot(rows: Rows, incident: HushedRow, destination: string, at: number): string | null {
  if (isSilenced(rows, incident, at)) return "silenced";
  if (incident.state !== "resolved" && isInhibited(rows, incident, Number.MAX_SAFE_INTEGER)) return "hidden by another";
  return isMuted(incident, destination, at) ? "in a mute time" : null;
}

/** 11, at every commit that begins calls: the first word of what there is a reason not to tell is not begun. */
export function checkNothingHushedIsTold(rows: Rows, destination: string, begun: readonly Begun[]): void {
  for (const { attempt } of begun) {
    const [incident] = rows.all<HushedRow & { began_at: number }>(
      `SELECT ${ABOUT}, attempt.destination, '' AS reason, 0 AS due, began_at FROM attempt
       JOIN incident ON incident.id = attempt.incident
       WHERE attempt.id = ? AND step = 1 AND repeat = 0
         AND NOT EXISTS (SELECT 1 FROM audit WHERE what IN ('retry_work', 'retry_dead')
           AND about IN ('#' || incident.id || ' ' || attempt.destination, attempt.destination))`,
      attempt,
    );
    if (incident === undefined) continue;
    if (isDigest(incident.policy)) {
      for (const member of membersOf(rows, incident.id)) {
        const why = whyNot(rows, member, destination, incident.began_at);
        hold(
          11,
          why === null,
          () => `#${member.id} is ${why}, and is in #${incident.id}, of which ${destination} is told`,
        );
      }
      continue;
    }
    const why = whyNot(rows, incident, destination, incident.began_at);
    hold(11, why === null, () => `#${incident.id} is ${why}, and ${destination} is told of it`);
  }
}

function membersOf(rows: Rows, digest: number): readonly HushedRow[] {
  return rows.all<HushedRow>(
    `SELECT ${ABOUT}, told_in.destination, '' AS reason, 0 AS due FROM told_in
     JOIN incident ON incident.id = told_in.incident WHERE digest = ?`,
    digest,
  );
}

/** Remembers who need never hear of what. */
export function noteHushed(rows: Rows, { hushed, time }: World, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.table === "work" && change.row.state === "hushed") {
      hushed.add(`${change.row.incident} ${change.row.destination}`);
    }
    // What is taken out of a digest is over, or is told by itself.
    if (change.table === "told_in_gone") hushed.add(`${change.incident} ${change.destination}`);
    if (change.table !== "work_done") continue;
    const { incident, destination } = change;
    if (mayBeLeftUntold(rows, incident, destination, time.now)) hushed.add(`${incident} ${destination}`);
  }
}

/** What is over before its turn came and was not to be told is told no more: whether this may be such a one. */
function mayBeLeftUntold(rows: Rows, id: number, destination: string, now: number): boolean {
  const [incident] = rows.all<HushedRow>(
    `SELECT ${ABOUT}, ? AS destination, '' AS reason, 0 AS due FROM incident WHERE id = ? AND state = 'resolved'`,
    destination,
    id,
  );
  if (incident === undefined) return false;
  const then = now - COMMIT_MOST_MS;
  const muted = isMuted(incident, destination, then) || isMuted(incident, destination, now);
  return muted || isSilenced(rows, incident, then);
}

/** 11, while the engine is left in peace: what is not told has a reason that is still there. */
export function checkHushedHaveReasons(rows: Rows, now: number, graceMs: number): void {
  const hushed = rows.all<HushedRow>(
    `SELECT ${ABOUT}, work.destination, work.reason, work.due_at AS due FROM work
     JOIN incident ON incident.id = work.incident WHERE work.state = 'hushed' AND work.due_at > ?`,
    now,
  );
  const graceAt = now - graceMs;
  for (const one of hushed) {
    const about = isDigest(one.policy) ? [one, ...membersOf(rows, one.id)] : [one];
    const holds = about.some((each) => isHeld(rows, { ...each, reason: one.reason }, now, graceAt));
    hold(11, holds, () => `#${one.id} is ${one.reason} at ${one.destination}, and nothing that is there makes it so`);
  }
}

function isHeld(rows: Rows, one: HushedRow, now: number, graceAt: number): boolean {
  switch (one.reason) {
    case "silenced":
      return isSilenced(rows, one, graceAt);
    case "inhibited":
      return isInhibited(rows, one, graceAt);
    case "muted":
      return isMuted(one, one.destination, now) || isMuted(one, one.destination, graceAt);
    default:
      return one.reason === "flapping";
  }
}
