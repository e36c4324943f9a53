// One line of alerts.json as analysisd writes it: its key order, its clock, its ids.
import { CLUSTER, MANAGER } from "./fleet.ts";
import type { Agent } from "./fleet.ts";
import type { Rule } from "./rules.ts";

/** What happened on an agent, before the manager stamps it with a time, an id and a count. */
export interface Happening {
  readonly rule: Rule;
  readonly agent: Agent;
  /** Earlier logs that a counting rule saw, newest first. */
  readonly previousOutput?: readonly string[];
  /** Missing for Windows rules, which say "no_full_log". */
  readonly fullLog?: string;
  readonly syscheck?: object;
  readonly predecoder?: object;
  readonly decoder: object;
  readonly data?: object;
  readonly location: string;
}

export interface Stamp {
  readonly at: number;
  readonly firedTimes: number;
  /** Bytes written before this alert: the second half of its id. */
  readonly offset: number;
}

export function alertLine(what: Happening, stamp: Stamp): string {
  return JSON.stringify({
    timestamp: wazuhTimestamp(stamp.at),
    rule: ruleFields(what.rule, stamp.firedTimes),
    agent: what.agent,
    manager: { name: MANAGER },
    id: `${Math.floor(stamp.at / 1000)}.${stamp.offset}`,
    cluster: CLUSTER,
    previous_output: what.previousOutput?.join("\n"),
    full_log: what.fullLog,
    syscheck: what.syscheck,
    predecoder: what.predecoder,
    decoder: what.decoder,
    data: what.data,
    location: what.location,
  });
}

/** Milliseconds and an offset without a colon, on a manager whose zone is UTC (as in its container image). */
export function wazuhTimestamp(at: number): string {
  return new Date(at).toISOString().replace("Z", "+0000");
}

/** The month, day and time that begin a classic syslog line: `Nov  3 07:10:00`. */
export function syslogTime(at: number): string {
  const iso = new Date(at).toISOString();
  return `${monthName(at)} ${iso.slice(8, 10).replace(/^0/, " ")} ${iso.slice(11, 19)}`;
}

export function monthName(at: number): string {
  const month = new Date(at).getUTCMonth();
  return "JanFebMarAprMayJunJulAugSepOctNovDec".slice(month * 3, month * 3 + 3);
}

function ruleFields(rule: Rule, firedTimes: number): object {
  return {
    level: rule.level,
    description: rule.description,
    id: rule.id,
    mitre: rule.mitre,
    frequency: rule.frequency,
    firedtimes: firedTimes,
    mail: false,
    groups: rule.groups,
    ...rule.compliance,
  };
}
