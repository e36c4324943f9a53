import type { Suspect } from "./account-taken.ts";
import type { ActionSeen, Echo } from "./action.ts";
import type { ResponseLine } from "./response-line.ts";
import type { RespondTo } from "./response-target.ts";
import type { Instant } from "./time.ts";
import type { WindowSign } from "./window.ts";

/**
 * What makes an alert itself and no other. Wazuh's `id` is unique per node only, and samples and restarted
 * managers repeat it, so the event's timestamp and rule belong to the identity as well.
 */
export interface AlertIdentity {
  /** `cluster/node`; the manager's name where no cluster is written. */
  readonly origin: string;
  /** Wazuh's `id`, never parsed: it can be longer than a float can hold. */
  readonly nativeId: string;
  /** The timestamp as written. */
  readonly stamp: string;
  readonly ruleId: string;
}

/** One normalised Wazuh alert, immutable. Everything in it was written by whoever caused the event. */
export interface Alert {
  readonly identity: AlertIdentity;
  /** When the event happened, by the manager's clock. */
  readonly at: Instant;
  readonly level: number;
  readonly ruleId: string;
  /** `rule.description`, or a stand-in where Wazuh wrote none. */
  readonly title: string;
  readonly agentId: string | null;
  readonly agentName: string | null;
  /** The parsed document in Wazuh 4.x's own names; look values up with `fieldOf`. */
  readonly document: Readonly<Record<string, unknown>>;
  /** The line as it was read, without its line end. */
  readonly raw: string;
}

/** An alert that at least one policy wants, reduced to what decisions and the ledger need. */
export interface KeptAlert {
  readonly identity: AlertIdentity;
  readonly at: Instant;
  /** Since when what it tells of has lasted, where that began before it was noticed: a hold counts from there. */
  readonly since?: Instant;
  readonly level: number;
  readonly title: string;
  readonly agentId: string | null;
  readonly agentName: string | null;
  /** The line; where something was known of its agent, with the note of it (`agent-note.ts`). */
  readonly raw: string;
  readonly matches: readonly PolicyMatch[];
  /** It is the line of an active response. */
  readonly action?: ActionSeen;
  /** It may be what an active response caused. */
  readonly echo?: Echo;
  /** It says who did it: for whoever answers it. */
  readonly suspect?: Suspect;
  /** What an agent says of a response of ours, or claims to. */
  readonly said?: ResponseLine;
}

export interface PolicyMatch {
  readonly policy: string;
  /** The values of the policy's `group_by` fields, as a JSON array of strings. */
  readonly groupKey: string;
  /** The alert ends the incident rather than feeding it. */
  readonly clears: boolean;
  /** What it is to the policy's window; absent: it has none. */
  readonly window?: WindowSign;
  /** What the policy's responses would be done to; absent: it has none. */
  readonly respond?: readonly RespondTo[];
}
