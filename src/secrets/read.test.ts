import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSecrets } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "riposte-secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));

let now = 1_000_000;
const env = { TOKEN: "abc\n", EMPTY: "", LARGE: "x".repeat(65_537) };
const secrets = openSecrets({ now: () => now }, env);

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test("a secret is read from the environment", async () => {
  expect(await secrets.read({ env: "TOKEN" })).toMatchObject({ kind: "value", value: "abc" });
});

test("a secret is read from a file, without the line end behind it", async () => {
  const json = '{"JIRA_URL":"https://jira.example","JIRA_API_KEY":"k","JIRA_PROJECT_KEY":"SEC"}';

  expect(await secrets.read({ file: file("unix", "abc\n") })).toMatchObject({ kind: "value", value: "abc" });
  expect(await secrets.read({ file: file("windows", "abc\r\n\r\n") })).toMatchObject({ kind: "value", value: "abc" });
  expect(await secrets.read({ file: file("inside", " a\nb \n") })).toMatchObject({ kind: "value", value: " a\nb " });
  expect(await secrets.read({ file: file("json", `${json}\n`) })).toMatchObject({ kind: "value", value: json });
  expect(await secrets.read({ file: file("full", `${"x".repeat(65_536)}\r\n`) })).toMatchObject({ kind: "value" });
});

test("a rotated file is in use two seconds later at the latest", async () => {
  const path = file("rotated", "old");
  expect(await secrets.read({ file: path })).toMatchObject({ kind: "value", value: "old" });
  // As Kubernetes does it: a link is turned to another file.
  symlinkSync(file("rotated-new", "new"), join(folder, "rotated-link"));
  renameSync(join(folder, "rotated-link"), path);

  now += 1_999;
  expect(await secrets.read({ file: path })).toMatchObject({ kind: "value", value: "old" });
  now += 1;
  expect(await secrets.read({ file: path })).toMatchObject({ kind: "value", value: "new" });
});

test("a clock that was set back holds no old value fast", async () => {
  const path = file("set-back", "old");
  await secrets.read({ file: path });
  writeFileSync(path, "new");

  now -= 3_600_000;

  expect(await secrets.read({ file: path })).toMatchObject({ kind: "value", value: "new" });
});

test("a file that was missing is found as soon as it is there", async () => {
  const path = join(folder, "late");
  expect(await secrets.read({ file: path })).toMatchObject({ kind: "unreadable" });

  writeFileSync(path, "abc");

  expect(await secrets.read({ file: path })).toMatchObject({ kind: "value", value: "abc" });
});

test("what can't be read is told by its place, with what to do", async () => {
  const missing = join(folder, "missing");
  const directory = join(folder, "directory");
  mkdirSync(directory);
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const empty = file("empty", "\n");
  const large = file("large", "not-a-real-secret".repeat(10_000));
  const binary = file("binary", Uint8Array.from([0xff, 0xfe, 0x00]));

  const reasons: Record<string, string> = {};
  for (const path of [missing, join(empty, "below"), directory, pipe, empty, large, binary]) {
    const read = await secrets.read({ file: path });
    reasons[path] = read.kind === "unreadable" ? read.why : "";
  }

  expect(reasons).toEqual({
    [missing]: `the secret file ${missing} does not exist. Create it, or correct the path in the config`,
    [join(empty, "below")]:
      `the secret file ${join(empty, "below")} does not exist. Create it, or correct the path in the config`,
    [directory]: `the secret file ${directory} is not a plain file. Name the file itself`,
    [pipe]: `the secret file ${pipe} is not a plain file. Name the file itself`,
    [empty]: `the secret file ${empty} is empty. Put the secret there`,
    [large]: `the secret file ${large} holds more than 64 KiB: is this the right place?`,
    [binary]: `the secret file ${binary} is not UTF-8 text`,
  });
});

test.each([
  ["MISSING", "the environment variable MISSING is not set. Set it where Riposte is started"],
  ["EMPTY", "the environment variable EMPTY is empty. Put the secret there"],
  ["LARGE", "the environment variable LARGE holds more than 64 KiB: is this the right place?"],
  ["toString", "the environment variable toString is not set. Set it where Riposte is started"],
])("the variable %s is told what is wrong with it", async (name, why) => {
  expect(await secrets.read({ env: name })).toEqual({ kind: "unreadable", why });
});

test("a file without read access is told so", async () => {
  const path = file("closed", "abc");
  chmodSync(path, 0o000);

  const read = await asAnotherUser(() => secrets.read({ file: path }));

  expect(read).toMatchObject({ why: expect.stringContaining("Give that user read access") });
});

/** Who is root may read everything, so root becomes nobody for as long as it takes. */
async function asAnotherUser<Result>(act: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
