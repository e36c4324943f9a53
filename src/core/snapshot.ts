import type { Budget } from "./budget.ts";
import type { Guardrails } from "./guardrails.ts";
import type { FlapTerms } from "./flapping.ts";
import type { HushTerms, QuietHours } from "./hush.ts";
import type { Collapse } from "./mass-event.ts";
import type { Playbook } from "./playbook.ts";
import type { DigestTerms } from "./digest-event.ts";
import type { Escalate, RepeatBySeverity } from "./rhythm.ts";
import type { RespondTerms } from "./response.ts";
import type { Keep } from "./retention.ts";
import type { RedactTerms } from "./redact.ts";
import type { Severity } from "./severity.ts";
import type { WindowTerms } from "./window.ts";

/** An applied config as the decisions see it: plain, hashed, without secrets. */
export interface Snapshot {
  readonly hash: string;
  readonly policies: Readonly<Record<string, PolicyTerms>>;
  readonly destinations: Readonly<Record<string, DestinationTerms>>;
  /** Those that policies name, whole: what they say must not hang on a file that may be gone by then. */
  readonly playbooks?: Readonly<Record<string, Playbook>>;
  /** What its policies' responses must keep to; absent: no policy has any. */
  readonly guardrails?: Guardrails;
  /** Reasons not to tell that the config knows; absent: none. */
  readonly hush?: HushTerms;
  /** Absent: everything stays. */
  readonly keep?: Keep;
}

export interface PolicyTerms {
  readonly name: string;
  readonly groupBy: readonly string[];
  /** Null: by Wazuh's bands. */
  readonly severity: Severity | null;
  /** Names of destinations, by the severity of the incident. */
  readonly tell: Readonly<Record<Severity, readonly string[]>>;
  /** How long an incident stays unseen, waiting for an alert that clears it; null: seen at once. */
  readonly holdMs: number | null;
  readonly resolveAfterMs: number;
  readonly reopenWithinMs: number;
  /** The name of the playbook that goes with its incidents. */
  readonly playbook?: string;
  /** Each alert is an incident of its own, and that one has gone quiet is no news. */
  readonly onePerAlert?: true;
  /** Absent: its incidents are told one by one, however many they are. */
  readonly collapse?: Collapse;
  /** The first word of what is not critical waits this long for what else comes; absent: it does not wait. */
  readonly groupWaitMs?: number;
  /** What is no worse than before is told this long after the last word at the earliest; absent: at once. */
  readonly groupIntervalMs?: number;
  /** By severity, how often it is told again while nobody acknowledges it; absent: never. */
  readonly repeat?: RepeatBySeverity;
  /** Absent: nobody else ever hears of it. */
  readonly escalate?: Escalate;
  /** Absent: each time that an incident comes back is told, however often. */
  readonly flapping?: FlapTerms;
  /** Wazuh's active response answers its alerts; absent: nothing is known of any. */
  readonly expectAction?: ExpectedAction;
  /**
   * It stands for a block of integratord's, which knows of no active response: what one logs and what one causes are
   * alerts like others to it.
   */
  readonly asIntegratord?: true;
  /** What must come together before it opens an incident; absent: each alert may. */
  readonly window?: WindowTerms;
  /** What Riposte answers its alerts with; absent: nothing. */
  readonly respond?: readonly RespondTerms[];
}

export interface ExpectedAction {
  /** How long the first word of an incident waits for what the response did. */
  readonly waitMs: number;
  /** When Wazuh lifts it again; null: not said, so that nobody is told that it was not. */
  readonly liftAfterMs: number | null;
}

/** What the engine must know of a destination; the rest is the connector's own. */
export interface DestinationTerms {
  readonly name: string;
  readonly type: string;
  /** Can change what it has already shown. */
  readonly edits: boolean;
  /** Can be asked whether a step of ours arrived. */
  readonly finds: boolean;
  /** At least this long between the starts of two calls; 0: no pace of its own. */
  readonly paceMs: number;
  /** Calls in flight at once, at most. */
  readonly concurrency: number;
  /** How long the other side may take until a call that got no answer shows. */
  readonly settleMs: number;
  /** How long second copies of a step that had to be repeated are looked for; 0 where nothing can be found. */
  readonly sweepMs: number;
  /** Null: every incident is told by itself, however many they are. */
  readonly budget: Budget | null;
  /** Calls of one step that may each have arrived, at most; without it as many as of any other. */
  readonly callsMost?: number;
  /** Work older than this becomes a dead letter. */
  readonly giveUpAfterMs: number;
  /** Shows where else an incident is told, and so hears of it once its ticket is there. */
  readonly linksElsewhere?: true;
  /** Shows that an incident is silenced, and so is edited when that begins and ends. */
  readonly showsSilence?: true;
  /** Says by a call of its own what came of a step, of which it has one for each incident. */
  readonly callsBack?: true;
  /** Takes Wazuh's own alerts and nothing else: no mass event is told there, and its members are, one by one. */
  readonly onlyWazuh?: true;
  /** Absent: every incident is told there by itself. */
  readonly digest?: DigestTerms;
  /** What of an alert is not shown there; absent: the usual secrets. */
  readonly redact?: RedactTerms | "off";
  /** Somebody else tells it: what would be told is written down, and nothing is. */
  readonly shadow?: true;
  /** Who that is, where it is another destination with the same address; absent: integratord. */
  readonly yieldsTo?: string;
  /** It hears of nothing milder; absent: of all that policies tell it. */
  readonly minSeverity?: Severity;
  /** Its own; null: none, whatever goes for others. Absent: those of all. */
  readonly quietHours?: QuietHours | null;
}
