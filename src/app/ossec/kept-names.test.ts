import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { keepNames, readNames } from "./kept-names.ts";

it("names are kept where only Riposte reads them, and a damaged file is as good as none", () => {
  const folder = mkdtempSync(join(tmpdir(), "riposte-names-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "ossec-names.json");
  const names = [{ name: "ossec-slack", of: "slack", whole: "a", address: "b", matter: "c", isThere: true }];
  expect(readNames(folder)).toEqual([]);

  keepNames(folder, names);
  const { ino, mode } = statSync(path);
  keepNames(folder, names);

  expect([readNames(folder), statSync(path).ino, mode & 0o777]).toEqual([names, ino, 0o600]);
  writeFileSync(path, '{"v":1,"names":[{}]}');
  expect(readNames(folder)).toEqual([]);
  keepNames(folder, names);
  expect(readNames(folder)).toEqual(names);
});
