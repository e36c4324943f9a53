import { isJsonObject, own, ownText, type JsonObject } from "../json.ts";
import type { Call } from "./call.ts";
import type { FieldValue, Named } from "./issue.ts";
import type { FieldOption, FieldSpec } from "./project.ts";
import { isDocument } from "./rich-text.ts";

/** A value as Jira reads it from JSON, or the sentence with which it refuses it. */
export type Parsed = { readonly value: FieldValue } | { readonly error: string };

export function parseValue(call: Call, spec: FieldSpec, given: unknown): Parsed {
  if (given === null) return { value: null };
  switch (spec.type) {
    case "text":
    case "date":
    case "date-time":
      return parseText(spec, given);
    case "rich-text":
      return parseRich(call, given);
    case "number":
      return typeof given === "number" ? { value: given } : { error: "Specify a number." };
    case "labels":
      if (!Array.isArray(given)) return { error: "Operation value must be an array." };
      return given.every((each) => typeof each === "string")
        ? { value: [...new Set(given as string[])] }
        : { error: "Operation value must be a string" };
    case "option":
      return one(spec, given, "value");
    case "options":
      return several(spec, given, "value");
    case "components":
      return several(spec, given, "name");
    case "user":
      return parseUser(call, given);
    case "priority":
      return parseNamed("Priority", call.site.priorities, given);
    case "resolution":
      return parseNamed("Resolution", call.site.resolutions, given);
    case "links":
    case "attachments":
      return { error: `Field '${spec.id}' cannot be set. It is not on the appropriate screen, or unknown.` };
  }
}

export function parseNamed(what: string, all: readonly Named[], given: unknown): Parsed {
  if (!isJsonObject(given)) return { error: `Specify a valid 'id' or 'name' for ${what}` };
  const [id, name] = [ownText(given, "id"), ownText(given, "name")];
  if (id === null && name === null) return { error: `Could not find valid 'id' or 'name' in ${what.toLowerCase()}.` };
  const named = all.find((each) => (id === null ? each.name === name : each.id === id));
  if (named !== undefined) return { value: { kind: "named", named } };
  return { error: id === null ? `${what} name '${name}' is not valid` : `${what} id '${id}' is not valid` };
}

function parseText(spec: FieldSpec, given: unknown): Parsed {
  if (typeof given !== "string") return { error: "Operation value must be a string" };
  if (spec.type === "date" && !/^\d{4}-\d{2}-\d{2}$/.test(given)) {
    return { error: `Error parsing date string: ${given}` };
  }
  if (spec.type === "date-time" && !/^\d{4}-\d{2}-\d{2}T[\d:.]+([+-]\d{4}|[+-]\d{2}:\d{2}|Z)$/.test(given)) {
    return { error: `Error parsing time: ${given}` };
  }
  return { value: given };
}

function parseRich(call: Call, given: unknown): Parsed {
  if (call.version === 2) {
    return typeof given === "string"
      ? { value: { kind: "rich", text: { kind: "wiki", text: given } } }
      : { error: "Operation value must be a string" };
  }
  if (isDocument(given)) return { value: { kind: "rich", text: { kind: "document", document: given } } };
  return { error: "Operation value must be an Atlassian Document (see the Atlassian Document Format)" };
}

function parseUser(call: Call, given: unknown): Parsed {
  const by = call.site.deployment === "Cloud" ? "accountId" : "name";
  const id = isJsonObject(given) ? ownText(given, by) : null;
  if (id === null) return { error: `expected Object containing a \`${by}\` property` };
  const user = [call.site.me, call.site.person].find((each) => each.id === id);
  return user === undefined ? { error: `User '${id}' does not exist.` } : { value: { kind: "user", user } };
}

function several(spec: FieldSpec, given: unknown, by: "value" | "name"): Parsed {
  if (!Array.isArray(given)) return { error: "data was not an array" };
  const options: FieldOption[] = [];
  for (const each of given as unknown[]) {
    const parsed = optionOf(spec, each, by);
    if (typeof parsed === "string") return { error: parsed };
    options.push(parsed);
  }
  return { value: { kind: "options", options } };
}

function one(spec: FieldSpec, given: unknown, by: "value"): Parsed {
  const parsed = optionOf(spec, given, by);
  return typeof parsed === "string" ? { error: parsed } : { value: { kind: "option", option: parsed } };
}

function optionOf(spec: FieldSpec, given: unknown, by: "value" | "name"): FieldOption | string {
  if (!isJsonObject(given)) return `Specify a valid 'id' or '${by}' for ${spec.name}`;
  const [id, text] = [textOrNumber(given, "id"), ownText(given, by)];
  const option = spec.allowed?.find((each) => (id === null ? each.value === text : each.id === id));
  if (option !== undefined) return option;
  const what = spec.type === "components" ? "Component" : "Option";
  return id === null ? `${what} ${by} '${String(text)}' is not valid` : `${what} id '${id}' is not valid`;
}

function textOrNumber(object: JsonObject, key: string): string | null {
  const value = own(object, key);
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
