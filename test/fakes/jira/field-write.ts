import { isJsonObject, own, ownObject, type JsonObject } from "../json.ts";
import { refusal, type Call } from "./call.ts";
import { readComment, type NewComment } from "./comment-write.ts";
import { parseValue } from "./field-value.ts";
import type { FieldValue, JiraIssue } from "./issue.ts";
import { readLink, type NewLink } from "./link-write.ts";
import type { FieldSpec } from "./project.ts";
import { documentFault, maxTextChars, plainText } from "./rich-text.ts";

/** What `fields` and `update` of a create, an edit or a transition come to. */
export interface Write {
  readonly values: ReadonlyMap<string, FieldValue>;
  readonly comments: readonly NewComment[];
  readonly links: readonly NewLink[];
}

/**
 * Jira refuses in two rounds, and nothing is done in either: first whatever is not on the screen or cannot be read,
 * and only when all of that is right, what is missing, too long or malformed.
 */
export function readWrite(call: Call, screen: readonly FieldSpec[], body: JsonObject, before: JiraIssue | null): Write {
  const fields = ownObject(body, "fields") ?? {};
  const update = ownObject(body, "update") ?? {};
  const errors: Record<string, string> = {};
  const values = new Map<string, FieldValue>();
  const comments: NewComment[] = [];
  const links: NewLink[] = [];

  for (const [id, given] of Object.entries(fields)) {
    if (before === null && (id === "project" || id === "issuetype")) continue;
    const spec = screen.find((each) => each.id === id);
    const parsed = spec === undefined ? { error: notOnScreen(id) } : parseValue(call, spec, given);
    if ("error" in parsed) errors[id] = parsed.error;
    else values.set(id, parsed.value);
  }
  for (const [id, operations] of Object.entries(update)) {
    if (Object.hasOwn(fields, id)) {
      errors[id] = `Field '${id}' cannot appear in both 'fields' and 'update'`;
      continue;
    }
    const error = readUpdate(call, { id, operations, screen, before, values, comments, links });
    if (error !== null) errors[id] = error;
  }
  if (Object.keys(errors).length > 0) throw refusal(400, [], errors);

  for (const spec of screen) {
    const error = unknownNode(call, values.get(spec.id)) ?? fieldFault(spec, values, before);
    if (error !== null) errors[spec.id] = error;
  }
  if (Object.keys(errors).length > 0) throw refusal(400, [], errors);
  return { values, comments, links };
}

export function notOnScreen(id: string): string {
  return `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;
}

interface Update {
  readonly id: string;
  readonly operations: unknown;
  readonly screen: readonly FieldSpec[];
  readonly before: JiraIssue | null;
  readonly values: Map<string, FieldValue>;
  readonly comments: NewComment[];
  readonly links: NewLink[];
}

function readUpdate(call: Call, update: Update): string | null {
  const { id, operations, screen, before, values } = update;
  if (!Array.isArray(operations)) return "Operations must be an array.";
  const spec = screen.find((each) => each.id === id);
  if (spec === undefined && id !== "comment") return notOnScreen(id);
  for (const operation of operations as unknown[]) {
    const [verb, ...more] = isJsonObject(operation) ? Object.keys(operation) : [];
    if (!isJsonObject(operation) || verb === undefined || more.length > 0) return "An operation has exactly one verb.";
    const given = own(operation, verb);
    if (spec === undefined || spec.type === "links") {
      if (verb !== "add") return `The '${verb}' operation is not supported for '${id}'.`;
      if (spec === undefined) update.comments.push(readComment(call, isJsonObject(given) ? given : {}));
      else update.links.push(readLink(call, isJsonObject(given) ? given : {}, "one-side"));
      continue;
    }
    const now = values.has(id) ? (values.get(id) ?? null) : (before?.values.get(id) ?? null);
    const changed = verb === "set" ? given : spec.type === "labels" ? changedLabels(now, verb, given) : undefined;
    if (changed === undefined) return `The '${verb}' operation is not supported for '${id}'.`;
    const parsed = parseValue(call, spec, changed);
    if ("error" in parsed) return parsed.error;
    values.set(id, parsed.value);
  }
  return null;
}

function changedLabels(now: FieldValue, verb: string, given: unknown): unknown {
  const labels = Array.isArray(now) ? (now as readonly string[]) : [];
  if (verb === "add") return [...labels, given];
  if (verb === "remove") return labels.filter((each) => each !== given);
  return undefined;
}

function unknownNode({ site }: Call, value: FieldValue | undefined): string | null {
  const written = JSON.stringify(value ?? null);
  return [...site.unknownNodes].some((type) => written.includes(`"type":"${type}"`)) ? "INVALID_INPUT" : null;
}

function fieldFault(spec: FieldSpec, values: ReadonlyMap<string, FieldValue>, before: JiraIssue | null): string | null {
  const value = values.get(spec.id);
  const isEmpty = value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  if (isEmpty) {
    const isMissing = spec.required === true && (before === null || value !== undefined);
    if (!isMissing) return null;
    return spec.id === "summary" ? "You must specify a summary of the issue." : `${spec.name} is required.`;
  }
  if (spec.id === "summary") return summaryFault(value);
  if (spec.type === "text" && typeof value === "string" && value.length > 255) return tooLong("255");
  if (spec.type === "labels" && Array.isArray(value)) return labelsFault(value as readonly string[]);
  if (typeof value !== "object" || !("kind" in value) || value.kind !== "rich") return null;
  if (value.text.kind === "document" && documentFault(value.text.document) !== null) return "INVALID_INPUT";
  return plainText(value.text).length > maxTextChars ? tooLong("32,767") : null;
}

function summaryFault(value: FieldValue): string | null {
  if (typeof value !== "string" || value.trim() === "") return "You must specify a summary of the issue.";
  if (/[\r\n]/.test(value)) return "The summary is invalid because it contains newline characters.";
  return value.length > 255 ? "Summary can't exceed 255 characters." : null;
}

function labelsFault(labels: readonly string[]): string | null {
  for (const label of labels) {
    if (/\s/.test(label)) return `The label '${label}' contains spaces which is invalid.`;
    if (label.length > 255) return `The label '${label}' exceeds the limit of 255 characters.`;
  }
  return null;
}

export function tooLong(limit: string): string {
  return `The entered text is too long. It exceeds the allowed limit of ${limit} characters.`;
}
