// What agents say of responses, by the token that went there with the order.
import { beginningAfter, DISABLE_ACCOUNT } from "./action.ts";
import type { KeptAlert } from "./alert.ts";
import type { Context } from "./context.ts";
import { explainAwaited } from "./loop-guard.ts";
import { tellResponse } from "./plan-response.ts";
import { endOf, nextLook, put } from "./response-life.ts";
import { isProvable } from "./response-order.ts";
import type { ResponseLine } from "./response-line.ts";
import {
  deadWords,
  failedWords,
  foundWords,
  liftedWords,
  lostWords,
  receivedWords,
  verifiedWords,
} from "./response-words.ts";
import { mayBeInForce, type Response } from "./response.ts";
import { MINUTE_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";

/** The response that a line is about: by its token, from the very agent that got it. */
export function responseOfLine(view: View, { said, agentId }: KeptAlert): Response | undefined {
  const response = said === undefined ? undefined : view.responding.byToken(said.token);
  return response !== undefined && response.agent.id === agentId ? response : undefined;
}

/** Takes in what an agent says. What it says proves what was seen there then, and no more is ever said of it. */
export function noteResponse(
  view: View,
  response: Response,
  line: ResponseLine,
  { at }: KeptAlert,
  context: Context,
  woken: Set<string>,
): void {
  explainEchoes(view, response, at, context, woken);
  const { order } = response;
  const isAnswered = order !== null && order.endedAt === null && answers(line, order.verb);
  const heard: Response = {
    ...response,
    ...(isAnswered && { order: { ...order, endedAt: context.now } }),
    sentAt: response.sentAt ?? order?.beganAt ?? context.now,
  };
  const known: Response = { ...heard, endsAt: heard.endsAt ?? endOf(heard, heard.sentAt ?? context.now) };
  const next = line.kind === "ordered" ? afterOrder(known, line, context.now) : afterLook(known, line, context.now);
  if (next === null) return isAnswered ? put(view, heard, context) : undefined;
  put(view, next.response, context);
  if (next.says !== null) tellResponse(view, next.response, next.says, context, woken);
}

interface Next {
  readonly response: Response;
  /** Null: nothing that anybody must hear. */
  readonly says: string | null;
}

function answers(line: ResponseLine, verb: string): boolean {
  return line.kind === "ordered" ? verb === "add" : line.verb === verb;
}

/** A script of Wazuh's has its order, and says no more than that. */
function afterOrder(
  response: Response,
  { order, failed }: Extract<ResponseLine, { kind: "ordered" }>,
  now: Instant,
): Next | null {
  const { state } = response;
  if (order === "delete") {
    if (!mayBeInForce(response)) return null;
    const isEarly = response.endsAt !== null && now < response.endsAt - EARLY_MS;
    const lifted: Response = { ...response, state: "lifted", endedAt: now, seenAt: now, dueAt: null };
    return {
      response: lifted,
      says: liftedWords(lifted, isEarly ? "before its time: Wazuh lifts all when the agent stops" : ""),
    };
  }
  if (failed) {
    if (!mayBeInForce(response)) return null;
    const says = "the agent's script says that it could do nothing";
    const over: Response = { ...response, state: "failed", says, endedAt: now, seenAt: now, dueAt: null };
    return { response: over, says: failedWords(over) };
  }
  if (state !== "sending" && state !== "sent" && state !== "unknown") return null;
  if (isProvable(response)) return { response: { ...response, state: "received", seenAt: now }, says: null };
  const received: Response = { ...response, state: "received_unprovable", seenAt: now, dueAt: response.endsAt };
  return { response: received, says: receivedWords(received) };
}

/** Clocks of agents and of ours differ, and their logs come late. */
const EARLY_MS = MINUTE_MS;

/** The companion has looked. */
function afterLook(response: Response, line: Extract<ResponseLine, { kind: "looked" }>, now: Instant): Next | null {
  const { verb, effect, why } = line;
  const found = foundWords(line);
  const seen: Response = { ...response, seenAt: now, tries: 0 };
  const { state } = response;
  switch (effect) {
    case "yes":
    case "already": {
      // A late word from before it was undone, or an answer to an order that was overtaken, says nothing of now.
      if (!mayBeInForce(response) || state === "lifting" || state === "dead") return null;
      const verified: Response = { ...seen, state: "verified", says: found, dueAt: nextLook(seen, now) };
      return { response: verified, says: state === "verified" ? null : verifiedWords(verified, found) };
    }
    case "undone": {
      if (!mayBeInForce(response)) return null;
      if (why === "never_done") {
        if (verb !== "undo") return neverDoneSoFar(response, now);
        if (response.seenAt === null) {
          const says = "the agent never carried it out";
          const failed: Response = { ...seen, state: "failed", says, endedAt: now, dueAt: null };
          return { response: failed, says: failedWords(failed) };
        }
        // It was seen there, so this is not who saw it.
        return dead(seen, "the companion there knows nothing of it: it has lost its memory, or is on another machine");
      }
      const lifted: Response = { ...seen, state: "lifted", says: why, endedAt: now, dueAt: null };
      return { response: lifted, says: liftedWords(lifted, UNDONE[why] ?? "") };
    }
    case "refused": {
      if (!mayBeInForce(response)) return null;
      const says = `the companion refuses it (${why.replaceAll("_", " ")})`;
      if (verb !== "add") return verb === "undo" ? dead(seen, says) : null;
      const failed: Response = { ...seen, state: "failed", says, endedAt: now, dueAt: null };
      return { response: failed, says: failedWords(failed) };
    }
    case "no":
      return afterNo(seen, line, found, now);
  }
}

/** The order may still be on its way: only a token that was undone is never carried out. */
function neverDoneSoFar(response: Response, now: Instant): Next | null {
  const { state } = response;
  if (state === "lifting" || state === "dead") return null;
  return { response: { ...response, state: "lifting", says: null, tries: 0, dueAt: now }, says: null };
}

/** Not so, or not wholly: what was half done is still taken back. */
function afterNo(
  response: Response,
  { verb, why }: Extract<ResponseLine, { kind: "looked" }>,
  found: string,
  now: Instant,
): Next | null {
  const says = `${why.replaceAll("_", " ")}${found === "" ? "" : `: ${found}`}`;
  if (verb === "undo" || verb === "lift") {
    if (why === "busy") return { response: { ...response, dueAt: now + MINUTE_MS }, says: null };
    return mayBeInForce(response) ? dead(response, `the companion could not take it back (${says})`) : null;
  }
  if (!mayBeInForce(response) || response.state === "lifting" || response.state === "dead") return null;
  const isUntouched = why === "busy" || why === "state_unwritable" || why === "no_tool";
  if (verb === "add" && isUntouched) {
    const failed: Response = { ...response, state: "failed", says, endedAt: now, dueAt: null };
    return { response: failed, says: failedWords(failed) };
  }
  // Parts of it may be in place, and are taken back at once.
  const lifting: Response = { ...response, state: "lifting", says, tries: 0, dueAt: now };
  return { response: lifting, says: verb === "check" ? lostWords(lifting, says) : failedWords(lifting) };
}

function dead(response: Response, says: string): Next {
  const over: Response = { ...response, state: "dead", says, dueAt: null };
  return { response: over, says: deadWords(over) };
}

const UNDONE: Readonly<Record<string, string>> = {
  restored: "all is as it was before",
  still_held: "another response still holds the same",
  was_undone: "it had been before",
  target_gone: "the account is no longer there",
};

/** The agent says that it has started: so it was restarted. */
export function noteStart(view: View, agentId: string, context: Context, woken: Set<string>): void {
  const target = { kind: "agent", name: "" } as const;
  const [newest] = view.responding.to({ action: "restart-agent", agentId, target });
  if (newest === undefined || !["sending", "sent", "unknown"].includes(newest.state)) return;
  const { now } = context;
  const order = newest.order === null ? null : { ...newest.order, endedAt: newest.order.endedAt ?? now };
  const done: Response = {
    ...newest,
    order,
    state: "verified",
    sentAt: newest.sentAt ?? now,
    seenAt: now,
    endedAt: now,
    dueAt: null,
  };
  put(view, done, context);
  tellResponse(view, done, verifiedWords(done, "it has started"), context, woken);
}

/** What the lock of an account raises by itself is no news: such alerts are known by a row of the same kind as Wazuh's. */
function explainEchoes(
  view: View,
  { terms, agent, target }: Response,
  at: Instant,
  context: Context,
  woken: Set<string>,
): void {
  if (terms.do !== "disable-account" || target.name === "") return;
  const key = { agentId: agent.id, program: DISABLE_ACCOUNT, target: target.name };
  view.putAction({
    ...key,
    beganAt: beginningAfter(view.actionsOf(key), at),
    agentName: agent.name,
    targetKind: "user",
    state: "ours",
    incident: null,
    causeRule: null,
    source: "",
    lastAt: at,
    times: 1,
    expectedEndAt: null,
    endedAt: at,
    dueAt: null,
    told: false,
    explained: explainAwaited(view, key, at, context, woken),
  });
}
