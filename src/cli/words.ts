// Numbers and instants as a reader at a terminal wants them.
import type { DigestTerms } from "../core/digest-event.ts";
import type { Collapse } from "../core/mass-event.ts";
import type { Repeat, ShownRhythm } from "../core/rhythm.ts";
import type { Severity } from "../core/severity.ts";
import type { Distinct, WindowTerms } from "../core/window.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "../core/time.ts";

/** The largest unit that fits, and the next one below: `2 h 5 min`, `40 s`, `3 d`. */
export function duration(ms: number): string {
  const units = [
    [DAY_MS, "d"],
    [HOUR_MS, "h"],
    [MINUTE_MS, "min"],
    [SECOND_MS, "s"],
  ] as const;
  const first = units.findIndex(([size]) => ms >= size);
  if (first < 0) return "less than a second";
  const [size, name] = units[first]!;
  const whole = `${Math.floor(ms / size)} ${name}`;
  const next = units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((ms % size) / next[0]);
  return next === undefined || rest === 0 ? whole : `${whole} ${rest} ${next[1]}`;
}

export function ago(at: Instant, now: Instant): string {
  return now - at < SECOND_MS ? "just now" : `${duration(now - at)} ago`;
}

/** `2026-11-23 07:12:31Z`: to the second, and never in doubt about the zone. */
export function instant(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** When people hear of an incident of this severity, and again: one sentence each. */
export function rhythmWords({ groupWaitMs, repeat, escalate }: ShownRhythm): readonly string[] {
  return [
    ...(groupWaitMs === undefined ? [] : [`the first word waits ${duration(groupWaitMs)} for what comes with it`]),
    ...(repeat === undefined ? [] : [`told again ${repeatWords(repeat)} while nobody acknowledges it`]),
    ...(escalate === undefined
      ? []
      : [`${escalate.to.join(", ")} as well after ${duration(escalate.afterMs)} without an acknowledgement`]),
  ];
}

function repeatWords({ everyMs, mostMs }: Repeat): string {
  if (mostMs === everyMs) return `every ${duration(everyMs)}`;
  return `after ${duration(everyMs)} and then ever less often, up to every ${duration(mostMs)}`;
}

/** How a channel that tells some of its news together tells such an incident; null: as ever. */
export function digestWords({ everyMs, severities, above }: DigestTerms, severity: Severity): string | null {
  if (severity === "critical") return null;
  if (everyMs !== null && severities.includes(severity)) return `in its digest, every ${duration(everyMs)}`;
  if (above === null) return null;
  return `in a digest where more than ${grouped(above.max)} are new within ${duration(above.perMs)}`;
}

/** What becomes of many incidents of a policy at once. */
export function collapseWords({ above, withinMs }: Collapse): string {
  return `more than ${grouped(above)} of the policy within ${duration(withinMs)} are told together, in one mass event`;
}

/** What must come together before a policy opens an incident. */
export function windowWords(terms: WindowTerms): string {
  const { kind, withinMs, same } = terms;
  const alike = same.length === 0 ? "" : ` with the same ${same.join(" and ")}`;
  switch (kind) {
    case "count":
      return `${counted(terms.count, "alert")} within ${duration(withinMs)}${alike}${amongThem(terms.distinct)}`;
    case "sequence": {
      const before = `${counted(terms.count, "alert")} of \`after\`${amongThem(terms.distinct)}`;
      return `an alert of \`when\` within ${duration(withinMs)} after ${before}${alike}`;
    }
    case "absence":
      return `no further alert for ${duration(withinMs)}${alike}`;
    case "first_seen": {
      const learning = terms.learnMs === 0 ? "" : `, once the policy has learned for ${duration(terms.learnMs)}`;
      return `a ${terms.field} that was not seen for ${duration(withinMs)}${alike}${learning}`;
    }
  }
}

function amongThem(distinct: readonly Distinct[]): string {
  return distinct.length === 0
    ? ""
    : `, among them ${distinct.map(({ field, least }) => `${grouped(least)} different ${field}`).join(" and ")}`;
}

export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

export function bytes(count: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let size = count;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return unit === 0 ? counted(count, "byte") : `${size.toFixed(1)} ${units[unit]}`;
}
