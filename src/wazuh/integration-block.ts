import type { HiddenText } from "./hidden-text.ts";
import type { OsMatch } from "./os-match.ts";
import type { Place } from "./place.ts";

export const TAG_NAMES = [
  "name",
  "hook_url",
  "api_key",
  "level",
  "group",
  "rule_id",
  "event_location",
  "alert_format",
  "max_log",
  "options",
  "timeout",
  "retries",
] as const;
export type TagName = (typeof TAG_NAMES)[number];

/** One tag as it stands in the file. */
export interface Tag {
  readonly name: TagName;
  readonly place: Place;
  /** Null where it may be a secret. */
  readonly shown: string | null;
}

export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export interface SecretTag {
  readonly value: HiddenText;
  readonly place: Place;
}

/** Which alerts the script is called for: all that is set must hold. */
export interface Filters {
  /** 0: every level, and none as well. */
  readonly level: number;
  /** As written: parted by commas, and by nothing else. Null: not set. */
  readonly group: string | null;
  /** Null: not set. An empty list was set and lets nothing pass. */
  readonly ruleIds: readonly number[] | null;
  /** Null: not set. */
  readonly location: OsMatch | null;
}

/** One `<integration>` as integratord keeps it; of a tag that stands twice the last, but all rule ids. */
export interface IntegrationBlock {
  readonly place: Place;
  /** Behind its last character. */
  readonly endPlace: Place;
  /** All of it, in bytes of the file. */
  readonly range: ByteRange;
  /** The tags in it that may hold a secret, in bytes of the file. */
  readonly secretRanges: readonly ByteRange[];
  /** Null: it has none, and then integratord takes no block of the file. */
  readonly name: string | null;
  /** Null: integratord runs without this block. */
  readonly enabled: boolean;
  readonly hookUrl: SecretTag | null;
  readonly apiKey: SecretTag | null;
  readonly filters: Filters;
  readonly alertFormat: "json" | "text";
  /** For the text format: a longer log is cut. */
  readonly maxLogBytes: number;
  /** Whatever the user wrote there, and where; null: nothing. */
  readonly options: { readonly text: HiddenText; readonly place: Place } | null;
  readonly timeoutS: number;
  readonly retries: number;
  /** In the order of the file. */
  readonly tags: readonly Tag[];
}

/** What is to be said about the file. Never repeats what could be a secret. */
export interface ConfProblem extends Place {
  readonly kind: ProblemKind;
  readonly says: string;
}

export type ProblemKind =
  /** integratord takes nothing of the file, and ends. */
  | "refused"
  /** integratord runs without this block. */
  | "disabled"
  /** Riposte can't do what the block asks for; integratord can, or tries. */
  | "not_taken"
  /** Allowed, and hardly meant. */
  | "doubt";

export function formatConfProblem(file: string, { line, column, says }: ConfProblem): string {
  return `${file}:${line}:${column} ${says}`;
}
