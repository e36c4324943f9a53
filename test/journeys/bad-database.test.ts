// The database in the config can't be used: each time one sentence with what to do, its exit code, and nothing lost.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCliRig, type CliRig } from "../fixtures/cli-rig.ts";
import { leave } from "../fixtures/database-file.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

let rig: CliRig;
beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

const bad: readonly (readonly [name: string, prepare: (path: string) => void, code: number, says: RegExp])[] = [
  ["is a folder", (path) => mkdirSync(path), 73, /is a folder: let `store` name a file in it, like /],
  ["is random bytes", (path) => writeFileSync(path, noise()), 65, /is no database, .*`riposte restore`/],
  [
    "is another program's",
    (path) => run(path, "CREATE TABLE theirs (a)"),
    65,
    /another program's database: name another/,
  ],
  ["was cut short", (path) => (leave(path, 300), truncateSync(path, 60_000)), 65, /is damaged: .*`riposte restore`/],
  [
    "is only a beginning",
    (path) => writeFileSync(path, noise().subarray(0, 60)),
    65,
    /is no database, .*`riposte restore`/,
  ],
  [
    "is a newer Riposte's",
    (path) => old(path, 900),
    65,
    /a newer Riposte .*: install that version again, or .*restore/,
  ],
  ["is too old", (path) => old(path, 0), 65, /too old for this one .*: start a version from between/],
  ["has a second name", (path) => (leave(path, 1), linkSync(path, `${path}.link`)), 73, /another name .*: remove/],
  ["was moved away without its log", (path) => moveAway(path), 65, /put the database back beside it, or move the log/],
];

describe("a database that", () => {
  it.each(bad)(
    "%s is refused in one sentence, and stays as it was",
    { timeout: 120_000 },
    async (_, prepare, code, says) => {
      const config = rig.writeConfig();
      prepare(join(rig.directory, "riposte.db"));
      const before = everything();

      const ended = await rig.riposte("serve", "--config", config, "--log", "error");

      expect(ended.err).toMatch(/^riposte: [^\n]+\.\n$/);
      expect(ended.err).toMatch(says);
      expect(ended.code).toBe(code);
      expect(everything()).toEqual(before);
    },
  );

  it.each([
    ["may not be written", "file", /can't read and write .*riposte\.db \(EACCES\): give it to/],
    ["lies in a folder that may not be written", "folder", /riposte\.db\.lock can't be read and written \(EACCES/],
  ])("%s is refused in one sentence, and no file is left beside it", { timeout: 120_000 }, (_, what, says) => {
    const config = rig.writeConfig();
    const path = join(rig.directory, "riposte.db");
    leave(path, 1);
    rmSync(`${path}.lock`);
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    if (user.uid !== undefined) for (const mine of [path, rig.directory]) chownSync(mine, user.uid, user.gid);
    chmodSync(what === "file" ? path : rig.directory, what === "file" ? 0o444 : 0o555);

    const { status, stderr } = spawnSync(process.execPath, [main, "serve", "--config", config, "--log", "error"], {
      ...user,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: rig.directory },
    });

    chmodSync(rig.directory, 0o700);
    expect(stderr).toMatch(/^riposte: [^\n]+\.\n$/);
    expect(stderr).toMatch(says);
    expect(status).toBe(73);
    expect(readdirSync(rig.directory).filter((name) => /-wal|-shm|reserve/.test(name))).toEqual([]);
  });
});

describe("two servers on one database", () => {
  it("are refused, whatever name the second one has for it", { timeout: 120_000 }, async () => {
    const config = rig.writeConfig();
    await rig.serving(config);
    symlinkSync(join(rig.directory, "riposte.db"), join(rig.directory, "link.db"));
    linkSync(join(rig.directory, "riposte.db"), join(rig.directory, "hard.db"));
    symlinkSync(rig.directory, join(rig.directory, "again"));
    const others = ["riposte.db", "link.db", "again/riposte.db", "hard.db"];

    const ended = await Promise.all(others.map((name) => rig.riposte("serve", "--config", second(config, name))));

    expect(ended.map(({ code }) => code)).toEqual([75, 75, 75, 73]);
    for (const { err } of ended.slice(0, 3))
      expect(err).toMatch(/riposte: Another Riposte is working on \S+riposte\.db: stop/);
    rig.appendAlert(1);
    expect(JSON.parse(await rig.receiver.next())).toMatchObject({ incident: { id: 1 } });
  });
});

function second(config: string, database: string): string {
  const path = join(rig.directory, `${database.replaceAll("/", "-")}.yaml`);
  const text = readFileSync(config, "utf8").replaceAll("riposte.sock", `${database.replaceAll("/", "-")}.sock`);
  writeFileSync(path, text.replace(/store: .*/, `store: "sqlite:${join(rig.directory, database)}"`));
  return path;
}

/** Every file with what is in it, but for the lock, which may come and stay. */
function everything(): Readonly<Record<string, string>> {
  const names = readdirSync(rig.directory).filter((name) => !name.endsWith(".lock"));
  const files = names.filter((name) => statSync(join(rig.directory, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(rig.directory, name), "latin1")]));
}

function noise(): Buffer {
  return Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7_919) % 251));
}

function run(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

function old(path: string, schema: number): void {
  leave(path, 1);
  run(path, `PRAGMA user_version = ${schema}`);
}

function moveAway(path: string): void {
  leave(path, 1);
  const db = new DatabaseSync(path);
  db.exec("UPDATE meta SET audit = 7");
  copyFileSync(`${path}-wal`, `${path}.kept`);
  db.close();
  rmSync(path);
  renameSync(`${path}.kept`, `${path}-wal`);
}
