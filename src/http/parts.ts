import type { Alert, AlertIdentity } from "../core/alert.ts";
import type { PolicyExplanation } from "../core/explain-match.ts";
import type { NamedFilter } from "../core/line-filter.ts";
import type { Matches } from "../core/match.ts";
import type { Condition } from "../core/policy.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { TestSent, TestWanted } from "../core/test-alert.ts";
import type { Instant } from "../core/time.ts";
import type { WriterDoor } from "../engine/door.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Clock } from "../ports/clock.ts";
import type { SignedHook } from "../ports/inbound.ts";
import type { Intake } from "../ports/intake.ts";
import type { Reader } from "../store/queries.ts";
import type { SecretReport } from "./secret-report.ts";
import type { ConfigReport } from "./status.ts";
import type { LiveSource } from "./source-report.ts";

export type MatchersRead =
  | { readonly kind: "read"; readonly condition: Condition; readonly matches: Matches }
  | { readonly kind: "wrong"; readonly says: readonly string[] };

/** A stored line, and what the policies in force make of it. */
export interface LineRead {
  readonly identity: AlertIdentity;
  /** As Wazuh wrote it. */
  readonly line: string;
  /** With what was known of the agent when the alert came. */
  readonly policies: () => readonly PolicyExplanation[];
}

/** What the doors need of the rest. */
export interface ApiParts {
  readonly version: string;
  /** Null: the doors are open without a server, to a command that took the engine's lock. */
  readonly startedAt: Instant | null;
  readonly clock: Clock;
  readonly reader: Reader;
  readonly door: Pick<WriterDoor, "submit" | "check">;
  /** The config in force. */
  readonly snapshot: () => Snapshot;
  /** Which lines no policy in force can want; absent while no server runs. */
  readonly lineFilter?: () => NamedFilter;
  /** Reads a stored line back into an alert; without it no playbook is shown. */
  readonly readFacts?: (raw: string) => Pick<Alert, "document">;
  /** The same, for who asks what became of an alert; without it nobody says what the policies make of one. */
  readonly readLine?: (raw: string) => LineRead;
  /** Reads what a silence is to match; absent: nobody can add one. */
  readonly readMatchers?: (value: unknown) => MatchersRead;
  /** By name; empty while none runs. */
  readonly sources: () => Readonly<Record<string, LiveSource>>;
  /** Where alerts are handed in, by the caller whose they are; absent, or empty, while no server runs. */
  readonly intakes?: () => ReadonlyMap<string, Intake>;
  /** Which filter is in force, for who refuses lines before they are sent. */
  readonly filterTag?: () => string;
  /** What became of the config's file; null while no server follows one. */
  readonly config: () => ConfigReport | null;
  /** The secrets of the config in force; absent while no server runs. */
  readonly secrets?: () => readonly (SecretReport & { readonly isFromAws: boolean })[];
  readonly stopping: () => boolean;
  /** Sends a test the way of all alerts; absent while no server runs. Rejects when it could not be committed. */
  readonly testAlert?: (wanted: TestWanted) => Promise<TestSent>;
  /** Takes what Slack sends, by its signature; absent while no server runs. */
  readonly slackHook?: SignedHook;
  /** A new name for a request, unlike all before. */
  readonly newId: () => string;
  readonly metrics: Metrics;
  readonly log: Log;
}
