import type { Filters } from "./integration-block.ts";
import type { Alternative, OsMatch } from "./os-match.ts";

/** A `when` as it would stand in the config. */
export type When = Readonly<Record<string, unknown>>;

/** What nothing matches. */
const NEVER: When = { not: {} };

/** integratord's filters in the grammar of a policy's `when`, alert for alert the same. */
export function whenOf({ level, group, ruleIds, location }: Filters): When {
  const place = location === null ? {} : whenLocation(location);
  if (ruleIds?.length === 0 || place === NEVER) return NEVER;
  return {
    ...(level === 0 ? {} : { "rule.level": `>= ${level}` }),
    ...(group === null ? {} : { "rule.groups": groupsOf(group) }),
    ...(ruleIds === null ? {} : { "rule.id": [...new Set(ruleIds)].map(String) }),
    ...place,
  };
}

/** A group that would be taken for a comparison, a glob or a regex is spelt out as a regex. */
function groupsOf(list: string): readonly string[] {
  const names = list.split(",");
  if (names.length > 1 && names.at(-1) === "") names.pop();
  return [...new Set(names)].map((name) => (/^[\w .:@-]*$/.test(name) ? name : `/^${spelt(name, exactly)}$/`));
}

function whenLocation({ negated, alternatives }: OsMatch): When {
  if (alternatives.some(isOpen)) return negated ? NEVER : { location: "*" };
  const pattern = `/${alternatives.map(regexOf).join("|")}/`;
  return negated ? { location: "*", not: { location: pattern } } : { location: pattern };
}

/** Every text contains, begins and ends with nothing. */
function isOpen({ text, atStart, atEnd }: Alternative): boolean {
  return text === "" && !(atStart && atEnd);
}

function regexOf({ text, atStart, atEnd }: Alternative): string {
  return `${atStart ? "^" : ""}${spelt(text, eitherCase)}${atEnd ? "$" : ""}`;
}

/** Without a sign that a regex could read as anything but itself. */
function spelt(text: string, ofLetter: (letter: string) => string): string {
  return text.replaceAll(/[\x00-\x7f]/g, (c) => {
    if (/[A-Za-z]/.test(c)) return ofLetter(c);
    return /[\d/_ -]/.test(c) ? c : `\\x{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

function exactly(letter: string): string {
  return letter;
}

/** Not `(?i)`, to which a k is a Kelvin sign as well. */
function eitherCase(letter: string): string {
  return `[${letter.toLowerCase()}${letter.toUpperCase()}]`;
}
