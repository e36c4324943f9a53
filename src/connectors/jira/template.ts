import { cutPlainLine } from "../../core/plain-text.ts";
import type { Picture } from "../../core/picture.ts";
import { alertValue, filtered, incidentValue, parseReference, REFERENCE } from "../../core/reference.ts";
import { isoText } from "../telling.ts";

/** What one reference may bring into a field; what a field takes as a whole Jira says itself. */
const REFERENCE_CHARS = 1_000;

/** What is wrong with the `{{ … }}` in a value as it stands in the config; null: nothing. */
export function templateTrouble(value: unknown): string | null {
  for (const text of textsIn(value)) {
    for (const inside of referencesIn(text)) {
      const parsed = parseReference(inside, EXAMPLE);
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
    const parsed = parseReference(inside, EXAMPLE);
    if (typeof parsed === "string") return "";
    return cutPlainLine(filtered(valueOf(parsed.path, picture), parsed.filters), REFERENCE_CHARS);
  });
}

const EXAMPLE = 'Example: "{{ agent.name | default: unknown }}"';

function valueOf(path: string, { incident, first }: Picture): string {
  if (!path.startsWith("incident.")) return alertValue(first, path) ?? "";
  const name = path.slice("incident.".length);
  return name === "first_at" ? (isoText(incident.firstAt) ?? "") : (incidentValue(incident, name) ?? "");
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, inside = ""]) => inside);
}
