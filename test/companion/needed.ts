import { existsSync } from "node:fs";

const FOLDERS = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

export function hasProgram(name: string): boolean {
  return FOLDERS.some((folder) => existsSync(`${folder}/${name}`));
}

/** Whether tests that change the machine may run here: on Linux, as root, with these programs. Says so where they may not. */
export function mayChangeMachine(what: string, programs: readonly string[]): boolean {
  const missing = programs.filter((name) => !hasProgram(name));
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  if (isRoot && missing.length === 0) return true;
  const lacks = isRoot ? `this machine has no ${missing.join(", ")}` : "they need Linux and root";
  // In CI nothing may be skipped for want of something that it could have installed.
  if (isRoot && process.env["CI"] === "true" && process.env["WITHOUT_COMPANION_TOOLS"] !== "1") {
    throw new Error(`${what}: ${lacks}, or say WITHOUT_COMPANION_TOOLS=1`);
  }
  console.warn(`${what} are left out: ${lacks}`);
  return false;
}
