import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { opened } from "../../test/conformance/store-rows.ts";
import { newNeed } from "../core/need.ts";
import { networkFileSystem } from "./file-system.ts";
import { APPLICATION_ID } from "./identity.ts";
import { backupPath, MIGRATIONS, type Migrations } from "./migrate.ts";
import { openReader, type Reader } from "./queries.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite.ts";
import { StoreError, type StoreTrouble } from "./store.ts";

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), "riposte-opening-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "riposte.db");
}

function tryOpen(path: string, migrations: Migrations = MIGRATIONS): SqliteStore | StoreError {
  return openSqliteStore({ path, synchronous: "off", newInstall: "testtest", migrations });
}

function open(path: string, migrations?: Migrations): SqliteStore {
  const store = tryOpen(path, migrations);
  if (store instanceof StoreError) throw store;
  onTestFinished(() => store.close());
  return store;
}

/** Opens, writes incidents 1 to `count`, and closes. */
function leave(path: string, count: number): void {
  const store = open(path);
  for (let id = 1; id <= count; id += 1) store.commit(opened(id));
  store.close();
}

function incidentsOf(store: SqliteStore): number {
  const ids = Array.from({ length: 500 }, (_, i) => i + 1);
  return store.read({ ...newNeed(), incidents: new Set(ids) }).incidents.length;
}

function inside<Answer>(path: string, look: (db: DatabaseSync) => Answer): Answer {
  const db = new DatabaseSync(path);
  try {
    return look(db);
  } finally {
    db.close();
  }
}

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** One sentence that names the file and ends as a sentence does. */
function expectRefusal(found: unknown, code: StoreTrouble, path: string): void {
  expect(found).toBeInstanceOf(StoreError);
  const { message } = found as StoreError;
  expect({ code: (found as StoreError).code, message }).toEqual({ code, message: expect.stringContaining(path) });
  expect(message).toMatch(/^[^\n]+\.$/);
  expect(message.replaceAll(path, "").match(/\. [A-Z]/)).toBeNull();
}

describe("a new database", () => {
  it("has from the start what can't be added later", () => {
    const path = newPath();
    leave(path, 1);

    const { strict, ...set } = inside(path, (db) => ({
      autoVacuum: pragma(db, "auto_vacuum"),
      applicationId: pragma(db, "application_id"),
      schema: pragma(db, "user_version"),
      journal: pragma(db, "journal_mode"),
      strict: db.prepare("SELECT name, strict FROM pragma_table_list WHERE name NOT LIKE 'sqlite_%'").all(),
    }));

    expect(set).toEqual({ autoVacuum: 2, applicationId: APPLICATION_ID, schema: 1, journal: "wal" });
    expect(strict.length).toBeGreaterThan(10);
    expect(strict.filter((table) => table["strict"] !== 1)).toEqual([]);
  });

  it("can be read by this user alone", () => {
    const path = newPath();
    const store = open(path);
    store.commit(opened(1));

    for (const ending of ["", "-wal", "-shm", ".lock"]) expect(statSync(path + ending).mode & 0o777).toBe(0o600);
  });

  it("keeps its own install id, whatever a later start would have called it", () => {
    const path = newPath();
    leave(path, 1);

    const store = openSqliteStore({ path, synchronous: "full", newInstall: "another1" });
    onTestFinished(() => (store as SqliteStore).close());

    expect(store).toMatchObject({ install: "testtest" });
  });

  it.each([
    ["an empty file", (path: string) => writeFileSync(path, "")],
    [
      "a file that had just become a database when the machine went down",
      (path: string) => inside(path, (db) => db.exec("PRAGMA journal_mode = WAL")),
    ],
  ])("is made of %s", (_, prepare) => {
    const path = newPath();
    prepare(path);

    leave(path, 1);

    expect(inside(path, (db) => [pragma(db, "auto_vacuum"), pragma(db, "user_version")])).toEqual([2, 1]);
  });
});

describe("one engine for each database", () => {
  it("refuses a second one, also by another name of the file, until the first has closed it", () => {
    const path = newPath();
    const first = open(path);
    symlinkSync(path, `${path}.link`);

    const second = tryOpen(path);
    const linked = tryOpen(`${path}.link`);
    first.close();

    expectRefusal(second, "locked", path);
    expectRefusal(linked, "locked", path);
    expect(open(path).install).toBe("testtest");
  });

  it("refuses a second process, and takes over from one that was killed, with all that it had committed", async () => {
    const path = newPath();
    const holder = await startHolder(path);

    expectRefusal(tryOpen(path), "locked", path);
    holder.kill("SIGKILL");
    await once(holder, "exit");

    expect(incidentsOf(open(path))).toBe(100);
  });

  it("does not count those who only read", async () => {
    const path = newPath();
    const store = open(path);
    store.commit(opened(1));

    const readers = [1, 2].map(() => openReader(path) as Reader);
    const found = await Promise.all(readers.map((reader) => reader.incidents({ limit: 9 })));
    await Promise.all(readers.map((reader) => reader.close()));

    expect(found.map((incidents) => incidents.length)).toEqual([1, 1]);
  });
});

describe("a database that can't be used", () => {
  it("is one that a newer Riposte has used", () => {
    const path = newPath();
    leave(path, 1);
    inside(path, (db) => db.exec("PRAGMA user_version = 2"));

    expectRefusal(tryOpen(path), "newer", path);
    expectRefusal(openReader(path), "newer", path);
  });

  it("is one that is too old", () => {
    const path = newPath();
    leave(path, 1);
    inside(path, (db) => db.exec("PRAGMA user_version = 0"));

    expectRefusal(tryOpen(path), "older_unsupported", path);
  });

  it("is another program's, and stays as it was", () => {
    const path = newPath();
    inside(path, (db) => db.exec("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)"));
    const before = readFileSync(path);

    expectRefusal(tryOpen(path), "not_ours", path);
    expectRefusal(openReader(path), "not_ours", path);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("is no database at all, and stays as it was", () => {
    const path = newPath();
    const text = "store: sqlite:/var/lib/riposte/riposte.db\n".repeat(100);
    writeFileSync(path, text);

    expectRefusal(tryOpen(path), "not_ours", path);
    expectRefusal(openReader(path), "not_ours", path);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it.each([
    ["overwritten in the middle", (path: string) => overwrite(path, Math.floor(statSync(path).size / 2), 20_000)],
    ["overwritten behind its first 100 bytes", (path: string) => overwrite(path, 100, 4_000)],
    ["cut short", (path: string) => truncateSync(path, statSync(path).size - 20_000)],
  ])("is one that was %s", (_, damage) => {
    const path = newPath();
    leave(path, 300);
    damage(path);

    expectRefusal(tryOpen(path), "corrupt", path);
  });

  it("is on a network file system, where nothing is created", () => {
    const path = newPath();
    const fileSystemOf = (): number => 0x6969;

    const found = openSqliteStore({ path, synchronous: "full", newInstall: "testtest", fileSystemOf });

    expectRefusal(found, "network_file_system", path);
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it.each([
    ["in a folder that is not there", (path: string) => join(path, "riposte.db")],
    ["a folder", (path: string) => (mkdirSync(path), path)],
    ["in a folder that is a file", (path: string) => (writeFileSync(path, ""), join(path, "riposte.db"))],
    ["in a folder that takes no files", () => "/proc/riposte.db"],
  ])("is %s", (_, place) => {
    const path = place(newPath());

    expectRefusal(tryOpen(path), "unwritable", path);
  });

  it("is not there, or still empty, for one who only reads", () => {
    const path = newPath();

    expectRefusal(openReader(path), "missing", path);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "");
    expectRefusal(openReader(path), "missing", path);
  });

  it("leaves no lock behind", () => {
    const path = newPath();
    writeFileSync(path, "text ".repeat(1_000));
    tryOpen(path);
    rmSync(path);

    expect(open(path).install).toBe("testtest");
  });
});

it("tells network file systems from local ones, also where the kernel's number is signed", () => {
  expect([0x6969, 0xff534d42, 0xff534d42 | 0, 0xfe534d42].map(networkFileSystem)).toEqual([
    "NFS",
    "CIFS",
    "CIFS",
    "SMB",
  ]);
  // ext4, xfs, btrfs, tmpfs, overlayfs
  expect([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630].map(networkFileSystem)).toEqual(Array(5).fill(null));
});

describe("an upgrade", () => {
  const second = [...MIGRATIONS, "ALTER TABLE audit ADD COLUMN later TEXT"];
  const third = [...second, "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT"];

  it("keeps a copy of what was there before, and only the last such copy", () => {
    const path = newPath();
    leave(path, 3);

    open(path, second).close();
    const copied = inside(backupPath(path, 1), (db) => [
      pragma(db, "user_version"),
      db.prepare("SELECT count(*) AS n FROM incident").get()?.["n"],
      pragma(db, "quick_check"),
    ]);
    const mode = statSync(backupPath(path, 1)).mode & 0o777;
    open(path, third).close();

    expect(copied).toEqual([1, 3, "ok"]);
    expect(mode).toBe(0o600);
    expect(readdirSync(join(path, "..")).toSorted()).toEqual(["riposte.db", "riposte.db.lock", "riposte.db.schema-2"]);
    expect(inside(path, (db) => pragma(db, "user_version"))).toBe(3);
    expect(incidentsOf(open(path, third))).toBe(3);
  });

  it("makes no copy where there is nothing to upgrade", () => {
    const path = newPath();

    open(path, third).close();
    open(path, third).close();

    expect(readdirSync(join(path, "..")).toSorted()).toEqual(["riposte.db", "riposte.db.lock"]);
  });

  it("that fails leaves the database as it was", () => {
    const path = newPath();
    leave(path, 3);

    expect(() => tryOpen(path, [...second, "CREATE TABLE half (id) STRICT; SELECT nonsense"])).toThrow();

    expect(inside(path, (db) => [pragma(db, "user_version"), columnsOf(db, "half")])).toEqual([2, 0]);
    expect(incidentsOf(open(path, second))).toBe(3);
  });
});

describe("a disk", () => {
  it("that is full refuses a commit, keeps what was there, and takes commits again once there is room", () => {
    const path = newPath();
    leave(path, 1);
    const store = open(path, [...MIGRATIONS, "PRAGMA max_page_count = 60"]);
    const large = { incident: 1, slot: 1, ordinal: 2, raw: "x".repeat(300_000) };

    const committing = (): void => store.commit([{ table: "body", row: large }]);

    expect(committing).toThrow(StoreError);
    expect(committing).toThrow(expect.objectContaining({ code: "full" }));
    store.commit(opened(2));
    expect(incidentsOf(store)).toBe(2);
  });
});

function columnsOf(db: DatabaseSync, table: string): number {
  return db.prepare("SELECT name FROM pragma_table_info(?)").all(table).length;
}

function overwrite(path: string, from: number, length: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, from);
  closeSync(file);
}

/** A process that opens the database, commits a hundred incidents and then does nothing. */
async function startHolder(path: string): Promise<ChildProcess> {
  const here = new URL(".", import.meta.url).href;
  const code = `
    const { openSqliteStore } = await import("${here}sqlite.ts");
    const { opened } = await import("${here}../../test/conformance/store-rows.ts");
    const store = openSqliteStore({ path: ${JSON.stringify(path)}, synchronous: "full", newInstall: "testtest" });
    for (let id = 1; id <= 100; id += 1) store.commit(opened(id));
    console.log("holding");
    setInterval(() => store.install, 1_000_000);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}
