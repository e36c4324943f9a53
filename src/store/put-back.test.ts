import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { opened } from "../../test/conformance/store-rows.ts";
import * as file from "../../test/fixtures/database-file.ts";
import { verifyReader } from "../app/audit/verify.ts";
import type { AuditVerdict } from "../core/audit-verify.ts";
import { restoredChanges } from "../core/restore.ts";
import { newNeed } from "../core/need.ts";
import { APPLICATION_ID } from "./identity.ts";
import { migrate, MIGRATIONS } from "./migrate.ts";
import { copyOnline } from "./online-copy.ts";
import { putBack, type PutBack } from "./put-back.ts";
import { openReader } from "./queries.ts";
import type { StoreError } from "./store.ts";

const dying = fileURLToPath(new URL("../../test/fixtures/restore-and-die.ts", import.meta.url));

/** A backup of three incidents, and a database of five whose server was killed: its log is not in the file yet. */
async function begin(): Promise<{ path: string; from: string; folder: string }> {
  const origin = file.newPath();
  file.leave(origin, 3);
  const from = join(dirname(origin), "backup.db");
  await copyOnline({ path: origin, to: from, progress: () => {} });
  const store = file.open(origin);
  store.commit([...opened(4), ...opened(5)]);
  const path = file.newPath();
  for (const ending of ["", "-wal"]) copyFileSync(origin + ending, path + ending);
  store.close();
  return { path, from, folder: dirname(path) };
}

function restoring(from: string, path: string): Promise<PutBack | StoreError> {
  const changes: Parameters<typeof putBack>[0]["changes"] = (counters, lastIncident) =>
    restoredChanges(counters, { at: 1_000, who: "ana", from, lastIncident });
  return putBack({ from, path, stamp: "now", changes, progress: () => {} });
}

function holds(path: string): readonly [incidents: number, restoredAt: number | null] {
  const store = file.open(path);
  const found = [file.incidentsOf(store), store.restoredAt] as const;
  store.close();
  return found;
}

async function auditOf(path: string): Promise<AuditVerdict> {
  const reader = openReader(path);
  if (reader instanceof Error) throw reader;
  try {
    return await verifyReader(reader, [], []);
  } finally {
    await reader.close();
  }
}

describe("a backup that is put in place", () => {
  it("goes on with its audit's chain, and one from before there was a chain begins it", async () => {
    const { path, from } = await begin();
    await restoring(from, path);
    const chained = await auditOf(path);
    expect(chained).toMatchObject({ fault: null, rows: 1, foundRows: 0 });

    const old = file.newPath();
    file.inside(old, (db) => {
      migrate(db, 0, MIGRATIONS.slice(0, 8), () => {
        db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
        db.exec("INSERT INTO meta (one, install, incident, attempt, audit) VALUES (1, 'testtest', 0, 0, 1)");
      });
      db.exec("INSERT INTO audit VALUES (1, 9, 'ben', 'resolve', '#1')");
    });
    const target = file.newPath();
    await restoring(old, target);
    file.open(target).close();
    expect(await auditOf(target)).toMatchObject({ fault: null, rows: 2, foundRows: 2 });
  });

  it("is there as it was, knows that it was put back, and what was there is kept whole", async () => {
    const { path, from } = await begin();
    const before = readFileSync(from);

    const back = (await restoring(from, path)) as PutBack;

    expect(back).toMatchObject({ facts: { incidents: 3, install: "testtest" }, keptAs: `${path}.before-restore-now` });
    expect(holds(path)).toEqual([3, 1_000]);
    expect(holds(back.keptAs!)).toEqual([5, null]);
    expect(readFileSync(from).equals(before)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path)).filter((name) => name.includes("restoring"))).toEqual([]);
  });

  it("numbers what comes next behind a gap, and writes who did it", async () => {
    const { path, from } = await begin();

    const back = (await restoring(from, path)) as PutBack;

    const store = file.open(path);
    expect(store.read(newNeed()).counters).toMatchObject({ incident: back.lastIncident, audit: 1 });
    expect(back.lastIncident % 1_000).toBe(0);
    store.close();
    expect(file.inside(path, (db) => db.prepare("SELECT who, what, about FROM audit").all())).toEqual([
      { who: "ana", what: "restore", about: from },
    ]);
  });

  it("leaves the log of a database that is gone, under a name of its own", async () => {
    const { from } = await begin();
    const path = file.newPath();
    writeFileSync(`${path}-wal`, "the log of another");

    expect(await restoring(from, path)).toMatchObject({ keptAs: null });

    expect(holds(path)).toEqual([3, 1_000]);
    expect(readFileSync(`${path}.before-restore-now-wal`, "utf8")).toBe("the log of another");
  });

  it("may be files that somebody copied with the log beside them", async () => {
    const { path, from } = await begin();
    const other = file.newPath();
    file.leave(other, 1);

    expect(await restoring(path, other)).toMatchObject({ facts: { incidents: 5 } });

    expect(holds(other)).toEqual([5, 1_000]);
    expect(readdirSync(dirname(from)).filter((name) => name.startsWith("backup"))).toEqual(["backup.db"]);
  });

  it.each([
    ["nothing", (path: string) => path],
    ["an empty file", (path: string) => (writeFileSync(path, ""), path)],
    ["random bytes", (path: string) => (writeFileSync(path, Buffer.alloc(50_000, 0xa5)), path)],
    ["a database that was cut short", (path: string) => (file.leave(path, 300), truncateSync(path, 60_000), path)],
  ])("takes the place of %s", async (_, prepare) => {
    const { from } = await begin();
    const path = prepare(file.newPath());

    expect(await restoring(from, path)).toMatchObject({ facts: { incidents: 3 } });

    expect(holds(path)).toEqual([3, 1_000]);
  });
});

describe("whoever is killed while he puts a backup in place", () => {
  it(
    "leaves the old database or the restored one, and the same command goes through then",
    { timeout: 180_000 },
    async () => {
      const seen = new Set<number>();
      for (const when of ["before", "after"]) {
        for (let at = 1; ; at += 1) {
          const { path, from } = await begin();
          const { signal, stdout } = spawnSync(process.execPath, [dying, from, path, when, String(at)]);
          if (signal === null) {
            expect(stdout.toString()).toBe("restored\n");
            break;
          }
          const [incidents, restoredAt] = holds(path);
          seen.add(incidents);
          expect([incidents, restoredAt], `${when} ${at}`).toEqual(incidents === 5 ? [5, null] : [3, 1]);
          expect(await restoring(from, path)).toMatchObject({ facts: { incidents: 3 } });
          expect(holds(path)).toEqual([3, 1_000]);
        }
      }
      expect([...seen].toSorted((a, b) => a - b)).toEqual([3, 5]);
    },
  );
});

describe("a backup that can't be put in place", () => {
  it.each([
    ["of another program", "not_ours", (path: string) => file.inside(path, (db) => db.exec("CREATE TABLE theirs (a)"))],
    ["no database", "not_ours", (path: string) => writeFileSync(path, "text ".repeat(1_000))],
    ["empty", "not_ours", (path: string) => writeFileSync(path, "")],
    ["damaged", "corrupt", (path: string) => (file.leave(path, 300), truncateSync(path, 60_000))],
    ["of a newer Riposte", "newer", (path: string) => leaveNewer(path)],
  ] as const)("is one that is %s: nothing changes", async (_, code, prepare) => {
    const { path } = await begin();
    const from = file.newPath();
    prepare(from);
    const names = readdirSync(dirname(path)).filter((name) => !name.endsWith("-wal"));

    file.expectRefusal(await restoring(from, path), code, from);

    expect(readdirSync(dirname(path)).filter((name) => !name.endsWith(".lock"))).toEqual(names);
    expect(holds(path)).toEqual([5, null]);
  });

  it("is one that a server works on, or that is to go where one does", async () => {
    const { path, from } = await begin();
    const busy = file.newPath();
    const store = file.open(busy);
    store.commit(opened(1));

    file.expectRefusal(await restoring(busy, path), "locked", busy);
    file.expectRefusal(await restoring(from, busy), "locked", busy);
    expect(file.incidentsOf(store)).toBe(1);
  });

  it("is one that is to go where somebody reads, whose log it would take away", async () => {
    const { path, from } = await begin();
    const reader = new DatabaseSync(path, { readOnly: true });
    reader.exec("BEGIN; SELECT count(*) FROM incident");

    file.expectRefusal(await restoring(from, path), "locked", path);

    reader.close();
    expect(holds(path)).toEqual([5, null]);
  });

  it("is one that is to go over another program's database, or a folder", async () => {
    const { from } = await begin();
    const theirs = file.newPath();
    file.inside(theirs, (db) => db.exec("CREATE TABLE theirs (a)"));
    const folder = file.newPath();
    mkdirSync(folder);

    file.expectRefusal(await restoring(from, theirs), "not_ours", theirs);
    file.expectRefusal(await restoring(from, folder), "unwritable", folder);
    expect(file.inside(theirs, (db) => db.prepare("SELECT count(*) AS n FROM theirs").get())).toEqual({ n: 0 });
  });
});

function leaveNewer(path: string): void {
  file.leave(path, 1);
  file.inside(path, (db) => db.exec("PRAGMA user_version = 900"));
}
