// What is known of agent and account decides what becomes of a response, and its order is a row before it is made.
import { approvalsNeeded, approvalsThatCount } from "./asked-approval.ts";
import { subjectOf } from "./audit-response.ts";
import type { Context } from "./context.ts";
import type { AgentFacts } from "./guardrail.ts";
import type { Guardrails } from "./guardrails.ts";
import type { Result } from "./input.ts";
import { advise, judged, refuse, stricter, tellResponse } from "./plan-response.ts";
import type { ResolvedInput } from "./respond-inputs.ts";
import { giveUp, isOnItsWay, put, putOff } from "./response-life.ts";
import { orderOf, type Order } from "./response-order.ts";
import { quietNow, type QuietNow } from "./response-quiet.ts";
import { heldWords } from "./response-words.ts";
import { digestOfResponse, type Response, type ResponseMode, type Verb } from "./response.ts";
import { MINUTE_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";

/** Longer than any call of an order takes. */
const CALL_MOST_MS = MINUTE_MS;

/** What is known of agent and account decides what comes next, and its order is a row before it is made. */
export function resolved(view: View, { response: id, what }: ResolvedInput, context: Context): Result {
  const woken = new Set<string>();
  const response = view.responding.get(id);
  // Nobody is asked about while an order is on its way: what was asked before is an old answer.
  if (response === undefined || response.dueAt === null || isOnItsWay(response)) return { woken: [] };
  const orders: Order[] = [];
  switch (what.kind) {
    case "later":
      putOff(view, response, what.says, context);
      break;
    case "gone":
      gone(view, response, what.says, context, woken);
      break;
    case "known": {
      const order = decided(view, response, what.facts, context, woken);
      if (order !== null) orders.push(order);
    }
  }
  return { woken: [...woken], orders };
}

function gone(view: View, response: Response, says: string, context: Context, woken: Set<string>): void {
  if (response.state === "planned" || response.state === "allowed") {
    return refuse(view, response, "unresolvable", says, context, woken);
  }
  giveUp(view, response, says, context, woken);
}

function decided(
  view: View,
  response: Response,
  facts: AgentFacts,
  context: Context,
  woken: Set<string>,
): Order | null {
  const { now, snapshot } = context;
  const drift = driftOf(response, facts, view.incident(response.incident)?.lastAt ?? now);
  switch (response.state) {
    case "planned":
    case "allowed": {
      if (drift !== null) return refused(view, response, "drifted", drift, context, woken);
      const known: Response = { ...response, agent: facts.agent };
      if (response.digest !== null && digestOfResponse(known) !== response.digest) {
        return refused(view, response, "drifted", "it is not what was approved any more", context, woken);
      }
      const answer = judged(view, known, null, facts, context);
      if (answer.kind === "refuse") return refused(view, known, answer.refusal, answer.says, context, woken);
      const quiet = quietNow(snapshot.guardrails ?? {}, context.now, context.offsetAt);
      const mode = modeOf(response, snapshot.guardrails, quiet);
      if (mode === "observe") {
        if (response.mode !== "observe")
          return refused(view, known, "drifted", "guardrails.mode is to observe now", context, woken);
        advise(view, known, context, woken);
        return null;
      }
      if (mode === "approve" && !isApproved(response, snapshot.guardrails)) {
        const isOnlyQuiet = quiet !== null && modeOf(response, snapshot.guardrails, null) === "enforce";
        const why = response.approvals.length > 0 ? NOT_ENOUGH_ANY_MORE : isOnlyQuiet ? quiet.says : null;
        // What is held again is another thing to look at, and nobody has said yes to it yet.
        hold(view, { ...known, mode, approvals: [] }, why, context, woken);
        return null;
      }
      if (!facts.isActive) {
        putOff(view, known, "the agent is not connected", context);
        return null;
      }
      return begin(view, known, "add", context, woken);
    }
    case "unknown":
    case "verified":
    case "received":
      if (drift !== null) return givenUp(view, response, drift, context, woken);
      if (facts.isActive) return begin(view, response, "check", context, woken);
      putOff(view, response, "the agent is not connected", context);
      return null;
    case "lifting":
      if (drift !== null) return givenUp(view, response, drift, context, woken);
      if (facts.isActive) return begin(view, response, "undo", context, woken);
      putOff(view, response, "the agent is not connected", context);
      return null;
    case "held":
    case "sending":
    case "sent":
    case "received_unprovable":
    case "advised":
    case "refused":
    case "failed":
    case "lifted":
    case "dead":
      return null;
  }
}

/** The stricter of what was and what is configured; what takes four eyes takes them in any mode that does it. */
function modeOf({ mode, terms }: Response, rails: Guardrails | undefined, quiet: QuietNow | null): ResponseMode {
  const now = stricter(mode, rails?.modes[terms.do] ?? "observe");
  const isAsked = rails?.fourEyes.includes(terms.do) === true || quiet !== null;
  return now === "enforce" && isAsked ? "approve" : now;
}

const NOT_ENOUGH_ANY_MORE = "it was approved, and by guardrails.approvers as they are now that is not enough";

/** By as many as it takes now, of those who may approve now: the config may have changed since they did. */
function isApproved(response: Response, rails: Guardrails | undefined): boolean {
  return approvalsThatCount(response, rails).length >= approvalsNeeded(response, rails);
}

function refused(...args: Parameters<typeof refuse>): null {
  refuse(...args);
  return null;
}

function givenUp(...args: Parameters<typeof giveUp>): null {
  giveUp(...args);
  return null;
}

/** Wazuh gives the ids of agents out again. */
function driftOf({ agent, digest, sentAt }: Response, facts: AgentFacts, alertAt: Instant): string | null {
  const { name, registeredAt } = facts.agent;
  if (facts.agent.id !== agent.id) return "another agent answers to it now";
  if (agent.name !== null && agent.name !== name) return `agent ${agent.id} has another name now`;
  if (digest === null && sentAt === null) {
    return registeredAt > alertAt ? `agent ${agent.id} was registered after the alert` : null;
  }
  return registeredAt === agent.registeredAt ? null : `agent ${agent.id} was registered anew since`;
}

/** `says`: why somebody is asked who would not be at another time. */
function hold(view: View, response: Response, says: string | null, context: Context, woken: Set<string>): void {
  const { now, snapshot } = context;
  const expiresAt = now + (snapshot.guardrails?.approveWithinMs ?? 0);
  const held: Response = { ...response, state: "held", expiresAt, countedAt: null, dueAt: expiresAt, says };
  const bound: Response = { ...held, digest: digestOfResponse(held) };
  put(view, bound, context);
  tellResponse(view, bound, heldWords(bound), context, woken);
}

/** The order is a row, and made once that is committed. */
function begin(view: View, response: Response, verb: Verb, context: Context, woken: Set<string>): Order | null {
  const { now } = context;
  const n = (response.order?.n ?? 0) + 1;
  const order = orderOf(response, n, verb);
  if (order === null) return refused(view, response, "unsupported", "there is no command for it", context, woken);
  const begun: Response = {
    ...response,
    ...(verb === "add" && {
      state: "sending" as const,
      countedAt: now,
      digest: response.digest ?? digestOfResponse(response),
    }),
    order: { n, verb, beganAt: now, endedAt: null },
    tries: response.tries + 1,
    dueAt: now + CALL_MOST_MS,
  };
  put(view, begun, context);
  // What is sent first is a state of its own, and looking changes nothing there.
  if (verb === "undo") view.putAudit({ ...subjectOf(begun), at: now, who: `policy ${begun.policy}`, what: "lift" });
  return order;
}
