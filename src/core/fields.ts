import type { Alert } from "./alert.ts";

export type FieldValue = string | readonly string[] | undefined;

/**
 * The value of a Wazuh field (`rule.id`, `data.srcip`, `raw.a.b`) as text: scalars as written, arrays of scalars as
 * a list, anything else undefined. Only own properties count, so `__proto__` and `constructor` are names like others.
 */
export function fieldOf(alert: Pick<Alert, "document">, path: string): FieldValue {
  const wanted = path.startsWith("raw.") ? path.slice(4) : path;
  let at: unknown = alert.document;
  for (const name of wanted.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  if (Array.isArray(at)) return at.flatMap((item) => textOf(item) ?? []);
  return textOf(at);
}

/** One value for one place: the text, or the list joined by commas; null where there is none. */
export function textOfField(alert: Pick<Alert, "document">, path: string): string | null {
  const value = fieldOf(alert, path);
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(",");
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}
