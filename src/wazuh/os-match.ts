/** One alternative of a pattern, in lower case. */
export interface Alternative {
  readonly text: string;
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

/** Wazuh's OSMatch, which its pages call sregex: no regular expression, but texts, ends and one "not". */
export interface OsMatch {
  /** A `!` before everything: what no alternative matches. Anywhere else it is a character like others. */
  readonly negated: boolean;
  readonly alternatives: readonly Alternative[];
}

export function parseOsMatch(pattern: string): OsMatch {
  const negated = pattern.startsWith("!");
  const alternatives = (negated ? pattern.slice(1) : pattern).split("|").map((written): Alternative => {
    const atStart = written.startsWith("^");
    const atEnd = written.endsWith("$");
    const text = written.slice(atStart ? 1 : 0, atEnd ? -1 : undefined);
    return { text: lowerAscii(text), atStart, atEnd };
  });
  return { negated, alternatives };
}

export function osMatches({ negated, alternatives }: OsMatch, text: string): boolean {
  const lower = lowerAscii(text);
  return negated !== alternatives.some((alternative) => matches(alternative, lower));
}

function matches({ text, atStart, atEnd }: Alternative, lower: string): boolean {
  if (atStart && atEnd) return lower === text;
  if (atStart) return lower.startsWith(text);
  return atEnd ? lower.endsWith(text) : lower.includes(text);
}

/** Wazuh compares bytes: a letter beyond ASCII is equal to itself only. */
export function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
