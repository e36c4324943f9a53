import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { opened } from "../../test/conformance/store-rows.ts";
import * as file from "../../test/fixtures/database-file.ts";
import { backupPath, MIGRATIONS } from "./migrate.ts";
import { openReader, type Reader } from "./queries.ts";
import type { Migration } from "./schema.ts";
import { StoreError } from "./store.ts";

describe("an upgrade", () => {
  const second = [...MIGRATIONS, alone("ALTER TABLE audit ADD COLUMN later TEXT")];
  const third = [...second, alone("CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT")];

  it("keeps a copy of what was there before, and only the last such copy", () => {
    const path = file.newPath();
    file.leave(path, 3);

    file.open(path, second).close();
    const copied = file.inside(backupPath(path, 1), (db) => [
      file.pragma(db, "user_version"),
      db.prepare("SELECT count(*) AS n FROM incident").get()?.["n"],
      file.pragma(db, "quick_check"),
    ]);
    const mode = statSync(backupPath(path, 1)).mode & 0o777;
    file.open(path, third).close();

    expect(copied).toEqual([1, 3, "ok"]);
    expect(mode).toBe(0o600);
    expect(readdirSync(join(path, "..")).toSorted()).toEqual(["riposte.db", "riposte.db.lock", "riposte.db.schema-2"]);
    expect(file.inside(path, (db) => file.pragma(db, "user_version"))).toBe(3);
    expect(file.incidentsOf(file.open(path, third))).toBe(3);
  });

  it("makes no copy where there is nothing to upgrade", () => {
    const path = file.newPath();

    file.open(path, third).close();
    file.open(path, third).close();

    expect(readdirSync(join(path, "..")).toSorted()).toEqual(["riposte.db", "riposte.db.lock"]);
  });

  it("that fails leaves the database as it was", () => {
    const path = file.newPath();
    file.leave(path, 3);

    expect(() => file.tryOpen(path, [...second, alone("CREATE TABLE half (id) STRICT; SELECT nonsense")])).toThrow();

    expect(file.inside(path, (db) => [file.pragma(db, "user_version"), columnsOf(db, "half")])).toEqual([2, 0]);
    expect(file.incidentsOf(file.open(path, second))).toBe(3);
  });
});

describe("after an upgrade", () => {
  const added = "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT";

  it("an older program goes on where the migration allows it, and leaves the schema as it is", async () => {
    const path = file.newPath();
    file.leave(path, 1);
    file.open(path, [...MIGRATIONS, { sql: added, olderPrograms: { from: 1 } }]).close();

    const older = file.open(path);
    older.commit(opened(2));
    older.close();
    const reader = openReader(path) as Reader;
    expect(await reader.incident(2)).toMatchObject({ id: 2 });
    await reader.close();

    expect(file.incidentsOf(file.open(path, [...MIGRATIONS, { sql: added, olderPrograms: { from: 1 } }]))).toBe(2);
    expect(file.inside(path, (db) => columnsOf(db, "more"))).toBe(1);
  });

  it("an older program is refused once any migration has shut it out", () => {
    const path = file.newPath();
    file.leave(path, 1);
    const shut = [...MIGRATIONS, alone(added), { sql: "SELECT 1", olderPrograms: { from: 1 } }];
    file.open(path, shut).close();

    const needed = "a program must know schema 2 to work on it, and this one knows 1";
    for (const refusal of [file.tryOpen(path), openReader(path)]) {
      file.expectRefusal(refusal, "newer", path);
      expect(refusal).toMatchObject({ message: expect.stringContaining(needed) });
    }
    expect(file.open(path, shut.slice(0, 2)).install).toBe("testtest");
  });
});

describe("a disk", () => {
  it("that is full refuses a commit, keeps what was there, and takes commits again once there is room", () => {
    const path = file.newPath();
    file.leave(path, 1);
    const store = file.open(path, [...MIGRATIONS, alone("PRAGMA max_page_count = 60")]);
    const large = { incident: 1, slot: 1, ordinal: 2, raw: "x".repeat(300_000) };

    const committing = (): void => store.commit([{ table: "body", row: large }]);

    expect(committing).toThrow(StoreError);
    expect(committing).toThrow(expect.objectContaining({ code: "full" }));
    store.commit(opened(2));
    expect(file.incidentsOf(store)).toBe(2);
  });
});

function alone(sql: string): Migration {
  return { sql, olderPrograms: "none" };
}

function columnsOf(db: DatabaseSync, table: string): number {
  return db.prepare("SELECT name FROM pragma_table_info(?)").all(table).length;
}
