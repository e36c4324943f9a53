import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as file from "../../test/fixtures/database-file.ts";
import { networkFileSystem } from "./file-system.ts";
import { MIGRATIONS } from "./migrate.ts";
import { openReader } from "./queries.ts";
import { openSqliteStore } from "./sqlite.ts";

describe("a database that can't be used", () => {
  it("is one that a newer Riposte has used", () => {
    const path = file.newPath();
    file.leave(path, 1);
    file.inside(path, (db) => db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`));

    file.expectRefusal(file.tryOpen(path), "newer", path);
    file.expectRefusal(openReader(path), "newer", path);
  });

  it("is one that is too old", () => {
    const path = file.newPath();
    file.leave(path, 1);
    file.inside(path, (db) => db.exec("PRAGMA user_version = 0"));

    file.expectRefusal(file.tryOpen(path), "older_unsupported", path);
  });

  it("is another program's, and stays as it was", () => {
    const path = file.newPath();
    file.inside(path, (db) => db.exec("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)"));
    const before = readFileSync(path);

    file.expectRefusal(file.tryOpen(path), "not_ours", path);
    file.expectRefusal(openReader(path), "not_ours", path);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it("is no database at all, and stays as it was", () => {
    const path = file.newPath();
    const text = "store: sqlite:/var/lib/riposte/riposte.db\n".repeat(100);
    writeFileSync(path, text);

    file.expectRefusal(file.tryOpen(path), "not_ours", path);
    file.expectRefusal(openReader(path), "not_ours", path);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it.each([
    ["overwritten in the middle", (path: string) => overwrite(path, Math.floor(statSync(path).size / 2), 20_000)],
    ["overwritten behind its first 100 bytes", (path: string) => overwrite(path, 100, 4_000)],
    ["cut short", (path: string) => truncateSync(path, statSync(path).size - 20_000)],
  ])("is one that was %s", (_, damage) => {
    const path = file.newPath();
    file.leave(path, 300);
    damage(path);

    file.expectRefusal(file.tryOpen(path), "corrupt", path);
  });

  it("is on a network file system, where nothing is created", () => {
    const path = file.newPath();
    const fileSystemOf = (): number => 0x6969;

    const found = openSqliteStore({ path, synchronous: "full", newInstall: "testtest", fileSystemOf });

    file.expectRefusal(found, "network_file_system", path);
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it.each([
    ["in a folder that is not there", (path: string) => join(path, "riposte.db")],
    ["a folder", (path: string) => (mkdirSync(path), path)],
    ["in a folder that is a file", (path: string) => (writeFileSync(path, ""), join(path, "riposte.db"))],
    ["in a folder that takes no files", () => "/proc/riposte.db"],
  ])("is %s", (_, place) => {
    const path = place(file.newPath());

    file.expectRefusal(file.tryOpen(path), "unwritable", path);
  });

  it("is not there, or still empty, for one who only reads", () => {
    const path = file.newPath();

    file.expectRefusal(openReader(path), "missing", path);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, "");
    file.expectRefusal(openReader(path), "missing", path);
  });

  it("leaves no lock behind", () => {
    const path = file.newPath();
    writeFileSync(path, "text ".repeat(1_000));
    file.tryOpen(path);
    rmSync(path);

    expect(file.open(path).install).toBe("testtest");
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

function overwrite(path: string, from: number, length: number): void {
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(length, 0xa5), 0, length, from);
  closeSync(file);
}
