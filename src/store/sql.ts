// Questions for people, written as SQL: what stands in `${}` is bound as a value, unless it is SQL itself.
import { namesOf, type Cell } from "./columns.ts";
import type { Row } from "./rows.ts";

/** Asks the database; the values of a row come in the order in which they were asked for. */
export type Ask = (question: Sql) => Promise<readonly Row[]>;

/** A text with values in it; there is one piece of text more than there are values. */
export interface Sql {
  readonly pieces: readonly string[];
  readonly values: readonly Cell[];
}

export function sql(texts: TemplateStringsArray, ...parts: readonly (Cell | Sql)[]): Sql {
  const pieces = [texts[0] ?? ""];
  const values: Cell[] = [];
  const add = (text: string): void => void pieces.push(`${pieces.pop() ?? ""}${text}`);
  for (const [n, part] of parts.entries()) {
    const inner = typeof part === "object" && part !== null ? part : { pieces: ["", ""], values: [part] };
    const [first = "", ...rest] = inner.pieces;
    add(first);
    pieces.push(...rest);
    values.push(...inner.values);
    add(texts[n + 1] ?? "");
  }
  return { pieces, values };
}

/** What a question's text is to a database that writes the place of the nth value, from 1, as `place` says. */
export function textOf({ pieces }: Sql, place: (n: number) => string): string {
  return pieces.reduce((text, piece, n) => text + place(n) + piece);
}

/** SQL that is written in this program, and nowhere else. */
function plain(text: string): Sql {
  return { pieces: [text], values: [] };
}

/** The columns of a list, with the name of their table where the question has several. */
export function columnsOf(list: string, table?: string): Sql {
  const names = namesOf(list);
  return plain((table === undefined ? names : names.map((name) => `${table}.${name}`)).join(", "));
}

/** `WHERE` all of them; those that are null or false are not asked for. */
export function where(...conditions: readonly (Sql | null | false)[]): Sql {
  const asked = conditions.filter((condition) => condition !== null && condition !== false);
  return asked.reduce((all, one, n) => (n === 0 ? sql`WHERE ${one}` : sql`${all} AND ${one}`), plain(""));
}

/** `(a, b, c)`, behind IN. */
export function oneOf(values: readonly Cell[]): Sql {
  const list = values.reduce<Sql>((all, value, n) => (n === 0 ? sql`${value}` : sql`${all}, ${value}`), plain(""));
  return sql`(${list})`;
}

/** Of a question to which there is one row at most. */
export function only<Found>([row]: readonly Row[], of: (row: Row) => Found): Found | null {
  return row === undefined ? null : of(row);
}
