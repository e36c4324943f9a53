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
