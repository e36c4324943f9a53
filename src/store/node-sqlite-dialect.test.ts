import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";

interface Tables {
  readonly note: { readonly id: number; readonly text: string };
}

function begin(): Kysely<Tables> {
  const sqlite = new DatabaseSync(":memory:");
  sqlite.exec("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT");
  const db = new Kysely<Tables>({
    dialect: nodeSqliteDialect(sqlite, (error) => new Error("explained", { cause: error })),
  });
  onTestFinished(async () => {
    await db.destroy();
    sqlite.close();
  });
  return db;
}

it("keeps the queries of others out of a transaction that is rolled back", async () => {
  const db = begin();
  const add = (id: number) => db.insertInto("note").values({ id, text: "" }).execute();

  const failed = db.transaction().execute(async (own) => {
    await own.insertInto("note").values({ id: 1, text: "" }).execute();
    await own.insertInto("note").values({ id: 2, text: "" }).execute();
    throw new Error("no");
  });
  const others = [
    add(3),
    db.transaction().execute((own) => own.insertInto("note").values({ id: 4, text: "" }).execute()),
  ];
  await expect(failed).rejects.toThrow("no");
  await Promise.all(others);

  expect(await db.selectFrom("note").select("id").orderBy("id").execute()).toEqual([{ id: 3 }, { id: 4 }]);
});

it("explains what a query meets, and goes on", async () => {
  const db = begin();
  await db.insertInto("note").values({ id: 1, text: "" }).execute();

  await expect(db.insertInto("note").values({ id: 1, text: "" }).execute()).rejects.toThrow("explained");

  expect(await db.selectFrom("note").selectAll().execute()).toEqual([{ id: 1, text: "" }]);
});

it("streams row by row", async () => {
  const db = begin();
  await db
    .insertInto("note")
    .values([1, 2, 3].map((id) => ({ id, text: "" })))
    .execute();
  const ids: number[] = [];

  for await (const { id } of db.selectFrom("note").select("id").stream()) ids.push(id);

  expect(ids).toEqual([1, 2, 3]);
});
