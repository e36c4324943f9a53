import {
  accountTaken,
  SHARED_WITHIN_MS,
  sightingOf,
  usersFrom,
  type Suspect,
  type TakenAnswer,
} from "./account-taken.ts";
import { MOMENTS_WITH_ACTIONS } from "./action.ts";
import type { KeptAlert, PolicyMatch } from "./alert.ts";
import type { Context } from "./context.ts";
import { askGuardrails, type AgentFacts, type GuardrailAnswer } from "./guardrail.ts";
import type { Guardrails } from "./guardrails.ts";
import { isUnresolved, type Incident } from "./incident.ts";
import { protectedAddress, unfitAddress } from "./protected-network.ts";
import { quietNow } from "./response-quiet.ts";
import { advisedWords, BY_RIPOSTE, refusedWords } from "./response-words.ts";
import type { Refusal, RespondTerms, Response, ResponseMode, ResponseTarget } from "./response.ts";
import { publish } from "./tell.ts";
import type { View } from "./view.ts";

/**
 * Plans what the policy answers with, once for each target of an incident. What can never be is said at once; all else
 * is asked about at the Wazuh API first.
 */
export function planResponses(
  view: View,
  incident: Incident,
  alert: KeptAlert,
  { respond = [] }: PolicyMatch,
  context: Context,
  woken: Set<string>,
): void {
  const { guardrails: rails, policies } = context.snapshot;
  const { suspect } = alert;
  const terms = policies[incident.policy]?.respond ?? [];
  if (rails === undefined || suspect === undefined) return;
  for (const { terms: one, target } of respond) {
    const { id, momentCount } = view.incident(incident.id) ?? incident;
    if (momentCount >= MOMENTS_WITH_ACTIONS || !terms.some((listed) => listed.do === one.do)) return;
    const agentId = alert.agentId ?? "";
    const same = view.responding.to({ action: one.do, agentId, target });
    const before = same.find((other) => other.incident === id && other.plannedAt >= (incident.openedAt ?? 0));
    const taken = takenBy(view, one, target, agentId, suspect);
    // Told once, unless what it was refused for has changed.
    if (before !== undefined && !(before.refusal === "no_evidence" && taken?.kind === "taken")) continue;
    const liftAfterMs = liftAfter(one, same, context);
    const mode = rails.modes[one.do];
    const response: Response = {
      id: view.responding.nextId(),
      token: (context.newToken ?? (() => tokenBy(context.random)))(),
      incident: id,
      policy: incident.policy,
      terms: one,
      mode,
      state: "planned",
      agent: { id: agentId, name: alert.agentName, registeredAt: null, platform: null },
      target,
      from: suspect.address,
      labels: suspect.labels,
      ...(suspect.groups !== undefined && { groups: suspect.groups }),
      plannedAt: context.now,
      at: context.now,
      requestedBy: null,
      because: taken?.kind === "taken" ? taken.says : null,
      refusal: null,
      says: null,
      digest: null,
      approvals: [],
      expiresAt: null,
      liftAfterMs,
      countedAt: null,
      order: null,
      tries: 0,
      sentAt: null,
      endsAt: null,
      endedAt: null,
      seenAt: null,
      isLateTold: false,
      dueAt: context.now,
    };
    const answer = judged(view, response, taken, null, context);
    if (answer.kind === "refuse") {
      refuse(view, response, answer.refusal, answer.says, context, woken);
    } else if (mode === "observe" && !rails.hasApi) {
      advise(view, response, context, woken);
    } else {
      view.responding.put(response);
    }
  }
}

/** Asks all guardrails with what is known now; `taken` where it was found out by the alert at hand. */
export function judged(
  view: View,
  response: Response,
  taken: TakenAnswer | null,
  facts: AgentFacts | null,
  context: Context,
): GuardrailAnswer {
  const { guardrails: rails, policies } = context.snapshot;
  if (rails === undefined) {
    return { kind: "refuse", refusal: "not_listed", says: "the config has no responses any more" };
  }
  const { terms, agent, target, because } = response;
  // What was seen once stays seen.
  const evidence = taken ?? (because === null ? null : ({ kind: "taken", says: because } as const));
  return askGuardrails({
    response,
    rails,
    policy: policies[response.policy],
    taken: evidence,
    sharedBy: target.kind === "address" ? usersFrom(view.responding.sightingsOf(target.name), context.now) : 0,
    facts,
    recent: view.responding.recent(),
    same: view.responding.to({ action: terms.do, agentId: agent.id, target }),
    stop: view.responding.stop,
    quiet: quietNow(rails, context.now, context.offsetAt),
    restoredAt: context.restoredAt ?? null,
    now: context.now,
  });
}

/** Keeps who tried and who got in, from where. */
export function noteSuspect(view: View, { suspect, agentId, at }: KeptAlert): void {
  const from = suspect?.address ?? null;
  if (suspect === undefined || from === null || agentId === null) return;
  const seen = sightingOf(suspect, agentId, at, view.responding.sightingsOf(from));
  if (seen !== null) view.responding.putSighting(seen);
}

/**
 * Somebody logged in: what was refused because nobody had been seen to get in is planned again, for its own incident.
 */
export function reconsider(view: View, alert: KeptAlert, context: Context, woken: Set<string>): readonly number[] {
  const { suspect, agentId } = alert;
  if (suspect?.kind !== "login" || suspect.user === null || agentId === null) return [];
  const target = { kind: "user", name: suspect.user } as const;
  const newest = view.responding.to({ action: "disable-account", agentId, target })[0];
  const incident = newest === undefined ? undefined : view.incident(newest.incident);
  if (newest?.refusal !== "no_evidence" || incident === undefined || !isUnresolved(incident)) return [];
  const terms = context.snapshot.policies[newest.policy]?.respond?.find((one) => one.do === "disable-account");
  if (terms === undefined) return [];
  const match = { policy: newest.policy, groupKey: incident.groupKey, clears: false, respond: [{ terms, target }] };
  planResponses(view, incident, alert, match, context, woken);
  return view.responding.to({ action: "disable-account", agentId, target })[0] === newest ? [] : [incident.id];
}

export function refuse(
  view: View,
  response: Response,
  refusal: Refusal,
  says: string,
  context: Context,
  woken: Set<string>,
): void {
  const { now } = context;
  const refused: Response = {
    ...response,
    state: "refused",
    refusal,
    says,
    at: now,
    endedAt: now,
    dueAt: null,
    countedAt: null,
  };
  view.responding.put(refused);
  tellResponse(view, refused, refusedWords(refused, insteadOf(refused, context)), context, woken);
}

export function advise(view: View, response: Response, context: Context, woken: Set<string>): void {
  const { now, snapshot } = context;
  const advised: Response = { ...response, state: "advised", at: now, endedAt: now, dueAt: null, countedAt: now };
  view.responding.put(advised);
  const rails: Pick<Guardrails, "hasApi" | "rehearses" | "quietHours"> = snapshot.guardrails ?? { hasApi: false };
  const quiet = quietNow(rails, now, context.offsetAt);
  tellResponse(view, advised, advisedWords(advised, rails, quiet), context, woken);
}

/** A moment of its incident; an incident with very many tells no more, and `riposte responses` has them all. */
export function tellResponse(
  view: View,
  { incident: id }: Pick<Response, "incident">,
  text: string,
  context: Context,
  woken: Set<string>,
): void {
  const incident = view.incident(id);
  if (incident === undefined || incident.momentCount >= MOMENTS_WITH_ACTIONS + ENDS_TOLD) return;
  const moment = { kind: "action", by: BY_RIPOSTE, text } as const;
  for (const destination of publish(view, incident, { moment }, context)) woken.add(destination);
}

/** What became of those that were planned is told beyond the bound for new ones. */
const ENDS_TOLD = 30;

export function stricter(one: ResponseMode, other: ResponseMode): ResponseMode {
  return STRICTNESS.find((mode) => mode === one || mode === other) ?? "observe";
}

const STRICTNESS: readonly ResponseMode[] = ["observe", "approve", "enforce"];

function takenBy(
  view: View,
  { onlyIf }: RespondTerms,
  target: ResponseTarget,
  agentId: string,
  suspect: Suspect,
): TakenAnswer | null {
  if (onlyIf !== "account_taken" || target.kind !== "user") return null;
  const sightings = suspect.address === null ? [] : view.responding.sightingsOf(suspect.address);
  return accountTaken({ user: target.name, agentId, suspect, sightings });
}

/** Longer for who comes back within a week of the last time. */
function liftAfter({ liftAfterMs }: RespondTerms, same: readonly Response[], { now }: Context): number | null {
  if (liftAfterMs === null) return null;
  const times = same.filter(({ sentAt }) => sentAt !== null && sentAt > now - SHARED_WITHIN_MS).length;
  return liftAfterMs[Math.min(times, liftAfterMs.length - 1)] ?? null;
}

/** Where the victim must not be locked, the attacker's address may be blocked: where that is no one's to spare. */
function insteadOf({ refusal, terms, target, from: address }: Response, { snapshot }: Context): string | null {
  if (refusal !== "no_evidence" || terms.do !== "disable-account" || target.kind !== "user" || address === null)
    return null;
  const protect = snapshot.guardrails?.protect;
  if (protect === undefined || unfitAddress(address) !== null || protectedAddress(address, protect, []) !== null)
    return null;
  return `block-ip of ${address}`;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function tokenBy(random: () => number): string {
  return Array.from({ length: 24 }, () => LETTERS[Math.floor(random() * LETTERS.length)] ?? "A").join("");
}
