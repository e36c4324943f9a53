import { digestOf } from "./digest.ts";
import type { TargetKind } from "./action.ts";
import { cutPlainLine } from "./plain-text.ts";
import type { Instant } from "./time.ts";

export type ResponseAction = "disable-account" | "block-ip" | "restart-agent" | "isolate-host" | "run-command";
export const RESPONSE_ACTIONS: readonly ResponseAction[] = [
  "disable-account",
  "block-ip",
  "restart-agent",
  "isolate-host",
  "run-command",
];

/** `observe`: said, and not done. `approve`: done once a person has said yes. `enforce`: done. */
export type ResponseMode = "observe" | "approve" | "enforce";

/** Who carries it out on the agent: Wazuh's own scripts, or Riposte's, which says what it did. */
export type Carrier = "wazuh" | "companion";

/** What a policy lists as its answer. Nothing else is ever done for its incidents. */
export interface RespondTerms {
  readonly do: ResponseAction;
  readonly by: Carrier;
  /** The alert's field that names whom it is done to; null: it is done to the agent itself. */
  readonly target: string | null;
  /** Null: it stays until somebody takes it back. Several: the further ones are for who comes back. */
  readonly liftAfterMs: readonly number[] | null;
  /** `account_taken`: only where the account is seen to be the attacker's. `always`: whoever was attacked. */
  readonly onlyIf: "account_taken" | "always" | null;
  /** The name of a command in `ar.conf`, without its time; null: the action's own. */
  readonly command: string | null;
}

/**
 * `planned`: to be asked about at the Wazuh API. `advised`: would be done, and the mode is to observe. `held`: waits
 * for a person's yes. `allowed`: has it. `sending`: a call may be on its way. `sent`: the manager has passed it on.
 * `received`: the agent has it, and is to say what came of it. `received_unprovable`: the agent has it, and its script
 * never says more. `verified`: the agent has looked, and it is so. `failed`: it is not so. `unknown`: it may be so or
 * not. `lifting`: it is to be taken back. `lifted`: it was. `dead`: a person must take it back.
 */
export type ResponseState =
  | "planned"
  | "advised"
  | "refused"
  | "held"
  | "allowed"
  | "sending"
  | "sent"
  | "received"
  | "received_unprovable"
  | "verified"
  | "failed"
  | "unknown"
  | "lifting"
  | "lifted"
  | "dead";

/** Why something is not done. One closed list. */
export type Refusal =
  | "not_listed"
  | "stopped"
  | "no_target"
  | "unfit_target"
  | "protected_user"
  | "protected_agent"
  | "protected_network"
  | "shared_address"
  | "no_evidence"
  | "in_force"
  | "limit"
  | "quiet_hours"
  | "unknown_fleet"
  | "unresolvable"
  | "unsupported"
  | "drifted"
  | "expired"
  | "refused_by_person"
  | "too_late"
  | "restored";

export interface ResponseAgent {
  readonly id: string;
  readonly name: string | null;
  /** Wazuh gives ids out again: with its name and this an agent is the same. Null: not asked yet. */
  readonly registeredAt: Instant | null;
  readonly platform: Platform | null;
}

export type Platform = "linux" | "windows" | "macos" | "other";

export interface ResponseTarget {
  readonly kind: TargetKind;
  /** Empty: the agent itself. */
  readonly name: string;
}

export type Verb = "add" | "check" | "undo";

/** The newest call to the Wazuh API. Committed before it is made. */
export interface ResponseOrder {
  /** Counted from 1 for each response. */
  readonly n: number;
  readonly verb: Verb;
  readonly beganAt: Instant;
  readonly endedAt: Instant | null;
}

export interface Approval {
  readonly who: string;
  readonly at: Instant;
}

/** Something that is to be done, or is not, about one target on one agent: from its plan to its end. */
export interface Response {
  /** Counted from 1 in each database; shown as `R7`. */
  readonly id: number;
  /** Goes to the agent and comes back from it: what is said with it is about this response. */
  readonly token: string;
  readonly incident: number;
  readonly policy: string;
  readonly terms: RespondTerms;
  readonly mode: ResponseMode;
  readonly state: ResponseState;
  readonly agent: ResponseAgent;
  readonly target: ResponseTarget;
  /** From where it was attacked, as the alert has it; null: it does not say. */
  readonly from: string | null;
  /** By `agent.labels` of the alert. */
  readonly labels: Readonly<Record<string, string>>;
  /** By what was known of the agent when the alert came; absent: nothing. */
  readonly groups?: readonly string[];
  readonly plannedAt: Instant;
  /** When the row changed last, by our clock: one that lies in the future shows that the clock was set back. */
  readonly at: Instant;
  /** Who asked for it; null: the policy. */
  readonly requestedBy: string | null;
  /** What speaks for it, such as that the account was seen to be taken. */
  readonly because: string | null;
  /** Why it was refused. */
  readonly refusal: Refusal | null;
  /** One sentence: why it is where it is. */
  readonly says: string | null;
  /** Of exactly what is to be done; null: not known yet. An approval is of this and nothing else. */
  readonly digest: string | null;
  readonly approvals: readonly Approval[];
  readonly expiresAt: Instant | null;
  /** As it was decided for this one. */
  readonly liftAfterMs: number | null;
  /** When it began to count for the limits; null: it does not. */
  readonly countedAt: Instant | null;
  readonly order: ResponseOrder | null;
  /** Tries of the step at hand that came to nothing. */
  readonly tries: number;
  readonly sentAt: Instant | null;
  /** When it is to be taken back; null: not by itself. */
  readonly endsAt: Instant | null;
  readonly endedAt: Instant | null;
  /** When it was last seen as it is, by whoever could look. */
  readonly seenAt: Instant | null;
  /** That it takes longer than it should has been said. */
  readonly isLateTold: boolean;
  /** When something is to be done about it; null: nothing is. */
  readonly dueAt: Instant | null;
}

/** Someone has pressed the kill switch: nothing more is begun. What is in force is still taken back. */
export interface Stop {
  readonly at: Instant;
  readonly who: string;
  readonly why: string | null;
}

/** An account that was seen to try, or to get in, from somewhere: for telling victims from attackers. */
export interface Sighting {
  readonly kind: "failed" | "login";
  readonly address: string;
  readonly agentId: string;
  readonly user: string;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/** What a response is done to, on one agent. */
export interface TargetKey {
  readonly action: ResponseAction;
  readonly agentId: string;
  readonly target: ResponseTarget;
}

/** Which rows about an account and an address a decision asks for. */
export type SightingKey = Pick<Sighting, "address" | "agentId" | "user">;

export function keyOfTarget({ action, agentId, target }: TargetKey): string {
  return JSON.stringify([action, agentId, target.kind, target.name]);
}

/** It may be in force, or will be: the same is not begun beside it. What has no way back is over once it was sent. */
export function isLive(response: Pick<Response, "state" | "liftAfterMs">): boolean {
  return (
    isBeforeSending(response) || (mayBeInForce(response) && (response.liftAfterMs !== null || isUnderWay(response)))
  );
}

function isUnderWay({ state }: Pick<Response, "state">): boolean {
  return state === "sending" || state === "sent";
}

/** An order of it may have reached the agent. */
export function mayBeInForce({ state }: Pick<Response, "state">): boolean {
  switch (state) {
    case "sending":
    case "sent":
    case "received":
    case "received_unprovable":
    case "verified":
    case "unknown":
    case "lifting":
    case "dead":
      return true;
    case "planned":
    case "advised":
    case "refused":
    case "held":
    case "allowed":
    case "failed":
    case "lifted":
      return false;
  }
}

/** Nothing of it has been sent yet, and it still may be. */
export function isBeforeSending({ state }: Pick<Response, "state">): boolean {
  return state === "planned" || state === "held" || state === "allowed";
}

/**
 * Of exactly what is to be done, to whom, for how long and on whose word. An agent that was registered anew under the
 * same id is another agent.
 */
export function digestOfResponse(response: Response): string {
  const { terms, agent, target, incident, liftAfterMs, requestedBy, because, token, expiresAt } = response;
  const { id, name, registeredAt, platform } = agent;
  return digestOf(
    JSON.stringify([
      DEFINITIONS,
      [terms.do, terms.by, terms.command, terms.onlyIf],
      [id, name, registeredAt, platform],
      [target.kind, target.name],
      [liftAfterMs, incident, requestedBy, because, expiresAt, token],
    ]),
  );
}

/** Counts the meanings that the actions have had: one that means something else now is another action. */
const DEFINITIONS = 2;

/** `disable-account of deploy on web-01 (003)`; the names are an attacker's to choose, and cut. */
export function nameOfResponse({
  terms,
  target,
  agent,
}: Pick<Response, "terms" | "target"> & { readonly agent: Pick<ResponseAgent, "id" | "name"> }): string {
  const what = terms.command === null ? terms.do : `${terms.do} ${terms.command}`;
  const of = target.name === "" ? "" : ` of ${cutPlainLine(target.name, NAME_CHARS)}`;
  const id = cutPlainLine(agent.id, NAME_CHARS);
  return `${what}${of} on ${agent.name === null ? id : `${cutPlainLine(agent.name, NAME_CHARS)} (${id})`}`;
}

const NAME_CHARS = 64;
