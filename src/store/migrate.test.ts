import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { opened } from "../../test/conformance/store-rows.ts";
import * as file from "../../test/fixtures/database-file.ts";
import { versionOf } from "./identity.ts";
import { backupPath, MIGRATIONS } from "./migrate.ts";
import { openReader, type Reader } from "./queries.ts";
import { programsFrom, type Migration } from "./schema.ts";
import { StoreError } from "./store.ts";

/** The schema that this program makes. */
const newest = MIGRATIONS.length;
const version = versionOf({ schema: newest, programsFrom: programsFrom(MIGRATIONS) });

describe("an upgrade", () => {
  const second = [...MIGRATIONS, alone("ALTER TABLE audit ADD COLUMN later TEXT")];
  const third = [...second, alone("CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT")];

  it("keeps a copy of what was there before, and only the last such copy", () => {
    const path = file.newPath();
    file.leave(path, 3);

    file.open(path, second).close();
    const copied = file.inside(backupPath(path, newest), (db) => [
      file.pragma(db, "user_version"),
      db.prepare("SELECT count(*) AS n FROM incident").get()?.["n"],
      file.pragma(db, "quick_check"),
    ]);
    const mode = statSync(backupPath(path, newest)).mode & 0o777;
    file.open(path, third).close();

    expect(copied).toEqual([version, 3, "ok"]);
    expect(mode).toBe(0o600);
    expect(readdirSync(join(path, "..")).toSorted()).toEqual([
      "riposte.db",
      "riposte.db.lock",
      `riposte.db.schema-${newest + 1}`,
    ]);
    expect(file.inside(path, (db) => file.pragma(db, "user_version"))).toBe(newest + 2);
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

    expect(file.inside(path, (db) => [file.pragma(db, "user_version"), columnsOf(db, "half")])).toEqual([
      newest + 1,
      0,
    ]);
    expect(file.incidentsOf(file.open(path, second))).toBe(3);
  });
});

describe("after an upgrade", () => {
  const added = "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT";

  it("an older program goes on where the migration allows it, and leaves the schema as it is", async () => {
    const path = file.newPath();
    file.leave(path, 1);
    file.open(path, [...MIGRATIONS, { sql: added, olderPrograms: { from: newest } }]).close();

    const older = file.open(path);
    older.commit(opened(2));
    older.close();
    const reader = openReader(path) as Reader;
    expect(await reader.incident(2)).toMatchObject({ id: 2 });
    await reader.close();

    expect(file.incidentsOf(file.open(path, [...MIGRATIONS, { sql: added, olderPrograms: { from: newest } }]))).toBe(2);
    expect(file.inside(path, (db) => columnsOf(db, "more"))).toBe(1);
  });

  it("an older program is refused once any migration has shut it out", () => {
    const path = file.newPath();
    file.leave(path, 1);
    const shut = [...MIGRATIONS, alone(added), { sql: "SELECT 1", olderPrograms: { from: newest } }];
    file.open(path, shut).close();

    const needed = `a program must know schema ${newest + 1} to work on it, and this one knows ${newest}`;
    for (const refusal of [file.tryOpen(path), openReader(path)]) {
      file.expectRefusal(refusal, "newer", path);
      expect(refusal).toMatchObject({ message: expect.stringContaining(needed) });
    }
    expect(file.open(path, shut.slice(0, newest + 1)).install).toBe("testtest");
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

describe("a migration that is killed in the middle", () => {
  it("never happened: what was there is there, an older program goes on, and the next start does it", async () => {
    const path = file.newPath();
    file.leave(path, 3);
    const rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000)";
    const large = alone(
      `CREATE TABLE half (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
       INSERT INTO half ${rows} SELECT i, hex(randomblob(100)) FROM n;`,
    );
    const child = migrating(path, [...MIGRATIONS, large]);

    // More of it is in the log than the cache holds: it is in the middle.
    while ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) < 4_000_000) await setImmediate();
    child.kill("SIGKILL");
    await once(child, "exit");

    const older = file.open(path);
    expect(file.incidentsOf(older)).toBe(3);
    older.close();
    expect(file.inside(path, (db) => [file.pragma(db, "user_version"), columnsOf(db, "half")])).toEqual([version, 0]);
    const next = [...MIGRATIONS, alone("CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT")];
    expect(file.incidentsOf(file.open(path, next))).toBe(3);
    expect(file.inside(path, (db) => [file.pragma(db, "user_version"), columnsOf(db, "half")])).toEqual([
      newest + 1,
      1,
    ]);
  });

  it("as well where it was killed while it made the copy: the next start makes it anew", async () => {
    const path = file.newPath();
    const store = file.open(path);
    for (let id = 1; id <= 20; id += 1) {
      store.commit([...opened(id), { table: "body", row: { incident: id, slot: 0, ordinal: 1, raw: large(id) } }]);
    }
    store.close();
    const next = [...MIGRATIONS, alone("CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT")];
    const child = migrating(path, next);

    while (statSync(`${backupPath(path, newest)}.unfinished`, { throwIfNoEntry: false }) === undefined)
      await setImmediate();
    child.kill("SIGKILL");
    await once(child, "exit");

    expect(file.incidentsOf(file.open(path, next))).toBe(20);
    expect(readdirSync(join(path, "..")).filter((name) => name.includes("schema"))).toEqual([
      `riposte.db.schema-${newest}`,
    ]);
    expect(file.inside(backupPath(path, newest), (db) => file.pragma(db, "quick_check"))).toBe("ok");
  });
});

function large(id: number): string {
  return `${id} `.repeat(400_000);
}

/** Another process that upgrades the database. */
function migrating(path: string, migrations: readonly Migration[]): ChildProcess {
  const here = new URL(".", import.meta.url).href;
  const code = `
    const { openSqliteStore } = await import("${here}sqlite.ts");
    const migrations = ${JSON.stringify(migrations)};
    openSqliteStore({ path: ${JSON.stringify(path)}, synchronous: "full", newInstall: "testtest", migrations });
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}
