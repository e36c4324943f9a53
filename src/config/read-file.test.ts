import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readConfigFile } from "./read-file.ts";

const folder = mkdtempSync(join(tmpdir(), "riposte-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test("a file's text is read, with or without a byte order mark", () => {
  expect(readConfigFile(file("plain.yaml", "a: ü\n"))).toEqual({ kind: "text", text: "a: ü\n" });
  expect(readConfigFile(file("bom.yaml", "\ufeffa: 1\n"))).toEqual({ kind: "text", text: "a: 1\n" });
});

test("what can't be read is told in one sentence with what to do", () => {
  const missing = join(folder, "missing.yaml");
  const directory = join(folder, "directory");
  mkdirSync(directory);
  const large = file("large.yaml", `# ${"x".repeat(1_048_576)}`);
  const latin1 = file("latin1.yaml", Uint8Array.from([0x61, 0x3a, 0x20, 0xfc, 0x0a]));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);

  expect([missing, join(latin1, "below"), directory, large, latin1, pipe].map(readConfigFile)).toEqual(
    [
      `${missing}: there is no such file. Name it with --config`,
      `${join(latin1, "below")}: there is no such file. Name it with --config`,
      `${directory}: is a directory. Give the path of the file in it`,
      `${large}: is larger than 1 MiB: is this the right file?`,
      `${latin1}: is not UTF-8 text. Save it as UTF-8`,
      `${pipe}: is not a plain file`,
    ].map((says) => ({ kind: "unreadable", says })),
  );
});

test("a file without read access is told so", () => {
  const path = file("closed.yaml", "a: 1\n");
  chmodSync(path, 0o000);

  const read = asAnotherUser(() => readConfigFile(path));

  expect(read).toMatchObject({ says: expect.stringContaining("Give that user read access") });
});

/** Who is root may read everything, so root becomes nobody for as long as it takes. */
function asAnotherUser<Result>(act: () => Result): Result {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(65_534);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
  }
}
