import { constants } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { sayNoneLeft } from "../core/open-files.ts";
import { plainLine } from "../core/plain-text.ts";
import type { Program } from "./processes.ts";

/** Why the program could not be run as it lies there, in one sentence with what to do; null: nothing speaks against it. */
export async function whyNotRunnable({ folder, path }: Program): Promise<string | null> {
  const inside = await stat(folder).catch(codeOf);
  if (typeof inside === "string" || !inside.isDirectory())
    return `there is no folder ${folder}${inside === "EACCES" ? " that Riposte may enter" : ""}: say where Wazuh is`;
  const whole = join(folder, path);
  const found = await stat(whole).catch(codeOf);
  if (found === "ENOENT" || found === "ENOTDIR") return `${whole} is not there: put the script there, root:wazuh, 0750`;
  if (found === "ELOOP") return `${whole} is a link that leads to itself: put the script there`;
  if (typeof found === "string") return `${whole} can't be seen (${found}): ${LET_IN}`;
  if (found.isDirectory()) return `${whole} is a folder: put the script itself there`;
  if (!found.isFile()) return `${whole} is no regular file: put the script there`;
  if (!(await may(whole, constants.X_OK))) return `${whole} may not be executed by Riposte's user: ${LET_IN}`;
  const isOpen = mayChange(found.mode, process.geteuid?.() ?? null, await may(whole, constants.W_OK));
  return isOpen ? `${whole} could be changed by whoever runs it, so neither Wazuh nor Riposte does: ${SHUT}` : null;
}

const LET_IN = "make it root:wazuh, 0750, and put Riposte's user into the group wazuh";
const SHUT = "make it root:wazuh, 0750";

/** Wazuh runs nothing that its own user could change. For root, who can change everything, others count. */
export function mayChange(mode: number, userId: number | null, mayWrite: boolean): boolean {
  return userId === 0 ? (mode & 0o022) !== 0 : mayWrite;
}

/** What the operating system's refusal to start it means, in one sentence with what to do. */
export async function sayNotStarted({ folder, path }: Program, code: string): Promise<string> {
  const whole = join(folder, path);
  switch (code) {
    case "ENOENT":
    case "ENOTDIR": {
      const interpreter = await interpreterOf(whole);
      if (interpreter === null) return `${whole} went away, or its loader is not there: put it there again`;
      return `${whole} can't be started: its first line names ${interpreter}, which is not there: mend that line, or install it`;
    }
    case "EACCES":
    case "EPERM": {
      const interpreter = await interpreterOf(whole);
      const of = interpreter === null ? "" : `, or ${interpreter} in its first line`;
      return `${whole} may not be executed${of} (${code}): look at their modes, and whether the file system is mounted noexec`;
    }
    case "ENOEXEC":
      return `${whole} is no program: begin it with a line such as #!/bin/sh`;
    case "ETXTBSY":
      return `${whole} is being written to: it is tried again when that is over`;
    case "EAGAIN":
      return `no more processes may be started (${code}); raise the limit, TasksMax= where systemd starts Riposte or the pod's, or lower concurrency`;
    case "ENOMEM":
      return `there is not enough memory to start ${whole}: make room, or lower concurrency`;
    case "E2BIG":
      return `the arguments of ${whole} are too long: look whether hook_url and api_key hold what they should`;
    default:
      return sayNoneLeft(code) ?? `${whole} can't be started (${code === "" ? "no reason was given" : code})`;
  }
}

/** What a file that is handed over could not be written for. */
export function sayNotHanded(folder: string, code: string): string {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return `${folder} is full, so the alert can't be handed over: make room there`;
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return `the alert's file can't be written in ${folder} (${code}): let Riposte's user write there; a container with a read-only root needs a volume at ${folder}`;
    case "ENOENT":
    case "ENOTDIR":
      return `there is no folder ${folder} for the alert's file: make it, with mode 1777`;
    default:
      return sayNoneLeft(code) ?? `the alert's file can't be written in ${folder} (${code})`;
  }
}

export function sayTooSlow({ folder }: Program, temporary: string): string {
  return `${folder} or ${temporary} answers too slowly for the script to be run in its time: look at what they lie on`;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

async function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** As it stands behind `#!`; null: there is no such line, or it can't be read. */
async function interpreterOf(path: string): Promise<string | null> {
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(INTERPRETER_BYTES), 0, INTERPRETER_BYTES, 0);
    const [, named] = /^#![ \t]*(\S[^\n]*)/.exec(buffer.toString("utf8", 0, bytesRead)) ?? [];
    if (named === undefined) return null;
    // The line end of Windows belongs to the name, and is not seen.
    return named.endsWith("\r") ? `${plainLine(named)} with a line end of Windows behind it` : plainLine(named);
  } catch {
    return null;
  } finally {
    await file.close();
  }
}

const INTERPRETER_BYTES = 256;
