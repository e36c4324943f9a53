import type { AgentNote } from "./agent-note.ts";
import type { AskedApproval } from "./asked-approval.ts";
import type { Guidance } from "./guidance.ts";
import type { Incident } from "./incident.ts";
import type { MassMembers } from "./mass-event.ts";
import type { Moment } from "./moments.ts";
import type { Instant } from "./time.ts";

/** What of one alert a reader may want to see. Attacker's text throughout: escape it for where it is shown. */
export interface AlertFacts {
  readonly at: Instant;
  /** Wazuh's own id of the alert. */
  readonly id: string;
  readonly ruleId: string;
  readonly level: number;
  readonly description: string;
  readonly groups: readonly string[];
  readonly mitre: readonly { readonly id: string; readonly technique: string | null }[];
  readonly agentId: string | null;
  readonly agentName: string | null;
  readonly agentIp: string | null;
  readonly manager: string | null;
  readonly location: string | null;
  readonly user: string | null;
  readonly sourceIp: string | null;
  /** The event as it was logged; null where the rule keeps none. */
  readonly log: string | null;
  /** What was known of its agent, which is laid into the document; absent: nothing, and nobody asked. */
  readonly agentNote?: AgentNote;
  /** The whole document. */
  readonly document: Readonly<Record<string, unknown>>;
  /** The line as Wazuh wrote it, where it is known: of the document some numbers may have lost digits. */
  readonly raw?: string;
}

/**
 * Everything a destination should show of an incident: the head, of which only the newest state counts, and the
 * moments, each of which is told once and in order.
 */
export interface Picture {
  readonly incident: Incident;
  /** The group's fields with the values that all its alerts share. */
  readonly group: Readonly<Record<string, string>>;
  readonly first: AlertFacts;
  readonly newest: AlertFacts;
  /** Both as they are stored, for who sends them on unread; absent: they stand nowhere. */
  readonly lines?: { readonly first: string; readonly newest: string };
  /** What was known of the first alert's agent; absent: nothing, and nobody asked. */
  readonly agentNote?: AgentNote;
  /** All of them, from 1, or up to those of a step that is done again. */
  readonly moments: readonly Moment[];
  /** What to do about it, by the playbook of its policy; absent: the policy names none. */
  readonly guidance?: Guidance;
  /** It is a mass event or a digest, and stands for these; their list is the log of its alerts as well. */
  readonly mass?: MassMembers;
  /** Where else it is told under an address of its own: its ticket. */
  readonly elsewhere?: readonly Elsewhere[];
  /** A person has silenced this one incident, and shows so where it can be lifted; absent: nobody has. */
  readonly silenced?: ShownSilence;
  /** Wazuh's own active response is to answer it, or Riposte. */
  readonly expectsAction?: boolean;
  /** It is Riposte that is to answer it. */
  readonly responds?: true;
  /** What people were asked to approve, the oldest first. */
  readonly asked?: readonly AskedApproval[];
}

export interface ShownSilence {
  /** That of its row in the audit. */
  readonly id: number;
  readonly who: string;
  /** Null: it ends with the incident. */
  readonly until: Instant | null;
}

export interface Elsewhere {
  readonly destination: string;
  readonly url: string;
}

/** The picture as it was for a step that told no further than `moment`: a step done again says the same. */
export function upToMoment(picture: Picture, moment: number): Picture {
  return { ...picture, moments: picture.moments.filter(({ n }) => n <= moment) };
}
