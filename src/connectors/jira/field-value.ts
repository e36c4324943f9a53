import type { FieldMeta, NamedThing } from "./meta.ts";
import { named } from "./meta.ts";

/** How rich text is written on this site: Cloud wants a document where Data Center takes wiki markup. */
export type RichText = (text: string) => unknown;

export type Shaped =
  | { readonly kind: "value"; readonly value: unknown }
  /** Nothing to send: what the value was to be filled in from is empty. */
  | { readonly kind: "empty" }
  | { readonly kind: "refused"; readonly why: string };

/**
 * A value from the config in the form that the field takes: a name becomes the option of that name, a number in text a
 * number. What is already in Jira's own form (a map) goes as it is.
 */
export function shaped(value: unknown, field: FieldMeta, isCloud: boolean, rich: RichText): Shaped {
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return { kind: "empty" };
  if (field.type === "array" && field.items !== null) {
    const parts = (Array.isArray(value) ? value : listed(value, field)).filter((part) => part !== "");
    const items = parts.map((part) => shapedOne(part, field.items ?? "string", field, isCloud, rich));
    const refused = items.find((item) => item.kind === "refused");
    if (refused !== undefined) return refused;
    const values = items.flatMap((item) => (item.kind === "value" ? [item.value] : []));
    return values.length === 0 ? { kind: "empty" } : { kind: "value", value: values };
  }
  return shapedOne(value, field.type, field, isCloud, rich);
}

function listed(value: unknown, { allowed }: FieldMeta): readonly unknown[] {
  if (typeof value !== "string" || (allowed !== null && named(allowed, value) !== null)) return [value];
  return value.split(",").map((part) => part.trim());
}

function shapedOne(value: unknown, type: string, field: FieldMeta, isCloud: boolean, rich: RichText): Shaped {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return give(value);
  const text = String(value).trim();
  if (text === "") return { kind: "empty" };
  switch (type) {
    case "number": {
      const number = Number(text);
      return Number.isFinite(number) ? give(number) : { kind: "refused", why: "not a number" };
    }
    case "option":
      return chosen(text, field, ({ id }) => ({ id }), { value: text });
    case "option-with-child":
      return give(cascade(text));
    case "priority":
    case "resolution":
    case "version":
    case "component":
    case "securitylevel":
    case "group":
    case "issuetype":
      return chosen(text, field, ({ id }) => ({ id }), { name: text });
    case "user":
      return give(isCloud ? { accountId: text } : { name: text });
    case "issuelink":
    case "project":
      return give({ key: text });
    case "string":
      return give(isRich(field) ? rich(text) : text);
    default:
      // Dates, and whatever an app has brought: as it was written.
      return give(typeof value === "string" ? text : value);
  }
}

/** By the id that Jira lists, since two may have one name; without a list by the name, and Jira judges. */
function chosen(text: string, { allowed }: FieldMeta, byId: (thing: NamedThing) => unknown, byName: unknown): Shaped {
  if (allowed === null) return give(byName);
  const found = named(allowed, text);
  if (found !== null) return give(byId(found));
  const names = allowed.slice(0, 8).map(({ name }) => name);
  const more = allowed.length > names.length ? `, and ${allowed.length - names.length} more` : "";
  return { kind: "refused", why: `no such value; there are ${names.join(", ")}${more}` };
}

/** `Network / Firewall` is a choice and one below it. */
function cascade(text: string): unknown {
  const [parent = "", child] = text.split("/").map((part) => part.trim());
  return child === undefined || child === "" ? { value: parent } : { value: parent, child: { value: child } };
}

export function isRich({ id, custom }: FieldMeta): boolean {
  return id === "environment" || id === "description" || (custom?.endsWith(":textarea") ?? false);
}

function give(value: unknown): Shaped {
  return { kind: "value", value };
}
