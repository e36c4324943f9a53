import {
  beginningAfter,
  isInForce,
  isTimeless,
  LIFT_GRACE_MS,
  MOMENTS_WITH_ACTIONS,
  nameOfAction,
  type Action,
  type ActionCause,
  type ActionSeen,
} from "./action.ts";
import type { KeptAlert } from "./alert.ts";
import type { Disposition } from "./change.ts";
import type { Context } from "./context.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import { explainAwaited } from "./loop-guard.ts";
import { publish } from "./tell.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";

/** By whom an action of Wazuh's own is told to be done. */
export const BY_WAZUH = "Wazuh";

/** Alerts of one manager come at most so much out of order. */
const DISORDER_MS = SECOND_MS;

/** Rows that are only about what something else caused. */
const NO_ACTION: ReadonlySet<Action["state"]> = new Set(["awaited", "explained", "ours"]);

interface Noted {
  readonly disposition: Disposition;
  readonly incident: number | null;
}

/**
 * Takes in a line of Wazuh's own active response: it joins the incident of the alert that caused it, and never opens
 * one. What the line proves is that the agent got an order, and that is all that is ever said of it.
 */
export function noteAction(
  view: View,
  source: string,
  { at, agentName }: KeptAlert,
  seen: ActionSeen,
  context: Context,
  woken: Set<string>,
): Noted {
  const explained = explainAwaited(view, seen, at, context, woken);
  const newest = view.actionsOf(seen).find(({ state }) => !NO_ACTION.has(state));
  const tell = (action: Action, text: string): void => {
    for (const destination of tellOfAction(view, action, text, at, context)) woken.add(destination);
  };
  if (seen.order === "delete") {
    if (newest === undefined) return noteStray(view, source, at, agentName, seen, explained, context);
    if (!isInForce(newest) || at < newest.lastAt) return noted(newest.incident);
    const late = newest.dueAt !== null && at > newest.dueAt ? overdue(newest) : newest;
    if (late !== newest) tell(late, overdueWords(late));
    const lifted: Action = { ...late, state: "lifted", source, lastAt: at, endedAt: at, dueAt: null, explained };
    view.putAction(lifted);
    tell(lifted, `the agent got the order to lift: ${nameOfAction(lifted)}`);
    return noted(lifted.incident);
  }

  const isOn = newest !== undefined && isInForce(newest);
  const lastAt = isOn ? Math.max(at, newest.lastAt) : at;
  const incident = incidentOf(view, seen.cause, context);
  const policy = incident === undefined ? undefined : context.snapshot.policies[incident.policy];
  const liftAfterMs = seen.failed || isTimeless(seen) ? null : (policy?.expectAction?.liftAfterMs ?? null);
  const expectedEndAt = liftAfterMs === null ? null : lastAt + liftAfterMs;
  const now = {
    state: seen.failed ? ("failed" as const) : ("received" as const),
    source,
    lastAt,
    expectedEndAt,
    dueAt: expectedEndAt === null ? null : expectedEndAt + LIFT_GRACE_MS,
    explained,
  };
  if (isOn && newest.incident === (incident?.id ?? null)) {
    // Ordered again while it is in force: execd renews its time, and nothing is done anew.
    const renewed: Action = { ...newest, ...now, times: newest.times + 1 };
    view.putAction(renewed);
    if (now.state === "failed" || newest.state === "overdue") tell(renewed, beganWords(renewed));
    return noted(renewed.incident);
  }
  if (isOn) {
    view.putAction({ ...newest, state: "renewed", endedAt: at, dueAt: null });
  }
  const begun = newAction(view, at, agentName, seen, incident ?? null);
  const action: Action = { ...begun, ...now };
  view.putAction(action);
  tell(action, beganWords(action));
  return noted(action.incident);
}

/** Its end passed, and no order to lift it was seen. */
export function fireOverdue(view: View, action: Action, context: Context): readonly string[] {
  const late = overdue(action);
  view.putAction(late);
  return tellOfAction(view, late, overdueWords(late), action.dueAt ?? context.now, context);
}

function overdue(action: Action): Action {
  return { ...action, state: "overdue", dueAt: null };
}

function tellOfAction(
  view: View,
  { incident: id, told }: Action,
  text: string,
  happenedAt: Instant,
  context: Context,
): readonly string[] {
  const incident = id === null ? undefined : view.incident(id);
  if (incident === undefined) return [];
  const moment = told ? ({ kind: "action", by: BY_WAZUH, text } as const) : null;
  return publish(view, incident, { moment, happenedAt }, context);
}

/** The order to lift what nobody saw begin. */
function noteStray(
  view: View,
  source: string,
  at: Instant,
  agentName: string | null,
  seen: ActionSeen,
  explained: readonly string[],
  context: Context,
): Noted {
  const incident = incidentOf(view, seen.cause, context) ?? null;
  const action = newAction(view, at, agentName, seen, incident);
  view.putAction({ ...action, state: "lifted", source, endedAt: at, told: false, explained });
  return noted(action.incident);
}

function newAction(
  view: View,
  at: Instant,
  agentName: string | null,
  seen: ActionSeen,
  incident: Incident | null,
): Action {
  const { agentId, program, target, targetKind, cause } = seen;
  return {
    agentId,
    program,
    target,
    beganAt: beginningAfter(view.actionsOf(seen), at),
    agentName,
    targetKind,
    state: "received",
    incident: incident?.id ?? null,
    causeRule: cause?.ruleId ?? null,
    source: "",
    lastAt: at,
    times: 1,
    expectedEndAt: null,
    endedAt: null,
    dueAt: null,
    // Of what nobody sees yet nothing is told; `incidents show` has it.
    told: incident !== null && incident.state !== "pending" && incident.momentCount < MOMENTS_WITH_ACTIONS,
    explained: [],
  };
}

/**
 * The incident that the causing alert is one of: of its policy and group, and with the alert's time within its own. The
 * id in the line is of before the alert was written and mostly another than the one in alerts.json.
 */
/**
 * Several policies may have taken the alert that it answers, one that stands for integratord's block among them: first
 * comes the one that waits for a response, then one that anybody hears of.
 */
function incidentOf(view: View, cause: ActionCause | null, { snapshot }: Context): Incident | undefined {
  if (cause === null) return undefined;
  const incidents = cause.matches.flatMap(({ policy, groupKey, clears }) => {
    const incident = clears ? undefined : view.newestOfGroup(policy, groupKey);
    return incident !== undefined && isWithin(incident, cause.at) ? [incident] : [];
  });
  const waits = ({ policy }: Incident): boolean => snapshot.policies[policy]?.expectAction !== undefined;
  const isHeard = ({ policy, severity }: Incident): boolean =>
    (snapshot.policies[policy]?.tell[severity] ?? []).some((name) => snapshot.destinations[name]?.shadow !== true);
  return incidents.find(waits) ?? incidents.find(isHeard) ?? incidents[0];
}

function isWithin(incident: Incident, at: Instant | null): boolean {
  if (at === null) return isUnresolved(incident);
  return at >= incident.firstAt - DISORDER_MS && at <= incident.lastAt + DISORDER_MS;
}

function noted(incident: number | null): Noted {
  return { disposition: incident === null ? "action_alone" : "action_noted", incident };
}

// What it came to stands first: a name that an attacker chose may be long.
function beganWords(action: Action): string {
  const name = nameOfAction(action);
  if (action.state === "failed") return `the agent says that it could do nothing: ${name}`;
  return `the agent got the order, whether it took effect is not known: ${name}`;
}

function overdueWords(action: Action): string {
  const { expectedEndAt, lastAt } = action;
  const after = expectedEndAt === null ? "in time" : `${durationWords(expectedEndAt - lastAt)} after the order`;
  return `not seen lifted ${after}, look on the agent: ${nameOfAction(action)}`;
}

function durationWords(ms: number): string {
  return ms % MINUTE_MS === 0 ? `${ms / MINUTE_MS} min` : `${Math.round(ms / SECOND_MS)} s`;
}
