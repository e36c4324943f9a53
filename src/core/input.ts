import type { FleetNews } from "./agent-facts.ts";
import type { KeptAlert } from "./alert.ts";
import type { Seal } from "./audit-seal.ts";
import type { QuarantineRow } from "./change.ts";
import type { CalledBack } from "./called-back.ts";
import type { Look, Outcome, Reason, Remote } from "./outcome.ts";
import type { Condition } from "./policy.ts";
import type { Mark } from "./receipt.ts";
import type { ResponseCommand } from "./approval.ts";
import type { OrderSettledInput, ResolvedInput, RespondDueInput } from "./respond-inputs.ts";
import type { Order } from "./response-order.ts";
import type { Response } from "./response.ts";
import type { Instant } from "./time.ts";

/** Everything that can happen to Riposte. Each is decided by one pure function and answered after the commit. */
export type Input =
  | AcceptInput
  | SettleInput
  | LookedInput
  | SweptInput
  | CalledBackInput
  | TickInput
  | RecoverInput
  | RebindInput
  | RespondDueInput
  | ResolvedInput
  | OrderSettledInput
  | AskAgainInput
  | ForgetSilencesInput
  | NoteInput
  | SealInput
  | CommandInput;

/** A stretch of a source: what was read and what is left of it after the policies. */
export interface AcceptInput {
  readonly kind: "accept";
  readonly source: string;
  /** The bookmark after this stretch; JSON with a `v`. */
  readonly cursor: string;
  readonly read: number;
  readonly ignored: number;
  readonly malformed: number;
  /** Some of the malformed lines, for the quarantine. */
  readonly quarantine: readonly Pick<QuarantineRow, "why" | "raw">[];
  readonly alerts: readonly KeptAlert[];
  readonly watermarkAt: Instant | null;
  /** What was heard of agents beside it. */
  readonly fleet?: FleetNews;
}

export interface SettleInput {
  readonly kind: "settle";
  readonly destination: string;
  readonly incident: number;
  readonly attempt: number;
  readonly outcome: Outcome;
}

export interface LookedInput {
  readonly kind: "looked";
  readonly destination: string;
  readonly incident: number;
  readonly attempt: number;
  readonly beganAt: Instant;
  readonly look: Look;
}

/** Somebody looked whether a step that was repeated is there twice. */
export interface SweptInput {
  readonly kind: "swept";
  readonly destination: string;
  readonly incident: number;
  readonly step: number;
  /** The one that the sweep goes by. */
  readonly attempt: number;
  readonly beganAt: Instant;
  readonly look: Look;
}

/** A destination says by itself what a step has made: before or long after its answer, once, twice or never. */
export interface CalledBackInput {
  readonly kind: "called_back";
  /** As it was said: of what, if of anything, is for the rows to say. */
  readonly mark: Mark;
  readonly remote: Remote & { readonly anchor: string };
  /** By this step, or by an earlier call that was found. */
  readonly created: boolean;
}

/** Time went by. */
export interface TickInput {
  readonly kind: "tick";
  readonly now: Instant;
  /** By source: how far it has read in event time, and when it last said so. */
  readonly watermarks: Readonly<Record<string, { readonly at: Instant; readonly reportedAt: Instant }>>;
}

/** The engine starts: nothing is in flight any more, whatever the rows say. */
export interface RecoverInput {
  readonly kind: "recover";
  readonly destinations: readonly string[];
}

/** Another config is in force: it has these destinations. */
export interface RebindInput {
  readonly kind: "rebind";
  readonly destinations: readonly string[];
}

/** What is not told at this destination, for this reason (null: for any), is to be asked about again. */
export interface AskAgainInput {
  readonly kind: "ask_again";
  readonly destination: string;
  readonly reason: Reason | null;
  /** Behind which row to go on; null: from the first. */
  readonly after: HushedPlace | null;
}

/** Where a row stands among those of its destination that are not told. */
export interface HushedPlace {
  readonly reason: Reason | null;
  readonly sinceAt: Instant;
  readonly incident: number;
}

/** These are over, for so long that nobody looks them up any more. */
export interface ForgetSilencesInput {
  readonly kind: "forget_silences";
  readonly silences: readonly number[];
}

/** Something that nobody decides here, and that the audit is to have. */
export interface NoteInput {
  readonly kind: "note";
  readonly who: string;
  readonly what: "secret_changed" | "audit_key";
  readonly about: string;
  readonly detail?: string;
}

/** A stretch of the audit is to be closed. */
export interface SealInput {
  readonly kind: "seal";
  readonly seal: Seal;
}

export interface CommandInput {
  readonly kind: "command";
  readonly who: string;
  /** Only as long as the incident is the one that was opened then; undefined: whatever became of it. */
  readonly ifOpenedAt?: Instant | null;
  readonly command: Command;
  /** When he did it, where that was earlier and somewhere else. */
  readonly happenedAt?: Instant;
}

export type Command =
  | { readonly kind: "acknowledge"; readonly incident: number }
  | { readonly kind: "resolve"; readonly incident: number; readonly note: string | null }
  | { readonly kind: "retry_work"; readonly incident: number; readonly destination: string }
  | { readonly kind: "drop_work"; readonly incident: number; readonly destination: string }
  | { readonly kind: "retry_dead"; readonly destination: string }
  | ResponseCommand
  | {
      readonly kind: "add_silence";
      /** One incident, as long as it is not over; null: whatever the condition matches. */
      readonly incident: number | null;
      readonly condition: Condition;
      /** The condition as the person wrote it, in JSON. */
      readonly written: string;
      /** Null: when the incident is over. */
      readonly endsAt: Instant | null;
      readonly comment: string | null;
      /** Those of the same incident in whose place it stands. */
      readonly replaces?: readonly number[];
      /** Only if nobody has silenced it or lifted that since it was so often; undefined: whatever happened. */
      readonly ifChanges?: number;
    }
  | { readonly kind: "expire_silence"; readonly silence: number }
  /** All of these, which are of this one incident. */
  | {
      readonly kind: "lift_silence";
      readonly incident: number;
      readonly silences: readonly number[];
      readonly ifChanges?: number;
    }
  | HandlingCommand
  | TurnedAway;

/** What people do about an incident that leaves its state. */
export type HandlingCommand =
  | {
      readonly kind: "tick_step";
      readonly incident: number;
      /** From 1. */
      readonly step: number;
      /** Of the step that was meant; null: the one that stands there. */
      readonly print: string | null;
      readonly isDone: boolean;
      readonly ifChanges?: number;
    }
  | {
      readonly kind: "assign";
      readonly incident: number;
      /** Null: to nobody. */
      readonly to: string | null;
      readonly ifChanges?: number;
    };

/** Somebody asked for something from outside and did not get it: nothing changes but the audit. */
export interface TurnedAway {
  readonly kind: "turned_away";
  readonly incident: number | null;
  /** Of a decision about one. */
  readonly response?: number;
  /** In a word, as it was asked for. */
  readonly wanted: string;
  readonly why: string;
}

/** What the one who submitted learns, after the commit. */
export interface Result {
  /** Destinations for which something may begin now. */
  readonly woken: readonly string[];
  /** For `command`, `seal` and `called_back`: whether it applied, and why not. */
  readonly refused?: string | null;
  /** For `called_back`: the same in a word. */
  readonly calledBack?: CalledBack;
  /** For `recover`, `rebind`, `retry_dead` and `tick`: more is left, submit again. */
  readonly more?: boolean;
  /** For `respond_due`: about whom the Wazuh API is to be asked, the most urgent first. */
  readonly responses?: readonly Response[];
  /** For `respond_due`: there are responses that something may yet have to be done about. */
  readonly isResponding?: boolean;
  /** For `resolved`: what is to be sent. That it is about to be is committed. */
  readonly orders?: readonly Order[];
  /** For `add_silence` and `expire_silence`: its number. */
  readonly silence?: number;
  /** For `ask_again`: where to go on; null: there are no more. */
  readonly hushedUpTo?: HushedPlace | null;
  readonly counts?: { readonly kept: number; readonly duplicate: number; readonly collision: number };
}

/** What came of a call. */
export function isOutcome(input: Input): input is SettleInput | LookedInput | SweptInput {
  return input.kind === "settle" || input.kind === "looked" || input.kind === "swept";
}
