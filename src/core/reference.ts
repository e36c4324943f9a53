import type { Alert } from "./alert.ts";
import { fieldOf } from "./fields.ts";
import type { Incident } from "./incident.ts";
import { head } from "./plain-text.ts";

/** `{{ agent.name | default: unknown }}`: a field and what is done with its value. No code runs. */
export interface Reference {
  /** `rule.id`, `data.srcip`, `raw.a.b`, or of the incident: `incident.id`. */
  readonly path: string;
  readonly filters: readonly Filter[];
}

export interface Filter {
  readonly name: (typeof FILTERS)[number];
  /** Empty where the filter takes none. */
  readonly argument: string;
}

/** What stands between words, each with its braces. */
export const REFERENCE = /\{\{([^{}]*)\}\}/g;

/** What a reference says, by what stands between its braces; a text says what is wrong with it. */
export function parseReference(inside: string, example: string): Reference | string {
  const [path = "", ...rest] = inside.split("|").map((part) => part.trim());
  if (!/^[\w@-]+(?:\.[\w@-]+)*$/.test(path)) return `{{ }} takes the name of a field. ${example}`;
  const filters: Filter[] = [];
  for (const each of rest) {
    const filter = parseFilter(each);
    if (filter === null)
      return `no such filter in {{ }}. There are: default: TEXT, upper, lower, truncate: NUMBER, json`;
    filters.push(filter);
  }
  return { path, filters };
}

const FILTERS = ["default", "upper", "lower", "json", "truncate"] as const;

function parseFilter(text: string): Filter | null {
  const [, word = "", written = ""] = /^(\w+)\s*(?::\s*(.*))?$/s.exec(text) ?? [];
  const name = FILTERS.find((each) => each === word);
  if (name === undefined) return null;
  const argument = written.replaceAll(/^["']|["']$/g, "");
  return name === "truncate" && !/^\d{1,5}$/.test(argument) ? null : { name, argument };
}

/** The value after all filters; a field that is not there begins as the empty text. */
export function filtered(value: string, filters: readonly Filter[]): string {
  return filters.reduce(through, value);
}

function through(value: string, { name, argument }: Filter): string {
  switch (name) {
    case "default":
      return value === "" ? argument : value;
    case "upper":
      return value.toUpperCase();
    case "lower":
      return value.toLowerCase();
    case "json":
      return JSON.stringify(value);
    case "truncate":
      return head(value, Number(argument));
  }
}

/** As the alert has it, a list joined by commas; null: it has no such field, or nothing in it. */
export function alertValue(alert: Pick<Alert, "document">, path: string): string | null {
  const value = fieldOf(alert, path);
  const text = typeof value === "string" || value === undefined ? value : value.join(", ");
  return text === undefined || text === "" ? null : text;
}

const INCIDENT_FIELDS = ["id", "title", "policy", "severity", "state", "count"] as const;

/** Of `incident.NAME`; null: an incident has no such field. */
export function incidentValue(incident: Incident, name: string): string | null {
  const known = INCIDENT_FIELDS.find((each) => each === name);
  return known === undefined ? null : String(incident[known]);
}
