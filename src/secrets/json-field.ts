import { cutPlainLine } from "../core/plain-text.ts";

export type Field =
  | { readonly kind: "field"; readonly value: string }
  | { readonly kind: "missing"; readonly why: string };

const NAMED_MOST = 10;
const NAME_CHARACTERS = 40;

/** One field of a secret that is JSON. Keys are named in what goes wrong, values never. */
export function fieldIn(text: string, key: string, place: string): Field {
  const missing = (why: string): Field => ({ kind: "missing", why: `${place} ${why}` });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return missing(`is not JSON, so it has no key ${key}. Leave key out, or put JSON there`);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    return missing(`is not a JSON object, so it has no key ${key}. Leave key out, or put an object there`);
  if (!Object.hasOwn(parsed, key)) return missing(`has no key ${key}. ${sayKeys(Object.keys(parsed))}`);
  const value: unknown = Reflect.get(parsed, key);
  if (typeof value === "string") return { kind: "field", value };
  return missing(`has something else than text as ${key}. Put it there in quotes`);
}

export function sayKeys(keys: readonly string[]): string {
  if (keys.length === 0) return "It has none";
  const named = keys.slice(0, NAMED_MOST).map((key) => cutPlainLine(key, NAME_CHARACTERS));
  const more = keys.length > NAMED_MOST ? ` and ${keys.length - NAMED_MOST} more` : "";
  return `It has ${named.join(", ")}${more}`;
}
