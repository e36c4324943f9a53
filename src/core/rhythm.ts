import type { Incident } from "./incident.ts";
import type { News } from "./news.ts";
import type { Severity } from "./severity.ts";
import type { PolicyTerms, Snapshot } from "./snapshot.ts";
import { MINUTE_MS, type Instant } from "./time.ts";
import type { View } from "./view.ts";

/** How often an incident that nobody has acknowledged is told again: each wait twice the last one, up to `mostMs`. */
export interface Repeat {
  readonly everyMs: number;
  /** The same as `everyMs` where the waits do not grow. */
  readonly mostMs: number;
}

/** Who else is told of an incident that nobody has acknowledged in time. */
export interface Escalate {
  readonly afterMs: number;
  readonly to: readonly string[];
}

/**
 * That people are to be told again of an incident, or others than before, unless somebody acknowledges it by then. A
 * row of its own: it is looked at when it is due, and nothing that happens to the incident meanwhile has to touch it.
 */
export interface Reminder {
  readonly incident: number;
  readonly kind: ReminderKind;
  /** Whose alert it was set by: what that source has not read yet may be the end of the incident. */
  readonly source: string;
  /** Our clock. */
  readonly dueAt: Instant;
  /** How many there were since it opened. */
  readonly times: number;
}

export type ReminderKind = "repeat" | "escalate";

/** Each wait twice the one before; beyond this many the figure means nothing any more. */
const DOUBLINGS_MOST = 30;

/** How long to wait for the nth repeat, from 1. */
export function repeatWaitMs({ everyMs, mostMs }: Repeat, n: number): number {
  return Math.min(mostMs, everyMs * 2 ** Math.min(n - 1, DOUBLINGS_MOST));
}

/** What the incident's news means for who is to be reminded of it. It costs what has none a look at the news. */
export function setReminders(
  view: View,
  { id, state, severity, policy, source, collapsedInto }: Incident,
  { moment, hasLeft }: News & { readonly hasLeft?: boolean },
  { now, snapshot }: { readonly now: Instant; readonly snapshot: Snapshot },
): void {
  const begins = hasLeft === true || moment?.kind === "opened" || moment?.kind === "reopened";
  if (!begins && moment?.kind !== "escalated") return;
  // Of what is told in a mass event the mass event reminds.
  if (state !== "open" || collapsedInto !== undefined) return;
  const { repeat, escalate } = snapshot.policies[policy] ?? {};
  const often = repeat?.[severity];
  if (often !== undefined) {
    view.putReminder({ incident: id, kind: "repeat", source, dueAt: now + repeatWaitMs(often, 1), times: 0 });
  }
  // What gets worse is no news to those who wait for nobody to answer.
  if (begins && escalate !== undefined) {
    view.putReminder({ incident: id, kind: "escalate", source, dueAt: now + escalate.afterMs, times: 0 });
  }
}

/** How long the first word of an incident waits: for Wazuh's own answer, and for what comes in the same breath. */
export function firstWaitMs(
  { severity }: Pick<Incident, "severity">,
  terms: Pick<PolicyTerms, "groupWaitMs" | "expectAction"> | undefined,
  breathMs: number,
): number {
  const forOthersMs = severity === "critical" ? 0 : Math.max(breathMs, terms?.groupWaitMs ?? 0);
  return Math.max(forOthersMs, terms?.expectAction?.waitMs ?? 0);
}

/** Counts, and that it came back or is over: nothing that anybody has to be told at once. */
export function isQuietNews({ moment, hasLeft, byPerson }: News & { readonly hasLeft?: boolean }): boolean {
  if (hasLeft === true || byPerson === true) return false;
  return moment === null || moment.kind === "reopened" || moment.kind === "resolved";
}

/** From when on such news of it may be told, where somebody was told of it at `lastDoneAt`. */
export function quietUntil(
  { severity }: Pick<Incident, "severity">,
  terms: Pick<PolicyTerms, "groupIntervalMs"> | undefined,
  lastDoneAt: Instant,
  now: Instant,
): Instant {
  const intervalMs = severity === "critical" ? 0 : (terms?.groupIntervalMs ?? 0);
  return Math.max(now, Math.min(lastDoneAt, now) + intervalMs);
}

/** Whether it can still be that nobody has taken it up: else there is nothing to remind of. */
export function isUnanswered({ state, collapsedInto }: Incident): boolean {
  return state === "open" && collapsedInto === undefined;
}

/** `4 hours`, `90 minutes`, for people. */
export function spanWords(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["day", 1_440 * MINUTE_MS],
    ["hour", 60 * MINUTE_MS],
    ["minute", MINUTE_MS],
  ];
  const [word, unitMs] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ["second", 1_000];
  const count = Math.round(ms / unitMs);
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** Of a policy's rhythm what there is of it for incidents of one severity. */
export interface ShownRhythm {
  readonly groupWaitMs?: number;
  readonly repeat?: Repeat;
  readonly escalate?: Escalate;
}

export function rhythmAt({ groupWaitMs, repeat, escalate }: Partial<PolicyTerms>, severity: Severity): ShownRhythm {
  const often = repeat?.[severity];
  return {
    ...(groupWaitMs !== undefined && severity !== "critical" && { groupWaitMs }),
    ...(often !== undefined && { repeat: often }),
    ...(escalate !== undefined && { escalate }),
  };
}

export type RepeatBySeverity = Partial<Readonly<Record<Severity, Repeat>>>;
