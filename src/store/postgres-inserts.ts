import { namesOf, type Cell } from "./columns.ts";
import type { Question } from "./postgres-session.ts";
import { arrayTypeOf, columnArray } from "./postgres-values.ts";

/** A statement takes rows up to this length of text: a message to PostgreSQL, and a string of ours, have an end. */
const MOST_CHARS = 16 * 1024 * 1024;

export function piecesOf(rows: readonly (readonly Cell[])[]): (readonly Cell[])[][] {
  const pieces: (readonly Cell[])[][] = [];
  let chars = 0;
  for (const row of rows) {
    const length = row.reduce<number>((sum, cell) => sum + (typeof cell === "string" ? cell.length : 0), 0);
    const last = pieces.at(-1);
    if (last !== undefined && chars + length <= MOST_CHARS) {
      last.push(row);
      chars += length;
    } else {
      pieces.push([row]);
      chars = length;
    }
  }
  return pieces;
}

/** Rows as one array for each column: the text is the same for one row and for a thousand. */
export function insertAll(table: string, list: string): string {
  const arrays = namesOf(list).map((name, i) => `$${i + 1}::${arrayTypeOf(name)}`);
  return `INSERT INTO ${table} (${list}) SELECT * FROM unnest(${arrays.join(", ")})`;
}

export function writing(table: string, text: string, list: string, rows: readonly (readonly Cell[])[]): Question {
  const values = namesOf(list).map((name, i) =>
    columnArray(
      name,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return { name: `put ${table}`, text, values };
}
