import type { Snapshot } from "../../src/core/snapshot.ts";
import { hold, lastBrought, Violation } from "./checks.ts";
import type { History } from "./history.ts";
import { Model, type Happening } from "./model.ts";
import type { ModelIncident } from "./model-incident.ts";
import type { IncidentRow, Rows } from "./rows.ts";
import type { WindowDraws } from "./window-terms.ts";
import { isDigest } from "./rhythm-checks.ts";
import { FLEET_POLICY, isInFleet } from "./sim-fleet.ts";
import { OTHER_POLICY, RED_POLICY } from "./sim-groups.ts";
import { STORM_POLICY } from "./storm-checks.ts";
import type { Written } from "./written.ts";

/** Alerts of one manager come at most this much out of order. */
const DISORDER_MS = 1_000;

/**
 * 9, at every tick: no timer may believe in an event time before which something lies on the disk unread. An alert
 * in the manager's own buffer is beyond anybody's knowledge.
 */
export function checkTick(tickAt: number, written: readonly Written[], read: number): void {
  for (let i = read; i < written.length; i += 1) {
    const { alert, flushedAt } = written[i]!;
    if (flushedAt === null || flushedAt >= tickAt) return;
    if (alert === null) continue;
    const earlyMs = tickAt - alert.at;
    hold(9, earlyMs <= DISORDER_MS, () => `timers fire ${earlyMs} ms past an alert that nobody has read yet`);
    return;
  }
}

/** What becomes of the fleet's alerts is looked at by itself. */
const OF_FLEET = [FLEET_POLICY, RED_POLICY, OTHER_POLICY];

/** 9, at quiet: the incidents are those that the alerts, the timers and the people make. */
export function checkIncidents(
  rows: Rows,
  history: History,
  written: readonly Written[],
  { snapshot, windows }: { readonly snapshot: Snapshot; readonly windows: WindowDraws },
  hushed: ReadonlySet<string>,
): void {
  const model = new Model(written, windows);
  const incidents = rows
    .all<IncidentRow>("SELECT * FROM incident ORDER BY id")
    .filter(({ policy }) => !OF_FLEET.includes(policy) && policy !== STORM_POLICY && !isDigest(policy));
  const numbers = new Map(incidents.map(({ id }, i) => [id, i + 1]));
  for (const happening of history.happenings) {
    const told = "incident" in happening ? numbers.get(happening.incident) : null;
    // What people did with an incident that is not the model's.
    if (told === undefined) continue;
    const why = model.follow(told === null ? happening : ({ ...happening, incident: told } as Happening));
    if (why !== null) throw new Violation(9, why);
  }
  model.incidents.forEach((expected, i) => {
    const row = incidents[i];
    const is = row === undefined ? "missing" : sayRow(rows, row);
    const should = say(expected);
    const id = row?.id ?? i + 1;
    hold(9, is === should, () => `#${id} should be ${should}, and is ${is}`);
    checkAudience(rows, id, expected, snapshot, hushed);
  });
  const more = incidents.length - model.incidents.length;
  hold(9, more === 0, () => `there are ${more} incidents more than there should be`);
  checkEndings(rows, model);
}

interface AlertRow {
  readonly native_id: string;
  readonly stamp: string;
  readonly rule_id: string;
  readonly agent_id: string | null;
  readonly disposition: string;
}

function checkEndings(rows: Rows, model: Model): void {
  const alerts = rows.all<AlertRow>(
    "SELECT native_id, stamp, rule_id, agent_id, disposition FROM alert WHERE source = 'alerts'",
  );
  for (const { native_id: id, stamp, rule_id: rule, agent_id: agent, disposition } of alerts) {
    if (isInFleet(agent)) continue;
    const expected = model.endings.get(`${id} ${stamp} ${rule}`);
    hold(9, disposition === expected, () => `alert ${id} should have ended as ${expected}, and is ${disposition}`);
  }
}

/** 2, at quiet: whoever was to hear of it at any of its severities has a receipt, or a dead letter that people see. */
function checkAudience(
  rows: Rows,
  id: number,
  { terms, toldAs }: ModelIncident,
  snapshot: Snapshot,
  hushed: ReadonlySet<string>,
): void {
  const audience = new Set([...toldAs].flatMap((severity) => snapshot.policies[terms.name]?.tell[severity] ?? []));
  for (const destination of audience) {
    // What there was a reason not to tell is forgotten when it is over.
    if (hushed.has(`${id} ${destination}`)) continue;
    // What somebody else tells is forgotten when it is over.
    if (snapshot.destinations[destination]?.shadow === true) continue;
    if (snapshot.destinations[destination]?.onlyWazuh === true && terms.name.startsWith("riposte:mass:")) continue;
    // What is beyond a budget nobody there need ever hear of, unless it is critical.
    if ((snapshot.destinations[destination]?.budget ?? null) !== null && !toldAs.has("critical")) continue;
    if (snapshot.destinations[destination]?.type === "integration-script" && lastBrought(rows, id) === 0) continue;
    const known = rows.count(
      `SELECT (SELECT count(*) FROM receipt WHERE incident = ?1 AND destination = ?2)
            + (SELECT count(*) FROM work WHERE incident = ?1 AND destination = ?2)
            + (SELECT count(*) FROM told_in WHERE incident = ?1 AND destination = ?2) AS n`,
      id,
      destination,
    );
    hold(2, known > 0, () => `${destination} was to hear of #${id} (${[...toldAs].join(", ")}), and never did`);
  }
}

function say({ terms, group, state, severity, count, moments }: ModelIncident): string {
  return `${terms.name} ${group} ${state} ${severity} x${count} [${moments.join(" ")}]`;
}

function sayRow(rows: Rows, { id, policy, group_key: group, state, severity, count }: IncidentRow): string {
  // Of a second copy that was put away the model knows nothing, and of reminders rhythm-checks.ts does.
  const moments = rows.all<{ kind: string }>(
    "SELECT kind FROM moment WHERE incident = ? AND kind NOT IN ('note', 'repeated', 'unanswered') ORDER BY n",
    id,
  );
  return `${policy} ${group} ${state} ${severity} x${count} [${moments.map(({ kind }) => kind).join(" ")}]`;
}
