/** One value of a file of `key: value` lines, and where it stands. */
export interface FlatValue {
  readonly value: string;
  readonly line: number;
  readonly column: number;
}

export type FlatFile =
  | { readonly kind: "read"; readonly values: ReadonlyMap<string, FlatValue> }
  | { readonly kind: "broken"; readonly line: number; readonly column: number; readonly says: string };

/**
 * Reads the part of YAML that a flat list of settings needs, and refuses the rest: a whole YAML parser would take a
 * fifth of the memory that the forwarder may have. What it takes, YAML reads as the same texts.
 */
export function readFlatYaml(text: string): FlatFile {
  const values = new Map<string, FlatValue>();
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  for (const [at, line] of lines.entries()) {
    const broken = (column: number, says: string): FlatFile => ({ kind: "broken", line: at + 1, column, says });
    if (/^[ \t]*(#.*)?$/.test(line) || (/^---[ \t]*$/.test(line) && values.size === 0)) continue;
    const [, key, gap, rest] = /^([a-z][a-z0-9_]*)(:[ \t]*)(.*)$/.exec(line) ?? [];
    if (key === undefined || gap === undefined || rest === undefined) return broken(1, ONE_A_LINE);
    if (gap === ":" && rest !== "") return broken(key.length + 2, "a space has to stand behind the colon");
    if (values.has(key)) return broken(1, `${key} is already there, further up`);
    const column = key.length + gap.length + 1;
    const value = scalar(rest);
    if (value === null)
      return broken(column, rest.startsWith('"') && CONTROL.test(rest) ? CONTROLS_ARE_ESCAPED : NOT_PLAIN);
    values.set(key, { value, line: at + 1, column });
  }
  return { kind: "read", values };
}

const ONE_A_LINE = "expected one key: value a line, with nothing before the key. Example: to: https://riposte:8443";
const NOT_PLAIN = 'not a plain text. Put it in quotes: "..."';
const CONTROLS_ARE_ESCAPED = 'a tab or another control character within "...". Write it as \\t or \\u0009';

const AFTER = "[ \\t]*(?:[ \\t]#.*)?$";
const SINGLE = new RegExp(`^'((?:[^']|'')*)'${AFTER}`);
const CONTROL = /[\u0000-\u001f]/;
// Without them what is between the quotes is read by JSON as YAML reads it.
const DOUBLE = new RegExp(`^("(?:[^"\\\\\u0000-\u001f]|\\\\["\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*")${AFTER}`);
/** Begins with nothing that means something else in YAML. */
const PLAIN = /^[A-Za-z0-9/._~(+=][^\u0000-\u001f\u007f]*$/;

/** Null: it is no text in a form that is read here. */
function scalar(written: string): string | null {
  const single = SINGLE.exec(written)?.[1];
  if (single !== undefined) return single.replaceAll("''", "'");
  const double = DOUBLE.exec(written)?.[1];
  if (double !== undefined) return JSON.parse(double) as string;
  const plain = written.replace(/(^|[ \t])#.*$/, "").trimEnd();
  if (plain === "") return "";
  return PLAIN.test(plain) && !/:([ \t]|$)/.test(plain) ? plain : null;
}
