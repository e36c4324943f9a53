import type { AgentFacts } from "./guardrail.ts";
import type { Reason } from "./outcome.ts";
import type { Instant } from "./time.ts";

/** Time went by for responses: timers of theirs fire, and whoever is due is to be asked about. */
export interface RespondDueInput {
  readonly kind: "respond_due";
  readonly now: Instant;
  /** Those about which a call is under way. */
  readonly busy: readonly number[];
  /** What was seen last before then need not be known any more; absent: nothing is looked through. */
  readonly forgetBefore?: Instant;
}

/** What the Wazuh API says of the agent and the account of a response. */
export interface ResolvedInput {
  readonly kind: "resolved";
  readonly response: number;
  readonly what: Resolved;
}

export type Resolved =
  | { readonly kind: "known"; readonly facts: AgentFacts }
  /** The manager has no such agent. */
  | { readonly kind: "gone"; readonly says: string }
  | { readonly kind: "later"; readonly reason: Reason; readonly says: string };

/** What came of an order. */
export interface OrderSettledInput {
  readonly kind: "order_settled";
  readonly response: number;
  readonly n: number;
  readonly outcome: OrderOutcome;
}

export type OrderOutcome =
  /** The manager has passed it on to the agent, and that is all that it says. */
  | { readonly kind: "passed_on" }
  /** Certainly not passed on, and would not be another time. */
  | { readonly kind: "refused"; readonly says: string }
  /** Certainly not passed on, and may be another time. */
  | { readonly kind: "later"; readonly reason: Reason; readonly says: string }
  /** Nobody knows whether it was. */
  | { readonly kind: "unknown"; readonly reason: Reason; readonly says: string };
