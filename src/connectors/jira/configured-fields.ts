import { shaped, type RichText } from "./field-value.ts";
import { allNamed, type FieldMeta, type Meta } from "./meta.ts";
import type { LeftOut } from "./ticket.ts";

export interface ConfiguredFields {
  /** What goes into the call, by id. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What the config calls them, by id. */
  readonly names: Readonly<Record<string, string>>;
  /** What can't go, by the name that the config uses, and why. */
  readonly refused: readonly LeftOut[];
}

/**
 * The fields that the config names, by id and in the form that each takes. Without createmeta only ids are understood,
 * and everything goes as it was written: Jira judges.
 */
export function configuredFields(
  given: Readonly<Record<string, unknown>>,
  meta: Meta | null,
  isCloud: boolean,
  rich: RichText,
): ConfiguredFields {
  const values: Record<string, unknown> = {};
  const names: Record<string, string> = {};
  const refused: LeftOut[] = [];
  for (const [name, value] of Object.entries(given)) {
    const field = meta === null ? null : fieldFor(name, meta);
    if (typeof field === "string") {
      refused.push({ field: name, why: field });
      continue;
    }
    if (field === null) {
      if (isId(name)) values[name] = value;
      else refused.push({ field: name, why: "Jira did not say which field has this name" });
      continue;
    }
    const result = shaped(value, field, isCloud, rich);
    if (result.kind === "value") {
      values[field.id] = result.value;
      names[field.id] = name;
    }
    if (result.kind === "refused") refused.push({ field: name, why: result.why });
  }
  return { values, names, refused };
}

/** The field that the config means; text: why there is none to send to. */
export function fieldFor(name: string, { fields, issueType }: Meta): FieldMeta | string {
  const found = allNamed(fields, name);
  const [only] = found;
  const type = issueType?.name ?? "this issue type";
  if (only === undefined) return `no such field on the create screen of ${type}`;
  if (found.length > 1)
    return `several fields have this name: write the id, one of ${found.map(({ id }) => id).join(", ")}`;
  return only;
}

/** What Riposte fills in by itself wherever it is asked for. */
const OURS: ReadonlySet<string> = new Set(["project", "issuetype", "summary", "description", "labels"]);

/** What Jira wants of a new issue, and nobody has said. */
export function missingFields(
  { fields }: Meta,
  given: Readonly<Record<string, unknown>>,
  hasPriority: boolean,
): readonly FieldMeta[] {
  return fields.filter(({ id, name, required, hasDefault }) => {
    if (!required || hasDefault || OURS.has(id) || (id === "priority" && hasPriority)) return false;
    // Jira itself makes whoever creates an issue its reporter.
    if (id === "reporter") return false;
    return !Object.keys(given).some((key) => key === id || key.trim().toLowerCase() === name.toLowerCase());
  });
}

/** The line to write into the config for a field that nobody has said. */
export function lineFor({ id, name, allowed, type }: Pick<FieldMeta, "id" | "name" | "allowed" | "type">): string {
  const example = allowed?.[0]?.name ?? EXAMPLES[type] ?? "…";
  return `fields: { ${quoted(name === "" ? id : name)}: ${quoted(example)} }`;
}

const EXAMPLES: Readonly<Record<string, string>> = { string: "{{ agent.name }}", number: "1", date: "2030-01-31" };

function quoted(text: string): string {
  return JSON.stringify(text);
}

function isId(name: string): boolean {
  return /^(?:customfield_\d+|[a-z]+)$/.test(name);
}
