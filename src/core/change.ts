import type { Action, ActionKey } from "./action.ts";
import type { AgentRow } from "./agent-facts.ts";
import type { AlertIdentity } from "./alert.ts";
import type { Seal } from "./audit-seal.ts";
import type { Incident } from "./incident.ts";
import type { Digest, ToldIn } from "./digest-event.ts";
import type { Lane } from "./lane.ts";
import type { Mass, Surge } from "./mass-event.ts";
import type { Moment } from "./moments.ts";
import type { Attempt, Receipt } from "./receipt.ts";
import type { Reminder, ReminderKind } from "./rhythm.ts";
import type { Response, Sighting, Stop } from "./response.ts";
import type { Silence } from "./silence.ts";
import type { Instant } from "./time.ts";
import type { FilledWindow, LiveWindow, WindowBook, WindowRef } from "./window.ts";
import type { Work } from "./work.ts";

/** How far a source has read and what became of every line. `read = ignored + malformed + duplicate + kept`. */
export interface SourceRow {
  readonly name: string;
  /** The source's own bookmark, opaque to everybody else; JSON with a `v`. Null: it never reported. */
  readonly cursor: string | null;
  readonly read: number;
  readonly ignored: number;
  readonly malformed: number;
  readonly duplicate: number;
  readonly kept: number;
  /** Kept although node and id were known with another timestamp or rule; part of `kept`. */
  readonly collision: number;
  /** Event time up to which it has read. */
  readonly watermarkAt: Instant | null;
  readonly seenAt: Instant | null;
}

/**
 * How a kept alert ended. `action_noted`, `action_alone`: it is the line of an active response, of an incident's or of
 * none that is known. `explained_by_action`: an active response made it so, and nobody need hear of it. `login_noted`:
 * it only tells who logs in from where, which responses go by.
 * Of a policy with a window: `in_window`: it counts, and the window is not full. `sequence_not_met`: it would end a
 * sequence, and nothing came before it. `value_learned`, `value_known`: nobody need hear of a value seen before, or
 * while the policy learns. `expected`: an alert whose absence would have been told. `window_key_missing`: it lacks a
 * value by which the window counts. `window_too_late`: it was read after all that it could have counted with was
 * forgotten. `window_refused`: it is of a new key, and as many are live as may be.
 */
export type Disposition =
  | "opened"
  | "joined"
  | "reopened"
  | "cleared"
  | "nothing_to_clear"
  | "ledger_only"
  | "action_noted"
  | "action_alone"
  | "explained_by_action"
  | "in_window"
  | "sequence_not_met"
  | "value_learned"
  | "value_known"
  | "expected"
  | "window_key_missing"
  | "window_too_late"
  | "window_refused"
  | "login_noted";

export interface AlertRow {
  readonly identity: AlertIdentity;
  readonly source: string;
  readonly at: Instant;
  readonly level: number;
  readonly agentId: string | null;
  readonly disposition: Disposition;
  /** The incidents that it concerns, in the order of its policies. */
  readonly incidents: readonly number[];
  /** The windows in which it counted: what they filled is an incident of its own. */
  readonly windows?: readonly WindowRef[];
  /** How it ended with policies that took it and that neither of the two tells of. */
  readonly endings?: readonly Ending[];
}

export interface Ending {
  readonly policy: string;
  readonly disposition: Disposition;
}

export interface BodyRow {
  readonly incident: number;
  readonly slot: number;
  /** Which alert of the incident it is, from 1. */
  readonly ordinal: number;
  readonly raw: string;
}

/** A line that could not be read, kept to look at. */
export interface QuarantineRow {
  readonly source: string;
  readonly slot: number;
  readonly at: Instant;
  /** `not_read`: it was a whole file, and is told of instead of shown. */
  readonly why: "not_json" | "not_an_alert" | "too_long" | "not_read";
  /** Cut to `QUARANTINE_LINE_BYTES`. */
  readonly raw: string;
}

/** A thing that was decided, and by whom: what people did, what became of responses, which config and secrets came. */
export interface AuditRow {
  readonly id: number;
  readonly at: Instant;
  readonly who: string;
  readonly what: string;
  readonly about: string;
  /** Absent: it is about none. */
  readonly incident?: number;
  readonly response?: number;
  /** What is known besides, as JSON. */
  readonly detail?: string;
  /** Of this row and the one before (`core/audit-chain.ts`); absent: it is from before rows were chained. */
  readonly hash?: string;
}

/** What the database counts for itself. */
export interface Counters {
  readonly incident: number;
  readonly attempt: number;
  readonly audit: number;
  /** The hash of the last row of the audit; absent: none was chained yet. */
  readonly auditHead?: string;
}

/** What retention has done so far; there is one such row, once anything went. */
export interface RetentionRow {
  readonly at: Instant;
  /** Whatever came since then and is over is still there. */
  readonly keptFrom: Instant;
  /** How long is kept now: less than the config says where the database would be too large. */
  readonly keepMs: number;
  /** How many went, ever. */
  readonly incidents: number;
  readonly alerts: number;
}

/** How far what is known of agents reaches; there is one such row, once the fleet was looked at. */
export interface FleetRow {
  readonly lookedAt: Instant;
}

/** Rows that are over. With an incident goes all that hangs on it. */
export type Gone =
  | { readonly of: "incident"; readonly ids: readonly number[] }
  | { readonly of: "alert"; readonly identities: readonly AlertIdentity[] }
  | { readonly of: "window_filled"; readonly windows: readonly WindowRef[] }
  | { readonly of: "action"; readonly actions: readonly (ActionKey & { readonly beganAt: Instant })[] }
  | { readonly of: "audit"; readonly ids: readonly number[] };

/** One fact to write. A later change of the same row replaces an earlier one within a turn. */
export type Change =
  | { readonly table: "counters"; readonly row: Counters }
  | { readonly table: "source"; readonly row: SourceRow }
  | { readonly table: "alert"; readonly row: AlertRow }
  | { readonly table: "body"; readonly row: BodyRow }
  | { readonly table: "quarantine"; readonly row: QuarantineRow }
  | { readonly table: "incident"; readonly row: Incident }
  | { readonly table: "moment"; readonly row: Moment }
  | { readonly table: "work"; readonly row: Work }
  | { readonly table: "work_done"; readonly incident: number; readonly destination: string }
  | { readonly table: "receipt"; readonly row: Receipt }
  | { readonly table: "attempt"; readonly row: Attempt }
  | { readonly table: "lane"; readonly row: Lane }
  | { readonly table: "action"; readonly row: Action }
  | { readonly table: "surge"; readonly row: Surge }
  | { readonly table: "mass"; readonly row: Mass }
  | { readonly table: "window"; readonly row: LiveWindow }
  | { readonly table: "window_gone"; readonly policy: string; readonly key: string }
  | { readonly table: "window_book"; readonly row: WindowBook }
  | { readonly table: "window_filled"; readonly row: FilledWindow }
  | { readonly table: "reminder"; readonly row: Reminder }
  | { readonly table: "reminder_done"; readonly incident: number; readonly kind: ReminderKind }
  | { readonly table: "digest"; readonly row: Digest }
  | { readonly table: "told_in"; readonly row: ToldIn }
  | { readonly table: "response"; readonly row: Response }
  | { readonly table: "sighting"; readonly row: Sighting }
  /** Seen last before then: nobody asks for them any more. */
  | { readonly table: "sightings_before"; readonly before: Instant }
  | { readonly table: "respond_stop"; readonly row: { readonly stop: Stop | null } }
  | { readonly table: "told_in_gone"; readonly incident: number; readonly destination: string }
  | { readonly table: "silence"; readonly row: Silence }
  | { readonly table: "silence_gone"; readonly id: number }
  | { readonly table: "agent"; readonly row: AgentRow }
  | { readonly table: "agent_gone"; readonly id: string }
  | { readonly table: "fleet"; readonly row: FleetRow }
  | { readonly table: "audit"; readonly row: AuditRow }
  | { readonly table: "seal"; readonly row: Seal }
  | { readonly table: "retention"; readonly row: RetentionRow }
  | { readonly table: "gone"; readonly gone: Gone };
