// What may refuse a response. Everything is refused that nothing allows: asked when it is planned, when it is approved,
// and just before it is sent.
import { compileGlob } from "./glob.ts";
import type { Guardrails } from "./guardrails.ts";
import { protectedAddress, unfitAddress } from "./protected-network.ts";
import { protectedUser, unfitUser, type KnownUser } from "./protected-user.ts";
import { unsupported } from "./response-order.ts";
import type { QuietNow } from "./response-quiet.ts";
import { withinLimits } from "./response-limit.ts";
import { isLive, type Refusal, type Response, type ResponseAgent, type Stop } from "./response.ts";
import { SHARED_BY, type TakenAnswer } from "./account-taken.ts";
import { mayHaveBeenTold } from "./restore.ts";
import type { PolicyTerms } from "./snapshot.ts";
import type { Instant } from "./time.ts";

/** What the Wazuh API says of an agent, just now. */
export interface AgentFacts {
  readonly agent: ResponseAgent & { readonly name: string; readonly registeredAt: Instant };
  readonly isActive: boolean;
  readonly groups: readonly string[];
  readonly labels: LabelFacts;
  /** A manager runs on it. */
  readonly isNode: boolean;
  /** Null: not known. */
  readonly fleetSize: number | null;
  readonly user: UserFacts;
  /** Of the manager's nodes, of this agent, and of Riposte with the way that its own calls take. */
  readonly ownAddresses: readonly string[];
}

export type LabelFacts =
  /** Hidden ones as well. */
  | { readonly kind: "known"; readonly labels: Readonly<Record<string, string>> }
  /** Why they could not be found out. */
  | { readonly kind: "unknown"; readonly says: string };

export type UserFacts =
  | { readonly kind: "known"; readonly user: KnownUser }
  | { readonly kind: "absent" }
  /** Why it could not be found out. */
  | { readonly kind: "unknown"; readonly says: string }
  /** It is about no user. */
  | { readonly kind: "not_asked" };

export interface GuardrailQuestion {
  readonly response: Response;
  readonly rails: Guardrails;
  /** As it is in force now; undefined: there is none of that name. */
  readonly policy: PolicyTerms | undefined;
  /** Null: nothing has to be seen first. */
  readonly taken: TakenAnswer | null;
  /** How many accounts log in from the address. */
  readonly sharedBy: number;
  /** Null: the Wazuh API was not asked yet, or can't be. */
  readonly facts: AgentFacts | null;
  readonly recent: readonly Response[];
  /** Of the same action, agent and target, the newest first. */
  readonly same: readonly Response[];
  readonly stop: Stop | null;
  /** Null: they are not quiet hours. */
  readonly quiet: QuietNow | null;
  readonly restoredAt: Instant | null;
  readonly now: Instant;
}

export type GuardrailAnswer =
  | { readonly kind: "allow" }
  | { readonly kind: "refuse"; readonly refusal: Refusal; readonly says: string };

export function askGuardrails(question: GuardrailQuestion): GuardrailAnswer {
  for (const ask of QUESTIONS) {
    const refused = ask(question);
    if (refused !== null) return { kind: "refuse", ...refused };
  }
  return { kind: "allow" };
}

type Refused = { readonly refusal: Refusal; readonly says: string };

/** In the order in which a reader wants to hear: what can never be, what must not be, and what is too much for now. */
const QUESTIONS: readonly ((question: GuardrailQuestion) => Refused | null)[] = [
  isListed,
  isStopped,
  isRestored,
  hasTarget,
  isProtectedAgent,
  isProtectedTarget,
  isSupported,
  isInForceAlready,
  isShared,
  isEvident,
  isWithin,
  isAwake,
];

function no(refusal: Refusal, says: string): Refused {
  return { refusal, says };
}

/** The policy as it is now must list exactly this. */
function isListed({ response, policy, rails }: GuardrailQuestion): Refused | null {
  const { terms } = response;
  const listed = policy?.respond?.some((one) => JSON.stringify(one) === JSON.stringify(terms)) === true;
  if (!listed) return no("not_listed", `the policy ${response.policy} does not list it any more`);
  if (terms.command !== null && !rails.commands.includes(terms.command)) {
    return no("not_listed", `guardrails.commands does not name ${terms.command}`);
  }
  return null;
}

function isStopped({ stop }: GuardrailQuestion): Refused | null {
  return stop === null ? null : no("stopped", `${stop.who} has stopped all responses`);
}

/** What was planned before a restore may have been done since, and nobody here knows. */
function isRestored({ response, restoredAt }: GuardrailQuestion): Refused | null {
  if (!mayHaveBeenTold(response.plannedAt, restoredAt)) return null;
  return no("restored", "the database was put back to an older state since, so it may have been done already");
}

function hasTarget({ response }: GuardrailQuestion): Refused | null {
  const { target, agent } = response;
  if (agent.id === "") return no("no_target", "the alert names no agent");
  if (target.kind === "agent") return null;
  const unfit = target.kind === "user" ? unfitUser(target.name) : unfitAddress(target.name);
  if (unfit === null) return null;
  return no(target.name === "" ? "no_target" : "unfit_target", unfit);
}

function isProtectedAgent({ response, rails, facts }: GuardrailQuestion): Refused | null {
  const { agent } = response;
  const name = facts?.agent.name ?? agent.name;
  // Whichever of them says so: what the alert had, what was known of the agent then, and what it says now.
  const groups = [...(response.groups ?? []), ...(facts?.groups ?? [])];
  const labelled = [response.labels, facts?.labels.kind === "known" ? facts.labels.labels : {}];
  if (/^0+$/.test(agent.id)) return no("protected_agent", "it is the manager itself");
  if (facts?.isNode === true) return no("protected_agent", "a Wazuh manager runs on it");
  for (const pattern of rails.protect.agents) {
    if (labelled.some((labels) => isAgentOf(pattern, agent.id, name, groups, labels))) {
      return no("protected_agent", `guardrails protect ${pattern}`);
    }
  }
  // Only who is connected can be asked, and nobody else is sent anything: it is asked again before.
  if (facts?.isActive === true && facts.labels.kind === "unknown" && rails.protect.agents.some(isByLabel)) {
    return no("unresolvable", `what labels the agent has can't be found out: ${facts.labels.says}`);
  }
  return null;
}

function isByLabel(pattern: string): boolean {
  return pattern.startsWith("label:");
}

/** `group:dcs`, `label:tier=0`, `label:never-touch`, an id, or a glob of names. */
function isAgentOf(
  pattern: string,
  id: string,
  name: string | null,
  groups: readonly string[],
  labels: Readonly<Record<string, string>>,
): boolean {
  if (pattern.startsWith("group:")) {
    const matches = compileGlob(pattern.slice(6).toLowerCase());
    return groups.some((group) => matches(group.toLowerCase()));
  }
  if (pattern.startsWith("label:")) {
    const [key = "", ...value] = pattern.slice(6).split("=");
    const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (found === undefined) return false;
    return value.length === 0 || compileGlob(value.join("=").toLowerCase())(found.toLowerCase());
  }
  if (/^\d+$/.test(pattern)) return Number(pattern) === Number(id);
  return name !== null && compileGlob(pattern.toLowerCase())(name.toLowerCase());
}

function isProtectedTarget({ response, rails, facts }: GuardrailQuestion): Refused | null {
  const { target } = response;
  switch (target.kind) {
    case "agent":
      return null;
    case "address": {
      const why = protectedAddress(target.name, rails.protect, facts?.ownAddresses ?? []);
      return why === null ? null : no("protected_network", why);
    }
    case "user": {
      const known = facts?.user.kind === "known" ? facts.user.user : null;
      const why = protectedUser(target.name, rails.protect, known);
      if (why !== null) return no("protected_user", why);
      if (
        rails.approvers.some((who) => protectedUser(target.name, { ...rails.protect, users: [who] }, null) !== null)
      ) {
        return no("protected_user", "it is the account of somebody who approves responses");
      }
      if (facts === null) return null;
      switch (facts.user.kind) {
        case "known":
          return null;
        case "absent":
          return no("unresolvable", "the manager's inventory knows no such account on the agent");
        case "unknown":
          return no("unresolvable", `what groups it is in can't be found out: ${facts.user.says}`);
        case "not_asked":
          return no("unresolvable", "nobody asked what groups it is in");
      }
    }
  }
}

function isSupported({ response, facts }: GuardrailQuestion): Refused | null {
  if (facts === null) return null;
  const why = unsupported(response);
  return why === null ? null : no("unsupported", why);
}

function isInForceAlready({ response, same }: GuardrailQuestion): Refused | null {
  const other = same.find((one) => one.id !== response.id && isLive(one));
  return other === undefined ? null : no("in_force", `R${other.id} is about the same already`);
}

function isShared({ response, sharedBy }: GuardrailQuestion): Refused | null {
  if (response.terms.do !== "block-ip" || sharedBy < SHARED_BY) return null;
  return no(
    "shared_address",
    `${sharedBy} accounts have logged in from it within 7 days: whoever blocks it blocks them`,
  );
}

function isEvident({ response, taken }: GuardrailQuestion): Refused | null {
  if (response.terms.onlyIf !== "account_taken" || taken?.kind === "taken") return null;
  return no("no_evidence", taken?.says ?? "nothing shows that the account was taken");
}

/** What somebody is asked about is not refused. */
function isAwake({ quiet }: GuardrailQuestion): Refused | null {
  return quiet?.does === "refuse" ? no("quiet_hours", quiet.says) : null;
}

function isWithin({ response, rails, recent, facts, now }: GuardrailQuestion): Refused | null {
  const fleetSize = facts?.fleetSize ?? null;
  const answer = withinLimits({ response, limits: rails.limits, recent, fleetSize, now }, facts !== null);
  switch (answer.kind) {
    case "within":
      return null;
    case "beyond":
      return no("limit", answer.says);
    case "unknown_fleet":
      return no("unknown_fleet", "nobody knows how many agents there are, and a limit is a share of them");
  }
}
