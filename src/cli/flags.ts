// Flags that many commands share.

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
