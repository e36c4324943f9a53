import { beginningAfter, isInForce, RESTART, type Action, type ActionKey, type Echo } from "./action.ts";
import type { KeptAlert } from "./alert.ts";
import type { Context } from "./context.ts";
import { nextState, type Incident } from "./incident.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { publish } from "./tell.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";

/**
 * How far an action and what it did to an account may lie apart. The script logs its order before it carries it out,
 * but the two lines come by different logs, and either may be read first.
 */
const ACCOUNT_MS = 10 * SECOND_MS;
/** A restart takes its time, and its own log line often travels only when the agent is back. */
const RESTART_MS = MINUTE_MS;

export type Verdict =
  /** An action did it, and it is not looked at further. */
  | { readonly kind: "explained" }
  /** It may yet turn out to be what an action did: nobody hears of it before then. */
  | { readonly kind: "hold"; readonly until: Instant };

/**
 * What to make of an alert that would open an incident and may be nothing but what an active response did. Each line
 * of an action explains each of its consequences once. A stop is never explained by what came before it: only that the
 * agent is heard again shows that it was a restart.
 */
export function heed(view: View, echo: Echo, at: Instant, context: Context, woken: Set<string>): Verdict {
  const until = at + heldForMs(echo);
  if (echo.kind === "stop") return { kind: "hold", until };
  const action = view.actionsOf(echo).find((row) => isExplanation(row) && isNear(row.lastAt, at, echo));
  if (action === undefined || action.explained.includes(echo.what)) return { kind: "hold", until };
  // An agent that starts again shows that its stop was the restart.
  const more = echo.kind === "start" ? explainAwaited(view, echo, at, context, woken) : [];
  view.putAction({ ...action, explained: [...new Set([...action.explained, echo.what, ...more])] });
  return { kind: "explained" };
}

/** Remembers that the incident is held back for what `echo` may turn out to be. */
export function awaitAction(view: View, echo: Echo, incident: Incident, at: Instant, source: string): void {
  const { agentId, program, target } = echo;
  view.putAction({
    agentId,
    program,
    target,
    beganAt: beginningAfter(view.actionsOf(echo), at),
    agentName: incident.agentName,
    targetKind: echo.kind === "account" ? "user" : "agent",
    state: "awaited",
    incident: incident.id,
    causeRule: null,
    source,
    lastAt: at,
    times: incident.count,
    expectedEndAt: null,
    endedAt: null,
    dueAt: null,
    told: false,
    explained: [echo.what],
  });
}

/**
 * An alert joined an incident that is held back: one more echo of the same may be explained with it, and the same echo
 * by another road, once for each.
 */
export function awaitAlso(view: View, echo: Echo, incident: Incident, at: Instant, source: string): boolean {
  const row = view.actionsOf(echo).find(({ state, incident: id }) => state === "awaited" && id === incident.id);
  if (row === undefined || row.times !== incident.count - 1) return false;
  const isAgain = row.explained.includes(echo.what);
  if (isAgain && (source === row.source || !isNear(row.lastAt, at, row))) return false;
  const what = isAgain ? `${echo.what} by ${source}` : echo.what;
  if (row.explained.includes(what)) return false;
  view.putAction({ ...row, times: incident.count, explained: [...row.explained, what] });
  return true;
}

/**
 * The action that was waited for is seen: what was held back for it alone is over before anybody heard of it. Returns
 * what its line has explained with that.
 */
export function explainAwaited(
  view: View,
  key: ActionKey,
  at: Instant,
  context: Context,
  woken: Set<string>,
): readonly string[] {
  const explained = new Set<string>();
  for (const row of view.actionsOf(key)) {
    if (row.state !== "awaited" || !isNear(row.lastAt, at, row)) continue;
    const incident = row.incident === null ? undefined : view.incident(row.incident);
    // Something else joined it, or somebody has taken it up: then it is about more than the action.
    if (incident === undefined || incident.state !== "pending" || incident.count !== row.times) continue;
    const over: Incident = {
      ...incident,
      state: nextState(incident.state, "clear") ?? incident.state,
      resolvedAt: at,
      resolvedBy: "clear",
      dueAt: null,
    };
    for (const destination of publish(view, over, { moment: null }, context)) woken.add(destination);
    view.putAction({ ...row, state: "explained", endedAt: at });
    for (const what of row.explained) explained.add(what);
  }
  return [...explained];
}

function isExplanation(row: Action): boolean {
  return isInForce(row) || row.state === "lifted" || row.state === "renewed" || row.state === "ours";
}

function isNear(one: Instant, other: Instant, { program }: Pick<ActionKey, "program">): boolean {
  return Math.abs(one - other) <= (program === RESTART ? RESTART_MS : ACCOUNT_MS);
}

/** How long an alert waits for the response that may have done it. */
export function heldForMs({ kind }: Echo): number {
  return kind === "account" ? ACCOUNT_MS : RESTART_MS;
}

/** What the loop guard says of the alert; null: no active response can have done it. */
export type Guard = (policy: PolicyTerms) => Verdict | null;

/** Asked once however many policies take the alert: an action explains it for all of them. */
export function guardOf(view: View, { echo, at }: KeptAlert, context: Context, woken: Set<string>): Guard {
  if (echo === undefined) return () => null;
  let verdict: Verdict | undefined;
  return ({ asIntegratord }) => {
    if (asIntegratord === true) return null;
    return (verdict ??= heed(view, echo, at, context, woken));
  };
}
