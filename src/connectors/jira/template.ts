import { fieldOf } from "../../core/fields.ts";
import type { Incident } from "../../core/incident.ts";
import { cutPlainLine, head } from "../../core/plain-text.ts";
import type { Picture } from "../../core/picture.ts";
import { isoText } from "../telling.ts";

/** What one reference may bring into a field; what a field takes as a whole Jira says itself. */
const REFERENCE_CHARS = 1_000;

/** What is wrong with the `{{ … }}` in a value as it stands in the config; null: nothing. */
export function templateTrouble(value: unknown): string | null {
  for (const text of textsIn(value)) {
    for (const inside of referencesIn(text)) {
      const parsed = parse(inside);
      if (typeof parsed === "string") return parsed;
    }
    if (text.replaceAll(REFERENCE, "").includes("{{")) return `{{ without }}. ${EXAMPLE}`;
  }
  return null;
}

/** The value with its references filled in from the picture. No code runs: a reference names a field and filters. */
export function filled(value: unknown, picture: Picture): unknown {
  if (typeof value === "string") return fillText(value, picture);
  if (Array.isArray(value)) return value.map((item) => filled(item, picture));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner, picture)]));
}

function fillText(text: string, picture: Picture): string {
  return text.replaceAll(REFERENCE, (_, inside: string) => {
    const parsed = parse(inside);
    if (typeof parsed === "string") return "";
    return cutPlainLine(
      parsed.filters.reduce((value, filter) => filter(value), valueOf(parsed.path, picture)),
      REFERENCE_CHARS,
    );
  });
}

const REFERENCE = /\{\{([^{}]*)\}\}/g;
const EXAMPLE = 'Example: "{{ agent.name | default: unknown }}"';

type Filter = (value: string) => string;

function parse(inside: string): { readonly path: string; readonly filters: readonly Filter[] } | string {
  const [path = "", ...rest] = inside.split("|").map((part) => part.trim());
  if (!/^[\w@-]+(?:\.[\w@-]+)*$/.test(path)) return `{{ }} takes the name of a field. ${EXAMPLE}`;
  const filters: Filter[] = [];
  for (const each of rest) {
    const [, name = "", argument = ""] = /^(\w+)\s*(?::\s*(.*))?$/s.exec(each) ?? [];
    const filter = filterNamed(name, argument.replaceAll(/^["']|["']$/g, ""));
    if (filter === null)
      return `no such filter in {{ }}. There are: default: TEXT, upper, lower, truncate: NUMBER, json`;
    filters.push(filter);
  }
  return { path, filters };
}

function filterNamed(name: string, argument: string): Filter | null {
  switch (name) {
    case "default":
      return (value) => (value === "" ? argument : value);
    case "upper":
      return (value) => value.toUpperCase();
    case "lower":
      return (value) => value.toLowerCase();
    case "json":
      return (value) => JSON.stringify(value);
    case "truncate": {
      const most = Number(argument);
      return /^\d{1,5}$/.test(argument) ? (value) => head(value, most) : null;
    }
    default:
      return null;
  }
}

function valueOf(path: string, { incident, first }: Picture): string {
  if (path.startsWith("incident.")) return ofIncident(incident, path.slice("incident.".length));
  const value = fieldOf(first, path);
  if (value !== undefined) return typeof value === "string" ? value : value.join(", ");
  return "";
}

function ofIncident(incident: Incident, name: string): string {
  switch (name) {
    case "id":
      return String(incident.id);
    case "title":
    case "policy":
    case "severity":
    case "state":
      return incident[name];
    case "count":
      return String(incident.count);
    case "first_at":
      return isoText(incident.firstAt) ?? "";
    default:
      return "";
  }
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, inside = ""]) => inside);
}
