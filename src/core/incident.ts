import type { Flaps } from "./flapping.ts";
import { handledAnew, type Handling } from "./handling.ts";
import type { Severity } from "./severity.ts";
import type { Instant } from "./time.ts";

export type IncidentState = "pending" | "open" | "acknowledged" | "resolved";

export type IncidentCause =
  | "alert"
  | "held_alert"
  | "hold_over"
  | "clear"
  | "quiet"
  | "person_acknowledges"
  | "person_resolves";

/**
 * The whole life of an incident; what is not in the table changes nothing.
 * `resolved` by an alert reopens only inside the policy's window; past it a new incident is opened instead.
 */
const TRANSITIONS: Readonly<Record<IncidentState, Partial<Record<IncidentCause, IncidentState>>>> = {
  pending: { hold_over: "open", clear: "resolved", person_acknowledges: "acknowledged", person_resolves: "resolved" },
  open: { clear: "resolved", quiet: "resolved", person_acknowledges: "acknowledged", person_resolves: "resolved" },
  acknowledged: { clear: "resolved", quiet: "resolved", person_resolves: "resolved" },
  resolved: { alert: "open", held_alert: "pending" },
};

export function nextState(state: IncidentState, cause: IncidentCause): IncidentState | null {
  return TRANSITIONS[state][cause] ?? null;
}

export type ResolvedBy = "clear" | "quiet" | "person";

/** What people work on: the alerts of one policy with one group key. */
export interface Incident {
  /** Counted from 1 in each database; shown as `#12`. */
  readonly id: number;
  readonly policy: string;
  readonly groupKey: string;
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly title: string;
  /** Rule and agent of the first alert. */
  readonly ruleId: string;
  readonly agentId: string | null;
  readonly agentName: string | null;
  /** Hash of the config under which it was grouped. */
  readonly snapshot: string;
  /** The source of its newest alert: its timer waits for what that source still has to read. */
  readonly source: string;
  /** Alerts that joined since it was first seen; of a mass event the incidents that are told in it. */
  readonly count: number;
  /** Event time of the first and the newest alert. */
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Our clock: when it became visible; null while pending. */
  readonly openedAt: Instant | null;
  /** Event time where an alert or quiet resolved it, our clock where a person did. */
  readonly resolvedAt: Instant | null;
  readonly resolvedBy: ResolvedBy | null;
  readonly acknowledgedBy: string | null;
  /** Grows with every change of this row or its moments. */
  readonly revision: number;
  /** How many moments it has; they are numbered from 1. */
  readonly momentCount: number;
  /** Event time at which `hold_over` or `quiet` is due; null once resolved, and of a mass event. */
  readonly dueAt: Instant | null;
  /** The mass event that it is told in; absent: it is told by itself. */
  readonly collapsedInto?: number;
  readonly flaps?: Flaps;
  readonly handling?: Handling;
}

/** Bodies kept of an incident: this many first alerts, and as many newest ones in a ring behind them. */
export const BODIES_KEPT_EACH_END = 20;

/** Where the body of the nth alert (from 1) is kept; a later alert takes the slot of one that fell out of the ring. */
export function bodySlot(ordinal: number): number {
  if (ordinal <= BODIES_KEPT_EACH_END) return ordinal - 1;
  return BODIES_KEPT_EACH_END + ((ordinal - BODIES_KEPT_EACH_END - 1) % BODIES_KEPT_EACH_END);
}

/** It is back: what people did about it was about what is over. */
export function backAgain(incident: Incident): Incident {
  const { handling } = incident;
  const anew = { ...incident, resolvedAt: null, resolvedBy: null, acknowledgedBy: null };
  return handling === undefined ? anew : { ...anew, handling: handledAnew(handling) };
}

export function isUnresolved(incident: Incident): boolean {
  return incident.state !== "resolved";
}
