// Flags that many commands share, and how their values are read.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

export const config = {
  kind: "parsed",
  parse: word,
  brief: "The config; without it ./riposte.yaml, then /etc/riposte/riposte.yaml",
  optional: true,
  placeholder: "FILE",
} as const;

export const socket = {
  kind: "parsed",
  parse: word,
  brief: "The admin socket of the server to ask; without it the one that the config names",
  optional: true,
  placeholder: "PATH",
} as const;

export const lastGood = {
  kind: "boolean",
  brief: "Should the config be wrong, start with the one that worked last",
  optional: true,
  withNegated: false,
} as const;

export const json = {
  kind: "boolean",
  brief: "Print the data as JSON",
  default: false,
  withNegated: false,
} as const;

export const newestFirst = {
  kind: "parsed",
  parse: wholeNumber,
  brief: "How many, newest first",
  default: "50",
  placeholder: "COUNT",
} as const;

export function logFlag() {
  return {
    kind: "enum",
    values: ["debug", "info", "warn", "error"],
    brief: "Say this and what is worse",
    default: "info",
  } as const;
}

export function logFormatFlag() {
  return {
    kind: "enum",
    values: ["json", "text"],
    brief: "Log lines for machines or for people; text at a terminal, else json",
    optional: true,
  } as const;
}

export function word(text: string): string {
  if (text === "") throw new Error("may not be empty");
  return text;
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw new Error("must be a whole number from 1");
  return Number(text);
}

/** `12` or `#12`, as incidents are shown. */
export function incidentNumber(text: string): number {
  return wholeNumber(text.replace(/^#/, ""));
}

/** How long something is to last: `30m`, `4h`, `7d`. */
export function lasting(text: string): number {
  const [, figure = "", unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const ms = Number(figure) * (unit === "d" ? DAY_MS : unit === "h" ? HOUR_MS : MINUTE_MS);
  if (unit === "" || ms === 0) throw new Error("must be a time of at least 1m, in m, h or d. Example: 4h");
  return ms;
}

export function level(text: string): string {
  if (!/^(?:\d|1[0-6])$/.test(text)) throw new Error("must be a whole number from 0 to 16");
  return text;
}

export function fieldValue(text: string): readonly [name: string, value: string] {
  const [, name, value] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error("must be NAME=VALUE. Example: data.srcip=192.0.2.1");
  return [name, value];
}

/** A destination, and the channel that it was seen in; nothing behind the sign: in none. */
export function seenIn(text: string): readonly [name: string, channel: string] {
  const [, name, channel] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
  if (name === undefined || channel === undefined)
    throw new Error("must be NAME=CHANNEL. Example: security-alerts=#security-alerts");
  return [name, channel];
}

export function waitMs(text: string): number {
  const [, figure = "", unit = ""] = /^(\d{1,4})([smh])$/.exec(text) ?? [];
  const ms = Number(figure) * (unit === "h" ? HOUR_MS : unit === "m" ? MINUTE_MS : SECOND_MS);
  if (unit === "" || ms > HOUR_MS) throw new Error("must be a duration of an hour at most. Example: 30s");
  return ms;
}

/** How long ago, or when: `2h`, `2026-11-20`, `2026-11-20T10:00:00Z`. */
export function sinceTime(text: string): number {
  return /^\d+[mhd]$/.test(text) ? Date.now() - lasting(text) : eventTime(text);
}

/** A day in UTC, or an instant with its zone. */
export function eventTime(text: string): number {
  const [, day, time, zone] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  if (time !== undefined && zone === undefined) throw new Error(`has no zone. Write ${text}Z for UTC`);
  const at = day === undefined ? Number.NaN : Date.parse(time === undefined ? `${text}T00:00:00Z` : text);
  // A day that a month does not have is counted on into the next one.
  const isThere = !Number.isNaN(at) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day ?? "");
  if (!isThere) throw new Error("must be a day or a time. Example: 2026-11-20 or 2026-11-20T10:00:00Z");
  return at;
}
