// Numbers and instants as a reader at a terminal wants them.
import type { Collapse } from "../core/mass-event.ts";
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

/** What becomes of many incidents of a policy at once. */
export function collapseWords({ above, withinMs }: Collapse): string {
  return `more than ${grouped(above)} of the policy within ${duration(withinMs)} are told together, in one mass event`;
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
