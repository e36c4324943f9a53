import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Puts a text into a folder of ours, whole or not at all. Throws when the folder takes no writes. */
export function keepFile(folder: string, name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const beside = `${path}.new`;
  writeFileSync(beside, text, { mode: 0o600, flush: true });
  chmodSync(beside, 0o600);
  renameSync(beside, path);
}
