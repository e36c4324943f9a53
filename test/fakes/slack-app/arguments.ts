import { isJsonObject, parseJsonObject, type JsonObject } from "../json.ts";
import type { VendorRequest } from "../vendor.ts";

/** What Slack takes as JSON inside of a form's fields. */
const JSON_FIELDS: ReadonlySet<string> = new Set(["blocks", "attachments", "metadata"]);

/** The arguments of a call, from its query, its form, or its JSON; null: the body is none of these. */
export function argumentsOf({ path, headers, body }: VendorRequest): JsonObject | null {
  const query = formOf(path.split("?")[1] ?? "");
  if (body === "") return query;
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") {
    const json = parseJsonObject(body);
    return json === null ? null : { ...query, ...json };
  }
  return type === "application/x-www-form-urlencoded" ? { ...query, ...formOf(body) } : null;
}

function formOf(text: string): JsonObject {
  return Object.fromEntries([...new URLSearchParams(text)].map(([name, value]) => [name, valueOf(name, value)]));
}

function valueOf(name: string, value: string): unknown {
  if (!JSON_FIELDS.has(name)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

export function textOf(given: JsonObject, name: string): string | null {
  const value = given[name];
  return typeof value === "string" && value !== "" ? value : null;
}

export function flagOf(given: JsonObject, name: string): boolean {
  return given[name] === true || given[name] === "true" || given[name] === "1";
}

export function countOf(given: JsonObject, name: string, usual: number): number {
  const count = Number(given[name] ?? usual);
  return Number.isFinite(count) && count >= 1 ? Math.floor(count) : usual;
}

/** Slack's word against what is to stand beside a message unseen; null: nothing. */
export function metadataTrouble(metadata: unknown): string | null {
  if (metadata === undefined) return null;
  if (!isJsonObject(metadata)) return "invalid_metadata_format";
  if (Object.keys(metadata).length === 0) return null;
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== "string" || !/^\w{1,255}$/.test(type) || !isJsonObject(payload)) return "invalid_metadata_format";
  return JSON.stringify(metadata).length > MOST_METADATA_CHARS ? "metadata_too_large" : null;
}

const MOST_METADATA_CHARS = 16_000;
