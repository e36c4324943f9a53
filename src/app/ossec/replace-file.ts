import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

export interface Owned {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export type Replaced =
  | { readonly kind: "replaced" }
  /** Nothing was changed. `why` is a whole sentence with what to do. */
  | {
      readonly kind: "refused";
      readonly code: "changed" | "not_permitted" | "full" | "unwritable";
      readonly why: string;
    };

/** Of the file, or null where there is none. */
export function ownedBy(path: string): Owned | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
}

/**
 * Gives the file other content, whole or not at all, and on the disk when it returns. `was` is what it must still hold
 * at the last moment; null: it must not be there.
 */
export function replaceFile(path: string, bytes: Uint8Array, owned: Owned, was: Uint8Array | null): Replaced {
  const target = realPath(path);
  const beside = `${target}.riposte-new`;
  try {
    // What a process left that died here.
    rmSync(beside, { force: true });
    writeNew(beside, bytes, owned);
    if (!holds(target, was)) {
      rmSync(beside, { force: true });
      const why = `${path} was changed at this very moment, so nothing was written. Run the command once more`;
      return { kind: "refused", code: "changed", why };
    }
    renameSync(beside, target);
    syncFolder(dirname(target));
    return { kind: "replaced" };
  } catch (error) {
    rmSync(beside, { force: true });
    return refusal(path, error);
  }
}

/** Makes a file that was not there; an equal one of before will do. */
export function makeCopy(path: string, bytes: Uint8Array, owned: Owned): Replaced {
  if (holds(path, bytes)) return { kind: "replaced" };
  return replaceFile(path, bytes, owned, null);
}

function writeNew(path: string, bytes: Uint8Array, { mode, uid, gid }: Owned): void {
  const file = openSync(path, "wx", 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    const stat = statSync(path);
    if (stat.uid !== uid || stat.gid !== gid) fchownSync(file, uid, gid);
    fchmodSync(file, mode);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function holds(path: string, bytes: Uint8Array | null): boolean {
  try {
    const now = readFileSync(path);
    return bytes !== null && Buffer.compare(now, bytes) === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return bytes === null;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return path;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function refusal(path: string, error: unknown): Replaced {
  const code = String((error as NodeJS.ErrnoException).code ?? error);
  if (code === "EACCES" || code === "EPERM")
    return {
      kind: "refused",
      code: "not_permitted",
      why: `${path} can't be replaced with its owner and mode as this user. Run this as root (sudo)`,
    };
  if (code === "ENOSPC" || code === "EDQUOT")
    return { kind: "refused", code: "full", why: `${path} can't be written: the disk is full. Free some room` };
  if (code === "EBUSY")
    return {
      kind: "refused",
      code: "unwritable",
      why: `${path} is mounted by itself (a ConfigMap, a bind mount), so it can't be replaced. Change it where it comes from`,
    };
  return { kind: "refused", code: "unwritable", why: `${path} can't be written: ${code}. Make its folder writable` };
}
