// What a test expected beside what there was, as far as the test says anything of it.
import type { Expected, ExpectedIncident, ExpectedTold } from "../../config/policy-tests.ts";
import { SECOND_MS, type Instant } from "../../core/time.ts";

export interface SeenIncident {
  readonly policy: string;
  readonly group: Readonly<Record<string, string | null>>;
  readonly severity: string;
  readonly state: string;
  readonly count: number;
  readonly title: string;
}

export interface SeenTold {
  readonly to: string;
  readonly policy: string;
  readonly severity: string;
  /** The moments that the message brought. */
  readonly says: readonly string[];
  readonly at: Instant;
}

/** One line of a difference: on both sides, expected and not there, or there and not expected. */
export interface DifferenceLine {
  readonly sign: " " | "-" | "+";
  readonly text: string;
  /** Of the test's file, where it is expected. */
  readonly line: number | null;
  readonly times: number;
}

export interface Difference {
  readonly what: "incidents" | "told";
  readonly at: Instant;
  readonly line: number;
  readonly lines: readonly DifferenceLine[];
}

export function compareIncidents(
  { incidents, line }: Expected,
  seen: readonly SeenIncident[],
  at: Instant,
): Difference | null {
  if (incidents === undefined) return null;
  const says = new Set(["policy", "state", ...incidents.flatMap((incident) => Object.keys(incident))]);
  const lines = pairUp(incidents, seen, isIncident, incidentText(says), incidentText(says));
  return lines === null ? null : { what: "incidents", at, line, lines };
}

export function compareTold(
  { told, line }: Expected,
  seen: readonly SeenTold[],
  startAt: Instant,
  at: Instant,
): Difference | null {
  if (told === undefined) return null;
  const lines = pairUp(
    told,
    seen,
    isTold,
    (of) => toldText(of, startAt),
    (of) => toldText(of, startAt),
  );
  return lines === null ? null : { what: "told", at, line, lines };
}

function isIncident(expected: ExpectedIncident, seen: SeenIncident): boolean {
  const { policy, group = {}, severity, state, count, title } = expected;
  return (
    policy === seen.policy &&
    (severity ?? seen.severity) === seen.severity &&
    (state ?? seen.state) === seen.state &&
    (count ?? seen.count) === seen.count &&
    (title ?? seen.title) === seen.title &&
    Object.entries(group).every(([name, value]) => (seen.group[name] ?? null) === value)
  );
}

function isTold(expected: ExpectedTold, seen: SeenTold): boolean {
  const { to, policy, severity, says, at } = expected;
  return (
    to === seen.to &&
    (policy ?? seen.policy) === seen.policy &&
    (severity ?? seen.severity) === seen.severity &&
    (says === undefined || says.join() === seen.says.join()) &&
    (at === undefined || Math.abs(at - seen.at) < SECOND_MS)
  );
}

/** Null: each that is expected is there, and nothing else. */
function pairUp<Expects extends { readonly line: number; readonly times: number }, Seen>(
  expected: readonly Expects[],
  seen: readonly Seen[],
  fits: (expected: Expects, seen: Seen) => boolean,
  textOfExpected: (expected: Expects) => string,
  textOfSeen: (seen: Seen) => string,
): readonly DifferenceLine[] | null {
  const wanted = expected.flatMap((one) => Array.from({ length: one.times }, () => one));
  const takenBy = new Map<number, number>();
  const taken = wanted.map((_, i) => findFor(i, new Set()));
  if (taken.every(Boolean) && wanted.length === seen.length) return null;
  const met = new Set(takenBy.values());
  const ofExpected = expected.flatMap((one): DifferenceLine[] => {
    const places = wanted.flatMap((each, i) => (each === one ? [i] : []));
    const metTimes = places.filter((i) => met.has(i)).length;
    const line = (sign: " " | "-", times: number): DifferenceLine[] =>
      times === 0 ? [] : [{ sign, text: textOfExpected(one), line: one.line, times }];
    return [...line(" ", metTimes), ...line("-", places.length - metTimes)];
  });
  const others = new Map<string, number>();
  seen.forEach((one, i) => {
    if (!takenBy.has(i)) others.set(textOfSeen(one), (others.get(textOfSeen(one)) ?? 0) + 1);
  });
  const unexpected = [...others].map(([text, times]): DifferenceLine => ({ sign: "+", text, line: null, times }));
  return [...ofExpected, ...unexpected];

  /** One that says little gives way to one that says more, as long as there is another for it. */
  function findFor(i: number, tried: Set<number>): boolean {
    for (const [k, one] of seen.entries()) {
      if (tried.has(k) || !fits(wanted[i]!, one)) continue;
      tried.add(k);
      const other = takenBy.get(k);
      if (other !== undefined && !findFor(other, tried)) continue;
      takenBy.set(k, i);
      return true;
    }
    return false;
  }
}

/** In the words of a test, so that it can be copied into one. */
function incidentText(says: ReadonlySet<string>): (incident: Partial<SeenIncident>) => string {
  return ({ policy, group, severity, state, count, title }) => {
    const parts: readonly (readonly [string, unknown])[] = [
      ["policy", policy],
      ["group", group],
      ["severity", severity],
      ["state", state],
      ["count", count],
      ["title", title],
    ];
    return flow(parts.filter(([name]) => says.has(name)));
  };
}

function toldText({ to, policy, severity, says, at }: Partial<SeenTold>, startAt: Instant): string {
  const [only, ...more] = says ?? [];
  return flow([
    ["to", to],
    ["policy", policy],
    ["severity", severity],
    ["says", more.length === 0 ? only : says],
    ["at", at === undefined ? undefined : sinceText(at - startAt)],
  ]);
}

function flow(parts: readonly (readonly [name: string, value: unknown])[]): string {
  const given = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${flowValue(value)}`]));
  return `{ ${given.join(", ")} }`;
}

function flowValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowValue).join(", ")}]`;
  if (typeof value === "object" && value !== null) return flow(Object.entries(value));
  if (typeof value !== "string") return String(value);
  return (/^[A-Za-z][\w.@/-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off)$/i.test(value)) ||
    /^\d+[smhd](?:\d+[smhd])*$/.test(value)
    ? value
    : JSON.stringify(value);
}

/** `1h30m5s`, as a test says it. */
export function sinceText(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / SECOND_MS);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count}${unit}`])).join("") || "0s";
}
