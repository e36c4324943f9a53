import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { opened } from "../../test/conformance/store-rows.ts";
import * as file from "../../test/fixtures/database-file.ts";
import { mountSmallDisk } from "../../test/fixtures/small-disk.ts";
import { MIGRATIONS } from "./migrate.ts";
import { copyOnline, type CopyProgress } from "./online-copy.ts";
import type { SqliteStore } from "./sqlite.ts";

function fill(store: SqliteStore, megabytes: number): void {
  for (let incident = 1; incident <= megabytes; incident += 1) {
    const row = { incident, slot: 0, ordinal: 1, raw: "x".repeat(1_000_000) };
    store.commit([...opened(incident), { table: "body", row }]);
  }
}

describe("a copy of a database that is worked on", () => {
  it("has what was there when it began, however much is committed meanwhile", async () => {
    const path = file.newPath();
    const store = file.open(path);
    fill(store, 30);
    const to = join(dirname(path), "copy.db");
    const steps: CopyProgress[] = [];
    const progress = (step: CopyProgress): void => {
      steps.push(step);
      if (step.kind === "copying") store.commit(opened(100 + steps.length));
    };

    const facts = await copyOnline({ path, to, progress });

    const copying = steps.filter(({ kind }) => kind === "copying");
    expect(copying.length).toBeGreaterThan(2);
    expect(steps.at(-1)).toEqual({ kind: "checking" });
    expect(facts).toEqual({ schema: MIGRATIONS.length, install: "testtest", incidents: 30, newestAlertAt: null });
    expect(file.incidentsOf(store)).toBe(30 + copying.length);
    expect(statSync(to).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith("copy"))).toEqual(["copy.db"]);
    expect(file.incidentsOf(file.open(to))).toBe(30);
  });

  it("takes the place of an older one, and of one that was left unfinished", async () => {
    const path = file.newPath();
    file.leave(path, 2);
    const to = join(dirname(path), "copy.db");
    for (const name of [to, `${to}.unfinished`]) writeFileSync(name, "old");

    await copyOnline({ path, to, progress: () => {} });

    expect(file.incidentsOf(file.open(to))).toBe(2);
    expect(readdirSync(dirname(path))).not.toContain("copy.db.unfinished");
  });
});

describe("a copy that can't be made leaves nothing behind, and what was there stays", () => {
  it.each([
    ["of a database that is not there", (path: string) => path, "missing"],
    [
      "of another program's",
      (path: string) => (file.inside(path, (db) => db.exec("CREATE TABLE a (b)")), path),
      "not_ours",
    ],
    ["of a damaged one", (path: string) => (file.leave(path, 300), truncateSync(path, 200_000), path), "corrupt"],
    ["of a newer Riposte's", (path: string) => (file.leave(path, 1), newer(path), path), "newer"],
  ] as const)("%s", async (_, prepare, code) => {
    const path = prepare(file.newPath());
    const to = join(dirname(file.newPath()), "copy.db");
    writeFileSync(to, "old");

    file.expectRefusal(await copyOnline({ path, to, progress: () => {} }), code, path);

    expect(readdirSync(dirname(to))).toEqual(["copy.db"]);
    expect(statSync(to).size).toBe(3);
  });

  it.each([
    ["in a folder that takes no files", () => "/proc/copy.db"],
    ["in a folder that is not there", (folder: string) => join(folder, "none", "copy.db")],
    ["over a folder", (folder: string) => (mkdirSync(join(folder, "copy.db")), join(folder, "copy.db"))],
  ])("%s", async (_, place) => {
    const path = file.newPath();
    file.leave(path, 1);
    const to = place(dirname(path));

    file.expectRefusal(await copyOnline({ path, to, progress: () => {} }), "unwritable", to);

    expect(readdirSync(dirname(path)).filter((name) => name.includes("unfinished"))).toEqual([]);
  });

  it("on a disk without room (skipped where this user may not mount one)", async ({ skip }) => {
    const disk = mountSmallDisk(4);
    if (disk === null) return skip();
    const path = file.newPath();
    const store = file.open(path);
    fill(store, 8);
    const to = join(disk.folder, "copy.db");

    file.expectRefusal(await copyOnline({ path, to, progress: () => {} }), "full", to);

    expect(readdirSync(disk.folder)).toEqual([]);
  });
});

function newer(path: string): void {
  file.inside(path, (db) => db.exec("PRAGMA user_version = 900"));
}
