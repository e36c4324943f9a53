import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { columnsOf, oneOf, sql, textOf, where, type Sql } from "./sql.ts";

/** As PostgreSQL is asked. */
function numbered(question: Sql): string {
  return textOf(question, (n) => `$${n}`);
}

test("what stands in a question is bound, whatever it is, and never read as SQL", () => {
  const db = new DatabaseSync(":memory:");
  const hostile = "'; DROP TABLE note; --";

  const question = sql`SELECT ${hostile}, ${null}, ${7}`;

  expect(numbered(question)).toBe("SELECT $1, $2, $3");
  expect(
    db
      .prepare(
        textOf(question, () => "?"),
        { returnArrays: true },
      )
      .get(...question.values),
  ).toEqual([hostile, null, 7]);
  db.close();
});

test("a question within a question brings its values in their order", () => {
  const inner = sql`SELECT id FROM note WHERE kind = ${"b"} AND at < ${3}`;

  const question = sql`SELECT ${columnsOf("id, at", "note")} FROM note WHERE a = ${"a"} AND id IN (${inner}) LIMIT ${9}`;

  expect(numbered(question)).toBe(
    "SELECT note.id, note.at FROM note WHERE a = $1 AND id IN (SELECT id FROM note WHERE kind = $2 AND at < $3) LIMIT $4",
  );
  expect(question.values).toEqual(["a", "b", 3, 9]);
});

test("conditions that nobody asks for are left out, and without any there is no WHERE", () => {
  const some = where(null, sql`a = ${1}`, false, sql`b IN ${oneOf(["x", "y"])}`);

  expect(numbered(some)).toBe("WHERE a = $1 AND b IN ($2, $3)");
  expect(some.values).toEqual([1, "x", "y"]);
  expect(numbered(where(null, false))).toBe("");
});
