import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openDurableFolder } from "./durable-folder.ts";

let path: string;

beforeEach(() => {
  const home = mkdtempSync(join(tmpdir(), "riposte-durable-"));
  path = join(home, "state", "deeper");
  return () => rmSync(home, { recursive: true });
});

test("a text is replaced whole, and a half-written one of before never counts", () => {
  const folder = openDurableFolder(path);
  folder.replace("cursor.json", "one");
  writeFileSync(join(path, "cursor.json.new"), "tw");

  expect(folder.read("cursor.json")).toBe("one");
  folder.replace("cursor.json", "three");

  expect(folder.read("cursor.json")).toBe("three");
  expect(readdirSync(path)).toEqual(["cursor.json"]);
  expect(folder.read("gone")).toBeNull();
});

test("only its owner can read what is in it", () => {
  const folder = openDurableFolder(path);
  folder.replace("cursor.json", "one");
  folder.append("aside.ndjson", "line\n", 100);

  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(statSync(join(path, "cursor.json")).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, "aside.ndjson")).mode & 0o777).toBe(0o600);
});

test("a file that is appended to never takes more than twice its bound", () => {
  const folder = openDurableFolder(path);
  for (let n = 0; n < 100; n += 1) folder.append("aside.ndjson", `line ${n} ${"x".repeat(90)}\n`, 1_000);

  expect(statSync(join(path, "aside.ndjson")).size).toBeLessThanOrEqual(1_000);
  expect(statSync(join(path, "aside.ndjson.old")).size).toBeLessThanOrEqual(1_000);
  expect(readFileSync(join(path, "aside.ndjson"), "utf8")).toContain("line 99");
});

test("a folder that is none is refused when it is opened", () => {
  const folder = openDurableFolder(path);
  folder.replace("plain", "");

  expect(() => openDurableFolder(join(path, "plain"))).toThrow(/EEXIST|ENOTDIR/);
  expect(existsSync(join(path, "plain"))).toBe(true);
});
