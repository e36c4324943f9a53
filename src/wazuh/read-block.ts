import { atoi } from "./c-number.ts";
import { HiddenText } from "./hidden-text.ts";
import {
  type ConfProblem,
  type IntegrationBlock,
  type ProblemKind,
  type SecretTag,
  type Tag,
  TAG_NAMES,
  type TagName,
} from "./integration-block.ts";
import { parseOsMatch } from "./os-match.ts";
import { type Element, shownTag } from "./ossec-xml.ts";
import type { Place } from "./place.ts";

const NUMBERS: readonly TagName[] = ["level", "max_log", "timeout", "retries"];
const SECRETS: readonly TagName[] = ["hook_url", "api_key", "options"];
const MAX_LOG = { least: 165, most: 1_024 };

/** What a name needs besides itself; those that are not here are none of integratord's. */
const NEEDS: Readonly<Record<string, readonly ("hook_url" | "api_key")[]>> = {
  slack: ["hook_url"],
  shuffle: ["hook_url"],
  pagerduty: ["api_key"],
  virustotal: ["api_key"],
  maltiverse: ["hook_url", "api_key"],
};

interface Written {
  readonly name: TagName;
  readonly text: string;
  readonly place: Place;
}

export interface ReadBlock {
  readonly block: IntegrationBlock;
  readonly problems: readonly ConfProblem[];
}

/** Reads one `<integration>` with integratord's own idea of each tag. Nothing is trimmed: it does not either. */
export function readBlock(element: Element, placeOf: (offset: number) => Place): ReadBlock {
  const place = placeOf(element.offset);
  const problems: ConfProblem[] = [];
  const complain = (kind: ProblemKind, at: Place, says: string) => problems.push({ kind, ...at, says });
  const written = element.elements.flatMap(({ name, content, offset }): readonly Written[] => {
    const known = TAG_NAMES.find((tag) => tag === name);
    if (known !== undefined) return [{ name: known, text: content, place: placeOf(offset) }];
    const says = `${shownTag(name)} is not a tag that integratord knows, so it ends. It knows ${TAG_NAMES.join(", ")}`;
    complain("refused", placeOf(offset), says);
    return [];
  });
  for (const tag of written) {
    const trouble = numberTrouble(tag);
    if (trouble !== null) complain("refused", tag.place, trouble);
  }
  const last = (name: TagName) => written.findLast((tag) => tag.name === name);
  const secret = (name: TagName): SecretTag | null => {
    const tag = last(name);
    return tag === undefined ? null : { value: new HiddenText(tag.text), place: tag.place };
  };
  const [hookUrl, apiKey] = [secret("hook_url"), secret("api_key")];
  const name = last("name");
  if (name === undefined) complain("refused", place, "<integration> has no <name>, so integratord ends");
  const idle = name === undefined ? null : whyIdle(name.text, { hook_url: hookUrl, api_key: apiKey });
  if (name !== undefined && idle !== null) complain("disabled", name.place, idle);
  const options = last("options");
  return {
    block: {
      place,
      endPlace: placeOf(element.end),
      range: { from: element.offset, to: element.end },
      secretRanges: element.elements
        .filter((tag) => SECRETS.some((secretName) => secretName === tag.name))
        .map(({ offset, end }) => ({ from: offset, to: end })),
      name: name?.text ?? null,
      enabled: name !== undefined && idle === null,
      hookUrl,
      apiKey,
      filters: {
        level: atoi(last("level")?.text ?? "") >>> 0,
        group: last("group")?.text || null,
        ruleIds: ruleIdsOf(written.filter((tag) => tag.name === "rule_id").map(({ text }) => text)),
        location: locationOf(last("event_location")),
      },
      alertFormat: last("alert_format")?.text.startsWith("json") === true ? "json" : "text",
      maxLogBytes: numberOf(last("max_log"), MAX_LOG.least),
      options:
        options === undefined || options.text === ""
          ? null
          : { text: new HiddenText(options.text), place: options.place },
      timeoutS: numberOf(last("timeout"), 10),
      retries: numberOf(last("retries"), 3),
      tags: written.map(shown),
    },
    problems,
  };
}

function shown({ name, text, place }: Written): Tag {
  return { name, place, shown: SECRETS.includes(name) ? null : text };
}

function locationOf(tag: Written | undefined): IntegrationBlock["filters"]["location"] {
  return tag === undefined ? null : parseOsMatch(tag.text);
}

function numberOf(tag: Written | undefined, unsaid: number): number {
  return tag === undefined ? unsaid : atoi(tag.text);
}

/** An empty text has no character that is not a digit, and is 0. */
function numberTrouble({ name, text }: Written): string | null {
  if (!NUMBERS.includes(name)) return null;
  if (!/^\d*$/.test(text)) return `<${name}> takes digits and nothing else, not even a space, so integratord ends`;
  if (name !== "max_log" || (atoi(text) >= MAX_LOG.least && atoi(text) <= MAX_LOG.most)) return null;
  return `<max_log> takes ${MAX_LOG.least} to ${MAX_LOG.most}, so integratord ends`;
}

/** Why integratord would run without the block; null: it runs with it, if the script is there. */
function whyIdle(name: string, given: Readonly<Record<"hook_url" | "api_key", SecretTag | null>>): string | null {
  if (name.startsWith("custom-")) return null;
  const needs = Object.hasOwn(NEEDS, name) ? NEEDS[name] : undefined;
  if (needs === undefined) {
    const known = `${Object.keys(NEEDS).join(", ")} and names that begin with custom-`;
    const trimmed = name.trim();
    if (trimmed !== name && (Object.hasOwn(NEEDS, trimmed) || trimmed.startsWith("custom-")))
      return "the white space inside <name> belongs to the name, and integratord knows none of that. Take it out";
    return `integratord knows no integration of this name, and leaves the block out. It knows ${known}`;
  }
  const missing = needs.find((tag) => given[tag] === null);
  return missing === undefined ? null : `${name} needs <${missing}>, so integratord leaves the block out`;
}

/** All lists of the block together; null where not one number was found, and then nothing is filtered. */
function ruleIdsOf(lists: readonly string[]): readonly number[] | null {
  const ids = lists.flatMap(idsIn);
  // A zero ends the list that integratord keeps, and the next id takes its place.
  return ids.length === 0 ? null : ids.filter((id) => id !== 0);
}

/** Spaces and commas may stand before a number, and after it anything up to the next comma; all else ends the list. */
function idsIn(list: string): readonly number[] {
  const ids: number[] = [];
  let rest = list;
  for (;;) {
    rest = rest.replace(/^[ ,]+/, "");
    if (!/^\d/.test(rest)) return ids;
    ids.push(atoi(rest));
    const comma = rest.indexOf(",");
    if (comma < 0) return ids;
    rest = rest.slice(comma + 1);
  }
}
