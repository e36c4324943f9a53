import type { Config } from "../../config/schema.ts";
import { DAY_MS, type Instant } from "../../core/time.ts";
import type { FleetKnown } from "../fleet-known.ts";
import type { LineTally, UnreadableLine } from "./line-tally.ts";
import type { OutcomeTally } from "./outcome-tally.ts";
import type { Rehearsal } from "./rehearsal.ts";

export interface FileReport {
  readonly path: string;
  readonly sizeBytes: number;
  /** Why not all of it was read; null: nothing is known to be missing. */
  readonly trouble: string | null;
}

/** What a config would have made of alerts. */
export interface ReplayReport {
  readonly kind: "replayed";
  /** False: it was stopped, and this is what there was until then. */
  readonly isWhole: boolean;
  readonly tookMs: number;
  readonly files: readonly FileReport[];
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
  /** `read = matched + ignored + unreadable`; what active response logs counts as matched; `duplicate` of those that matched were there before. */
  readonly lines: {
    readonly read: number;
    readonly matched: number;
    readonly ignored: number;
    readonly unreadable: number;
    readonly duplicate: number;
    /** Not between `--from` and `--to`. */
    readonly passedOver: number;
    /** They stand after alerts that happened more than an hour later. */
    readonly late: number;
  };
  readonly incidents: {
    readonly opened: number;
    readonly reopened: number;
    readonly escalated: number;
    readonly resolved: number;
    /** Held back, and cleared before anybody heard of them or not over yet. */
    readonly neverSeen: number;
    readonly unresolved: number;
    /** Told together, in so many mass events. */
    readonly collapsed: number;
    readonly massEvents: number;
    /** Told in so many digests. */
    readonly digested: number;
    readonly digests: number;
    /** Told once more, since nobody acknowledges anything in a replay. */
    readonly repeated: number;
    readonly unanswered: number;
  };
  readonly destinations: readonly DestinationReport[];
  /** Messages that had not had their turn an hour after the last alert. */
  readonly waiting: number;
  readonly notDrawn: number;
  /** In UTC, and without those on which nothing was there. */
  readonly days: readonly DayReport[];
  readonly policies: readonly { readonly name: string; readonly alerts: number; readonly incidents: number }[];
  /** Most alerts first. */
  readonly rules: readonly RuleReport[];
  readonly unreadable: readonly UnreadableLine[];
  /** What is known now of agents, with which all alerts were judged; absent: the config asks for nothing. */
  readonly fleet?: { readonly agents: number; readonly lookedAt: Instant | null; readonly trouble: string | null };
}

export interface DestinationReport {
  readonly name: string;
  readonly type: string;
  /** Calls of any kind. */
  readonly calls: number;
  readonly actions: Readonly<Record<string, number>>;
  readonly busiestDay: { readonly day: string; readonly calls: number } | null;
  /** For its turn, at the destination's own pace. */
  readonly longestWaitMs: number;
}

export interface DayReport {
  /** `2026-11-23`. */
  readonly day: string;
  readonly alerts: number;
  readonly matched: number;
  readonly incidents: number;
  /** Calls by destination. */
  readonly calls: Readonly<Record<string, number>>;
}

export interface RuleReport {
  readonly id: string;
  readonly level: number;
  readonly title: string;
  readonly alerts: number;
  readonly incidents: number;
}

const RULES_MOST = 100;

interface Sums {
  readonly config: Config;
  readonly files: readonly FileReport[];
  readonly lines: LineTally;
  readonly outcomes: OutcomeTally;
  readonly rehearsal: Rehearsal;
  readonly tookMs: number;
  readonly isWhole: boolean;
  readonly fleet: FleetKnown | null;
}

export function reportOf({ config, files, lines, outcomes, rehearsal, tookMs, isWhole, fleet }: Sums): ReplayReport {
  const moments = (kind: Parameters<typeof outcomes.moments.get>[0]): number => outcomes.moments.get(kind) ?? 0;
  return {
    kind: "replayed",
    isWhole,
    tookMs,
    files,
    firstAt: lines.firstAt,
    lastAt: lines.lastAt,
    lines: {
      read: lines.lines,
      matched: lines.matchedLines,
      ignored: lines.ignored,
      unreadable: lines.unreadableLines,
      duplicate: rehearsal.duplicates,
      passedOver: lines.passedOver,
      late: rehearsal.lateAlerts,
    },
    incidents: {
      opened: moments("opened"),
      reopened: moments("reopened"),
      escalated: moments("escalated"),
      resolved: moments("resolved"),
      neverSeen: outcomes.incidents - moments("opened"),
      unresolved: rehearsal.unresolved,
      collapsed: [...outcomes.masses.values()].reduce((sum, members) => sum + members, 0),
      massEvents: outcomes.masses.size,
      digested: outcomes.digested,
      digests: outcomes.digests.size,
      repeated: moments("repeated"),
      unanswered: moments("unanswered"),
    },
    destinations: config.destinations.map(({ name, type }) => destinationReport(name, type, outcomes)),
    waiting: rehearsal.waiting,
    notDrawn: outcomes.notDrawn,
    days: daysOf(config, lines, outcomes),
    policies: config.policies.map(({ terms: { name } }) => ({
      name,
      alerts: lines.policies.get(name) ?? 0,
      incidents: outcomes.policies.get(name) ?? 0,
    })),
    rules: [...lines.rules.values()]
      .toSorted((a, b) => b.alerts - a.alerts)
      .slice(0, RULES_MOST)
      .map((rule) => ({ ...rule, incidents: outcomes.rules.get(rule.id) ?? 0 })),
    unreadable: lines.shown,
    ...(fleet !== null && { fleet: { agents: fleet.agents, lookedAt: fleet.lookedAt, trouble: fleet.trouble } }),
  };
}

function destinationReport(name: string, type: string, { destinations }: OutcomeTally): DestinationReport {
  const {
    actions = new Map<string, number>(),
    days = new Map<number, number>(),
    longestWaitMs = 0,
  } = destinations.get(name) ?? {};
  const [busiest] = [...days].toSorted(([, a], [, b]) => b - a);
  return {
    name,
    type,
    calls: [...actions.values()].reduce((sum, calls) => sum + calls, 0),
    actions: Object.fromEntries(actions),
    busiestDay: busiest === undefined ? null : { day: dayText(busiest[0]), calls: busiest[1] },
    longestWaitMs,
  };
}

function daysOf(config: Config, lines: LineTally, outcomes: OutcomeTally): readonly DayReport[] {
  const days = new Set([...lines.days.keys(), ...outcomes.openedDays.keys()]);
  for (const { days: told } of outcomes.destinations.values()) for (const day of told.keys()) days.add(day);
  return [...days]
    .toSorted((a, b) => a - b)
    .map((day) => ({
      day: dayText(day),
      alerts: lines.days.get(day)?.alerts ?? 0,
      matched: lines.days.get(day)?.matched ?? 0,
      incidents: outcomes.openedDays.get(day) ?? 0,
      calls: Object.fromEntries(
        config.destinations.map(({ name }) => [name, outcomes.destinations.get(name)?.days.get(day) ?? 0]),
      ),
    }));
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
