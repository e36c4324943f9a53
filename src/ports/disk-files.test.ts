import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { diskFiles } from "./disk-files.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "riposte-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("an open file is read from where one asks, and stays readable when its name is gone", () => {
  const path = join(temporaryFolder(), "a");
  writeFileSync(path, "abcdef");
  const file = diskFiles.open(path);
  if (file.kind !== "open") throw new Error(file.why);
  onTestFinished(() => file.close());
  rmSync(path);

  const into = Buffer.alloc(8, "-");
  expect(file.read(into, 2, 3, 1)).toBe(3);
  expect(into.toString()).toBe("--bcd---");
  expect(file.read(into, 0, 8, 6)).toBe(0);
  expect(file.stat().sizeBytes).toBe(6);
});

test("two names of one file have one inode, another file has another", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a"), "");
  linkSync(join(folder, "a"), join(folder, "b"));
  writeFileSync(join(folder, "c"), "");

  const [a, b, c] = ["a", "b", "c"].map((name) => diskFiles.stat(join(folder, name)));
  expect(b).toEqual(a);
  expect(a).toMatchObject({ sizeBytes: 0, links: 2, modifiedAtMs: Math.trunc(statSync(join(folder, "a")).mtimeMs) });
  expect(c?.inode).not.toBe(a?.inode);
});

test("what is not there is missing, and what is no file is unreadable, a pipe without waiting for a writer", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "d"));
  execFileSync("mkfifo", [join(folder, "p")]);

  expect(diskFiles.open(join(folder, "x"))).toMatchObject({
    kind: "missing",
    why: expect.stringContaining("ENOENT") as string,
  });
  expect(diskFiles.open(join(folder, "d"))).toEqual({ kind: "unreadable", why: "it is a directory" });
  expect(diskFiles.open(join(folder, "p"))).toEqual({ kind: "unreadable", why: "it is not a regular file" });
  expect(diskFiles.stat(join(folder, "x"))).toBeNull();
  expect(diskFiles.list(join(folder, "x"))).toEqual([]);
  expect([...diskFiles.list(folder)].toSorted()).toEqual(["d", "p"]);
});

test("a symbolic link is known by where it leads in the end, and anything else leads nowhere", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a"), "");
  symlinkSync("a", join(folder, "b"));
  symlinkSync(join(folder, "b"), join(folder, "c"));
  symlinkSync("x", join(folder, "dangling"));

  const targets = ["a", "b", "c", "dangling", "x"].map((name) => diskFiles.target(join(folder, name)));
  expect(targets).toEqual([null, join(folder, "a"), join(folder, "a"), null, null]);
});

test("a watch on a file hears what is written under its other name, and one on its folder what becomes of names", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "2026"));
  const [short, dated] = [join(folder, "alerts.json"), join(folder, "2026", "a.json")];
  writeFileSync(dated, "");
  linkSync(dated, short);

  await new Promise<void>((changed) => {
    onTestFinished(diskFiles.watch(short, changed));
    appendFileSync(dated, "x");
  });
  await new Promise<void>((changed) => {
    onTestFinished(diskFiles.watch(folder, changed));
    rmSync(short);
  });
});

test("a watch on nothing hears nothing and can be ended", () => {
  const unwatch = diskFiles.watch(join(temporaryFolder(), "x", "y"), () => {
    throw new Error("heard something");
  });

  unwatch();
  unwatch();
});
