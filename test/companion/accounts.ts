// Throw-away users of this machine, and what is known of one: everything that must be as before after an undo.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mayChangeMachine } from "./needed.ts";

export function canMakeAccounts(): boolean {
  return mayChangeMachine("tests of the companion on real accounts", ["useradd", "chage", "sshd", "ssh", "bash"]);
}

export interface Account {
  readonly name: string;
  readonly home: string;
  readonly password: string;
}

export function anAccount(folder: string): Account {
  const name = `riptest-${randomBytes(4).toString("hex")}`;
  const home = join(folder, name);
  const password = randomBytes(12).toString("hex");
  run("useradd", "-m", "-d", home, "-s", "/bin/sh", name);
  execFileSync("chpasswd", { input: `${name}:${password}\n` });
  return { name, home, password };
}

export function removeAccount({ name, home }: Account): void {
  run("userdel", "-f", name);
  rmSync(home, { recursive: true, force: true });
}

/** Gives it keys with an owner, a mode and times that nothing would get by itself. */
export function giveKeys({ name, home }: Account, key: string): void {
  const folder = join(home, ".ssh");
  mkdirSync(folder, { mode: 0o700, recursive: true });
  writeFileSync(join(folder, "authorized_keys"), `${key}\n`, { mode: 0o640 });
  writeFileSync(join(folder, "authorized_keys2"), "# none\n", { mode: 0o604 });
  run("chown", "-R", `${name}:daemon`, folder);
  run("touch", "-d", "2020-02-02 02:02:02", join(folder, "authorized_keys"));
}

function shadowOf({ name }: Account): string {
  return lineOf("/etc/shadow", name);
}

/** All that a hold may touch: its lines, and each file in its home with owner, mode, inode, time, link and content; of a folder not its time, which a rename sets. */
export function stateOf(account: Account): string {
  const { name, home } = account;
  const files = run(
    "sh",
    "-c",
    `find "$0" -path '*/.ssh*' -printf '%p %y %U %G %m %i %l' '(' -type d -printf '\n' -o -printf ' %s %T@\n' ')'`,
    home,
  );
  const contents = run("find", home, "-path", "*/.ssh/*", "-type", "f", "-exec", "sha256sum", "{}", "+");
  return [lineOf("/etc/passwd", name), shadowOf(account), ...sorted(files), ...sorted(contents)].join("\n");
}

/** The processes of the user, without those that are dead and that nobody has asked after yet. */
export function processesOf({ name }: Account): number {
  const uid = lineOf("/etc/passwd", name).split(":")[2] ?? "";
  return readdirSync("/proc").filter((pid) => {
    const status = /^\d+$/.test(pid) ? statusOf(pid) : "";
    return new RegExp(`^Uid:.*\\b${uid}\\b`, "m").test(status) && !/^State:\s+[ZX]/m.test(status);
  }).length;
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

export function run(command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

function lineOf(file: string, name: string): string {
  return (
    readFileSync(file, "utf8")
      .split("\n")
      .find((line) => line.startsWith(`${name}:`)) ?? ""
  );
}

function sorted(text: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .toSorted();
}
