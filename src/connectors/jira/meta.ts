import type { Later } from "../../core/outcome.ts";
import { MINUTE_MS, type Instant } from "../../core/time.ts";
import type { Io } from "../connector.ts";
import { notWhatWasAsked, readJira } from "./client.ts";
import { arrayIn, hasList, memberOf, textIn } from "./members.ts";
import type { JiraConfig } from "./config.ts";
import type { Jira } from "./deployment.ts";

/** What Jira takes for a new issue of one type in one project. */
export interface Meta {
  readonly kind: "meta";
  readonly issueTypes: readonly NamedThing[];
  /** Null: the project has no such type. */
  readonly issueType: NamedThing | null;
  readonly fields: readonly FieldMeta[];
}

export interface NamedThing {
  readonly id: string;
  readonly name: string;
}

export interface FieldMeta extends NamedThing {
  readonly required: boolean;
  readonly hasDefault: boolean;
  /** `string`, `option`, `array`, `user`, `priority`, … */
  readonly type: string;
  /** Of what an array is one. */
  readonly items: string | null;
  /** The make of a field of the site's own: `…:textarea`. */
  readonly custom: string | null;
  /** Null: Jira lists none. */
  readonly allowed: readonly NamedThing[] | null;
}

/** Admins change screens now and then; a refusal by Jira asks at once. */
const KNOWN_FOR_MS = 60 * MINUTE_MS;
const PAGE = 200;
const MOST_PAGES = 10;
const PAGE_BYTES = 8 * 1_024 * 1_024;

/** What was last heard of createmeta, by site. */
export class Metas {
  readonly #config: JiraConfig;
  readonly #known = new Map<string, { readonly meta: Meta; readonly at: Instant }>();

  constructor(config: JiraConfig) {
    this.#config = config;
  }

  async read(jira: Jira, io: Io): Promise<Meta | Later | { readonly kind: "missing"; readonly evidence: string }> {
    const known = this.#known.get(jira.base);
    if (known !== undefined && Math.abs(io.now - known.at) < KNOWN_FOR_MS) return known.meta;
    const meta = await readMeta(jira, this.#config, io);
    if (meta.kind === "meta") this.#known.set(jira.base, { meta, at: io.now });
    return meta;
  }

  /** Only what is known without asking. */
  known(jira: Jira): Meta | null {
    return this.#known.get(jira.base)?.meta ?? null;
  }

  /** Jira refused something: what is known of it may be old. */
  forget(): void {
    this.#known.clear();
  }
}

async function readMeta(
  jira: Jira,
  { project, issue_type }: JiraConfig,
  io: Io,
): Promise<Meta | Later | { readonly kind: "missing"; readonly evidence: string }> {
  const root = `/issue/createmeta/${encodeURIComponent(project)}/issuetypes`;
  const types = await readPages(jira, `the issue types of ${project}`, root, "issueTypes", io);
  if (!isList(types)) return types;
  const issueTypes = types.flatMap((value) => namedIn(value) ?? []);
  const issueType = named(issueTypes, issue_type);
  if (issueType === null) return { kind: "meta", issueTypes, issueType, fields: [] };
  const what = `the fields of ${issueType.name} in ${project}`;
  const fields = await readPages(jira, what, `${root}/${encodeURIComponent(issueType.id)}`, "fields", io);
  if (!isList(fields)) return fields;
  return { kind: "meta", issueTypes, issueType, fields: fields.flatMap((value) => fieldIn(value) ?? []) };
}

/** By id, else by name as a person writes it. */
export function named<Thing extends NamedThing>(things: readonly Thing[], wanted: string): Thing | null {
  const name = wanted.trim().toLowerCase();
  return (
    things.find(({ id }) => id === wanted.trim()) ?? things.find((thing) => thing.name.toLowerCase() === name) ?? null
  );
}

/** Every thing that goes by this name: names of fields are not unique. */
export function allNamed<Thing extends NamedThing>(things: readonly Thing[], wanted: string): readonly Thing[] {
  const byId = things.filter(({ id }) => id === wanted.trim());
  if (byId.length > 0) return byId;
  return things.filter(({ name }) => name.toLowerCase() === wanted.trim().toLowerCase());
}

type Pages = readonly unknown[] | Later | { readonly kind: "missing"; readonly evidence: string };

/** Cloud names the list after what is in it, Data Center calls it values; both say where the next page begins. */
async function readPages(jira: Jira, what: string, path: string, name: string, io: Io): Promise<Pages> {
  const all: unknown[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const read = await readJira(io, jira, what, {
      method: "GET",
      path: `${path}?startAt=${all.length}&maxResults=${PAGE}`,
      maxAnswerBytes: PAGE_BYTES,
    });
    if (read.kind !== "read") return read;
    if (!hasList(read.json, name, "values")) return notWhatWasAsked(what);
    const own = arrayIn(read.json, name);
    const values = own.length > 0 ? own : arrayIn(read.json, "values");
    all.push(...values);
    const total = memberOf(read.json, "total");
    const isLast = memberOf(read.json, "isLast") === true || (typeof total === "number" && all.length >= total);
    if (isLast || values.length === 0) break;
  }
  return all;
}

function isList(pages: Pages): pages is readonly unknown[] {
  return Array.isArray(pages);
}

/** A thing with an id; options have a value in place of a name. */
export function namedIn(value: unknown): NamedThing | null {
  const id = textIn(value, "id") ?? textIn(value, "fieldId") ?? textIn(value, "key");
  const name = textIn(value, "name") ?? textIn(value, "value") ?? textIn(value, "displayName");
  return id === null || name === null ? null : { id, name };
}

export function fieldIn(value: unknown): FieldMeta | null {
  const id = textIn(value, "fieldId") ?? textIn(value, "key");
  if (id === null) return null;
  const schema = memberOf(value, "schema");
  const allowed = memberOf(value, "allowedValues");
  return {
    id,
    name: textIn(value, "name") ?? id,
    required: memberOf(value, "required") === true,
    hasDefault: memberOf(value, "hasDefaultValue") === true,
    type: textIn(schema, "type") ?? "string",
    items: textIn(schema, "items"),
    custom: textIn(schema, "custom"),
    allowed: Array.isArray(allowed) ? allowed.flatMap((one) => namedIn(one) ?? []) : null,
  };
}
