import { digestOf } from "./digest.ts";
import { fieldReader, textOfValue, type FieldReader } from "./fields.ts";
import { groupKeyReader } from "./group-key.ts";
import type { Alert } from "./alert.ts";
import type { Instant } from "./time.ts";

/** What must come together in a stretch of event time before a policy opens an incident. */
export type WindowTerms = CountTerms | SequenceTerms | AbsenceTerms | FirstSeenTerms;

interface SharedTerms {
  readonly withinMs: number;
  /** Alerts with the same values here are counted together: one key. One that lacks a value counts nowhere. */
  readonly same: readonly string[];
  /** So much later than those after them may alerts be read and still be counted with them. */
  readonly latenessMs: number;
  /** Attackers choose keys: once so many are live, new ones are refused. */
  readonly keysMost: number;
}

/** So many alerts, and among them so many different values of each of these fields. */
export interface CountTerms extends SharedTerms {
  readonly kind: "count";
  readonly count: number;
  readonly distinct: readonly Distinct[];
}

/** An alert that the policy takes, after so many others. */
export interface SequenceTerms extends SharedTerms {
  readonly kind: "sequence";
  readonly count: number;
  readonly distinct: readonly Distinct[];
}

/** After an alert no other has come for so long. */
export interface AbsenceTerms extends SharedTerms {
  readonly kind: "absence";
}

/** A value that was not seen for so long, once the policy has watched for the time that it learns. */
export interface FirstSeenTerms extends SharedTerms {
  readonly kind: "first_seen";
  readonly field: string;
  readonly learnMs: number;
}

export interface Distinct {
  readonly field: string;
  readonly least: number;
}

/** What an alert is to its policy's window, as it was read from the alert. */
export interface WindowSign {
  /** The values of `same` as a JSON array; null: it lacks one of them. */
  readonly key: string | null;
  /** For each field of `distinct` a digest of the value; null: it has none. */
  readonly values: readonly (string | null)[];
  /** It may end a sequence; without it is one of those that come before. */
  readonly ends?: true;
}

/** One alert that was counted: under 100 bytes as it is stored. */
export interface Contribution {
  readonly at: Instant;
  readonly level: number;
  /** Itself and those before it that were forgotten for it. */
  readonly stands: number;
  readonly ends: boolean;
  readonly values: readonly (string | null)[];
}

/** What is known of one key of one policy. */
export interface LiveWindow {
  readonly policy: string;
  readonly key: string;
  /** Which of the policy's windows it is: the ledger says of an alert that it counted in this one. */
  readonly n: number;
  /** The source of its newest alert: it ends when that one has read on. */
  readonly source: string;
  /** Event time from which nothing in it counts any more. */
  readonly dueAt: Instant;
  /** Under other terms it would have been another. */
  readonly shape: string;
  /** By event time, the oldest first. */
  readonly contributions: readonly Contribution[];
  /** Lines of the newest, once it is half full. */
  readonly bodies: readonly string[];
  /** Of an absence what came last. */
  readonly last: LastExpected | null;
}

export interface LastExpected {
  readonly title: string;
  readonly ruleId: string;
  readonly level: number;
  readonly agentId: string | null;
  readonly agentName: string | null;
}

/** What is kept of a policy's windows as a whole. */
export interface WindowBook {
  readonly policy: string;
  /** The number of the newest. */
  readonly n: number;
  readonly live: number;
  /** Alerts of new keys for which there was no room, and when the last one came by our clock. */
  readonly refused: number;
  readonly refusedAt: Instant | null;
  /** Event time of the first alert that it saw. */
  readonly sinceAt: Instant | null;
}

/** The ledger's way from a window to the incident: its alerts from `fromAt` on belong there. */
export interface FilledWindow {
  readonly policy: string;
  readonly n: number;
  readonly incident: number;
  readonly fromAt: Instant;
}

/** Names a window in the ledger. */
export type WindowRef = Pick<LiveWindow, "policy" | "n">;

/** Alerts that a window can ask for at most: all of them stand in its row. */
export const COUNT_MOST = 1_000;
export const DISTINCT_FIELDS_MOST = 3;
export const KEYS_MOST = 100_000;
export const WINDOW_BODIES = 2;
/** A longer line is not kept before there is an incident that it belongs to. */
export const WINDOW_BODY_CHARS = 8_192;
/** Ends of sequences that may yet turn out to have had enough before them. */
export const ENDS_KEPT = 8;

/** A window asked for a second time by the same terms is the same; any other begins anew. */
export function shapeOf(terms: WindowTerms): string {
  const known = SHAPES.get(terms);
  if (known !== undefined) return known;
  const shape = digestOf(JSON.stringify(shapingOf(terms)));
  SHAPES.set(terms, shape);
  return shape;
}

/** Asked for with each alert. */
const SHAPES = new WeakMap<WindowTerms, string>();

function shapingOf(terms: WindowTerms): readonly unknown[] {
  const distinct = terms.kind === "count" || terms.kind === "sequence" ? terms.distinct.map(({ field }) => field) : [];
  const field = terms.kind === "first_seen" ? terms.field : "";
  return [terms.kind, terms.same, distinct, field];
}

/** The fields of which a key is made. */
export function keyFieldsOf(terms: WindowTerms): readonly string[] {
  return terms.kind === "first_seen" ? [...terms.same, terms.field] : terms.same;
}

export type SignReader = (alert: Pick<Alert, "document">) => WindowSign;

/** Reads signs off many alerts. */
export function signReader(terms: WindowTerms): SignReader {
  const fields = keyFieldsOf(terms);
  const readKey = groupKeyReader(fields);
  const parts = fields.map(fieldReader);
  const distinct =
    terms.kind === "count" || terms.kind === "sequence" ? terms.distinct.map(({ field }) => fieldReader(field)) : [];
  return (alert) => ({
    key: parts.every((read) => hasValue(read, alert)) ? readKey(alert) : null,
    values: distinct.map((read) => (hasValue(read, alert) ? digestOf(textOfValue(read(alert)) ?? "") : null)),
  });
}

function hasValue(read: FieldReader, alert: Pick<Alert, "document">): boolean {
  return (textOfValue(read(alert)) ?? "") !== "";
}

export function newBook(policy: string): WindowBook {
  return { policy, n: 0, live: 0, refused: 0, refusedAt: null, sinceAt: null };
}
