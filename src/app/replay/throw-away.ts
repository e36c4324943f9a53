import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../store/open.ts";
import { StoreError, type Store } from "../../store/store.ts";

/** A database that nobody needs afterwards, in a folder of its own. */
export interface ThrowAway {
  readonly store: Store;
  readonly folder: string;
  /** Of what was made; the store must be closed. */
  remove(): void;
}

export interface NoThrowAway {
  readonly code: string;
  readonly message: string;
}

/** It goes with the process, also when that is ended by a signal it listens to. */
export async function openThrowAway(): Promise<ThrowAway | NoThrowAway> {
  const where = tmpdir();
  let folder: string;
  try {
    folder = mkdtempSync(join(where, "riposte-replay-"));
  } catch (error) {
    const { code = "failed" } = error as NodeJS.ErrnoException;
    return { code: "unwritable", message: `${where}: no folder can be made there (${code}). ${REMEDY}` };
  }
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  const remove = (): void => {
    process.off("exit", clear);
    clear();
  };
  process.on("exit", clear);
  const path = join(folder, "replay.db");
  const address = { kind: "sqlite", path, synchronous: "off" } as const;
  const store = await openStore(address, { newInstall: "replayed", lost: () => {} });
  if (!(store instanceof StoreError)) return { store, folder, remove };
  remove();
  return { code: store.code, message: noThrowAway(folder, store).message };
}

/** The same trouble with the remedy that helps here. */
export function noThrowAway(folder: string, { code }: StoreError): NoThrowAway {
  const what =
    code === "full"
      ? "the disk is full"
      : code === "network_file_system"
        ? "it is on a network file system"
        : "it can't be written";
  return { code, message: `${folder}, where the replay keeps what it needs: ${what}. ${REMEDY}` };
}

const REMEDY = "Name a folder on a local disk with room in TMPDIR";
