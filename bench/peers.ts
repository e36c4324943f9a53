// Other people's programs, where this machine has them. They are run as plain processes, never as services.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian puts most of them where only root's PATH looks. */
const FOLDERS = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin", "/sbin"];

/** Where a program is that goes by one of these names; undefined: it is not installed. */
export function findProgram(...names: readonly string[]): string | undefined {
  return FOLDERS.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

export function notInstalled(what: string, packages: string): string {
  return `${what} is not on this machine (Debian: ${packages}), so our figure stands alone`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
