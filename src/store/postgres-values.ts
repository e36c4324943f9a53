// Values on their way to PostgreSQL and back. Lists travel as one parameter each, in PostgreSQL's own writing of
// arrays, so that a statement's text is the same however many rows it is about.
import { types, type CustomTypesConfig } from "pg";
import { TEXT_COLUMNS, type Cell } from "./columns.ts";

const INT8 = 20;
const NUMERIC = 1_700;

/** How node-postgres is to read values: its own way, but for whole numbers, which it would hand over as text. */
export const typesOfValues: CustomTypesConfig = {
  getTypeParser: (type: number, format?: "text" | "binary"): ((value: string) => unknown) =>
    type === INT8 || type === NUMERIC ? exactNumber : (types.getTypeParser(type, format as "text") as typeof String),
};

function exactNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} in the database is no number that Riposte can hold`);
  return number;
}

/** One column of several rows as a PostgreSQL array. Throws where a value does not fit the column's type. */
export function columnArray(column: string, cells: readonly Cell[]): string {
  return TEXT_COLUMNS.has(column) ? textArray(cells, column) : numberArray(cells, column);
}

export function textArray(values: readonly Cell[], column = "list"): string {
  return `{${values.map((value) => textElement(value, column)).join(",")}}`;
}

export function numberArray(values: readonly Cell[], column = "list"): string {
  return `{${values.map((value) => numberElement(value, column)).join(",")}}`;
}

function textElement(value: Cell, column: string): string {
  if (value === null) return "NULL";
  if (typeof value !== "string")
    throw new TypeError(`the column ${column} takes text, and was given a ${typeof value}`);
  return `"${value.replaceAll(/["\\]/g, "\\$&")}"`;
}

function numberElement(value: Cell, column: string): string {
  if (value === null) return "NULL";
  if (!Number.isSafeInteger(value))
    throw new TypeError(`the column ${column} takes whole numbers, and was given another value`);
  return String(value);
}

/** The type that a column's array has. */
export function arrayTypeOf(column: string): "text[]" | "bigint[]" {
  return TEXT_COLUMNS.has(column) ? "text[]" : "bigint[]";
}
