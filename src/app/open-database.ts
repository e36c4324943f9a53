import type { StartFailure } from "../app.ts";
import type { Config } from "../config/schema.ts";
import { folderOf } from "../config/store.ts";
import { SECOND_MS } from "../core/time.ts";
import type { WriterDoor } from "../engine/door.ts";
import { startWriterThread, type NotOpened, type WriterThreadOptions } from "../engine/writer-client.ts";
import type { Snapshot } from "../core/snapshot.ts";
import type { Secrets } from "../ports/secrets.ts";
import { openStoreReader, type StoreAddress } from "../store/open.ts";
import type { Reader } from "../store/queries.ts";
import { StoreError } from "../store/store.ts";
import { makeFolder } from "./make-folder.ts";
import { storeAddressOf } from "./store-address.ts";

/** The database as a running server has it: one who writes, and reads for people. */
export interface Database {
  readonly door: WriterDoor;
  readonly reader: Reader;
}

export interface DatabaseOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly snapshot: Snapshot;
  readonly thread: Omit<WriterThreadOptions, "data">;
  /** A server that can't be reached now is tried again; told each time. */
  readonly waits: (message: string) => void;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

const AGAIN_MS = 5 * SECOND_MS;

/**
 * Opens the database, or says why not. A PostgreSQL that is away, or AWS where its address is kept, is waited for: its restarts are none of ours, and
 * whoever watches over a process that ends again and again gives it up in the end.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database | StartFailure> {
  const { config, secrets, thread, snapshot } = options;
  const folder = makeFolder(folderOf(config));
  if (folder !== null) return folder;
  for (;;) {
    const address = await storeAddressOf(config.store, secrets);
    if (!("kind" in address)) {
      if (address.code !== "secret_away" || options.signal.aborted) return address;
      options.waits(address.message);
      await aWhile(options);
      continue;
    }
    const opened = await open(address, { ...thread, data: { store: address, snapshot } });
    if ("door" in opened || opened.code !== "unreachable") return opened;
    if (options.signal.aborted) return opened;
    options.waits(opened.message);
    await aWhile(options);
  }
}

async function open(address: StoreAddress, thread: WriterThreadOptions): Promise<Database | StartFailure> {
  const door = await startWriterThread(thread);
  if (!("submit" in door)) return door satisfies NotOpened;
  const reader = await openStoreReader(address);
  if (!(reader instanceof StoreError)) return { door, reader };
  await door.close();
  return { code: reader.code, message: reader.message };
}

function aWhile({ signal, thread }: DatabaseOptions): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = thread.clock.after(AGAIN_MS, end);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
