import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { opened } from "../../test/conformance/store-rows.ts";
import * as file from "../../test/fixtures/database-file.ts";
import { APPLICATION_ID, versionOf } from "./identity.ts";
import { MIGRATIONS } from "./migrate.ts";
import { openReader, type Reader } from "./queries.ts";
import { programsFrom } from "./schema.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite.ts";

/** What stands in a database that this program made. */
const NEWEST = versionOf({ schema: MIGRATIONS.length, programsFrom: programsFrom(MIGRATIONS) });

describe("a new database", () => {
  it("has from the start what can't be added later", () => {
    const path = file.newPath();
    file.leave(path, 1);

    const { strict, ...set } = file.inside(path, (db) => ({
      autoVacuum: file.pragma(db, "auto_vacuum"),
      applicationId: file.pragma(db, "application_id"),
      schema: file.pragma(db, "user_version"),
      journal: file.pragma(db, "journal_mode"),
      pageBytes: file.pragma(db, "page_size"),
      strict: db.prepare("SELECT name, strict FROM pragma_table_list WHERE name NOT LIKE 'sqlite_%'").all(),
    }));

    expect(set).toEqual({
      autoVacuum: 2,
      applicationId: APPLICATION_ID,
      schema: NEWEST,
      journal: "wal",
      pageBytes: 8_192,
    });
    expect(strict.length).toBeGreaterThan(10);
    expect(strict.filter((table) => table["strict"] !== 1)).toEqual([]);
  });

  it("can be read by this user alone", () => {
    const path = file.newPath();
    const store = file.open(path);
    store.commit(opened(1));

    for (const ending of ["", "-wal", "-shm", ".lock"]) expect(statSync(path + ending).mode & 0o777).toBe(0o600);
  });

  it("keeps its own install id, whatever a later start would have called it", () => {
    const path = file.newPath();
    file.leave(path, 1);

    const store = openSqliteStore({ path, synchronous: "full", newInstall: "another1" });
    onTestFinished(() => (store as SqliteStore).close());

    expect(store).toMatchObject({ install: "testtest" });
  });

  it.each([
    ["an empty file", (path: string) => writeFileSync(path, "")],
    [
      "a file that had just become a database when the machine went down",
      (path: string) => file.inside(path, (db) => db.exec("PRAGMA journal_mode = WAL")),
    ],
  ])("is made of %s", (_, prepare) => {
    const path = file.newPath();
    prepare(path);

    file.leave(path, 1);

    expect(file.inside(path, (db) => [file.pragma(db, "auto_vacuum"), file.pragma(db, "user_version")])).toEqual([
      2,
      NEWEST,
    ]);
  });
});

describe("one engine for each database", () => {
  it("refuses a second one, also by another name of the file, until the first has closed it", () => {
    const path = file.newPath();
    const first = file.open(path);
    symlinkSync(path, `${path}.link`);

    const second = file.tryOpen(path);
    const linked = file.tryOpen(`${path}.link`);
    first.close();

    file.expectRefusal(second, "locked", path);
    file.expectRefusal(linked, "locked", path);
    expect(file.open(path).install).toBe("testtest");
  });

  it("refuses a second process, and takes over from one that was killed, with all that it had committed", async () => {
    const path = file.newPath();
    const holder = await startHolder(path);

    file.expectRefusal(file.tryOpen(path), "locked", path);
    holder.kill("SIGKILL");
    await once(holder, "exit");

    expect(file.incidentsOf(file.open(path))).toBe(100);
  });

  it("does not count those who only read", async () => {
    const path = file.newPath();
    const store = file.open(path);
    store.commit(opened(1));

    const readers = [1, 2].map(() => openReader(path) as Reader);
    const found = await Promise.all(readers.map((reader) => reader.incidents({ limit: 9 })));
    await Promise.all(readers.map((reader) => reader.close()));

    expect(found.map((incidents) => incidents.length)).toEqual([1, 1]);
  });
});

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
