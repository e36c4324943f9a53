// The Writer's thread: the only file of the engine that opens a database.
import { randomBytes, randomInt } from "node:crypto";
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import type { DestinationSettings, Drawer } from "../connectors/connector.ts";
import { systemClock, type Clock } from "../ports/clock.ts";
import { systemRandom } from "../ports/random.ts";
import { openStore } from "../store/open.ts";
import { StoreError, type Store } from "../store/store.ts";
import type { ReadFacts } from "./paint.ts";
import type { FromWriter, WriterThreadData } from "./wire.ts";
import { hostWriter } from "./writer-host.ts";

export interface WriterThreadParts {
  readonly openDestinations: (settings: readonly DestinationSettings[]) => ReadonlyMap<string, Drawer>;
  readonly readFacts: ReadFacts;
  /** Stands between the Writer and the store. */
  readonly wrap?: (store: Store) => Store;
  readonly clock?: Clock;
}

/** Opens the database and serves it to whoever started the thread. */
export function runWriterThread(parts: WriterThreadParts): void {
  if (parentPort === null) throw new Error("the Writer's thread is started by startWriterThread");
  serve(parentPort, parts).catch((error: unknown) => {
    // Nobody has caught it: the thread ends, and whoever started it hears why.
    setImmediate(() => {
      throw error;
    });
  });
}

async function serve(port: MessagePort, parts: WriterThreadParts): Promise<void> {
  const { openDestinations, readFacts, wrap, clock = systemClock } = parts;
  const { store: address, snapshot } = workerData as WriterThreadData;
  const post = (message: FromWriter): void => port.postMessage([message]);
  const lost = ({ message }: StoreError): void => post({ kind: "lost", message });
  const store = await openStore(address, { newInstall: newInstall(), lost });
  if (store instanceof StoreError) {
    const { code, message } = store;
    post({ kind: "not_opened", code, message });
    return;
  }
  hostWriter(port, {
    store: wrap?.(store) ?? store,
    clock,
    random: systemRandom,
    newToken: () => randomBytes(18).toString("base64url"),
    snapshot,
    openDestinations,
    readFacts,
  });
}

/** Eight letters and digits: enough that no two installations that write to one Jira share a mark. */
function newInstall(): string {
  return Array.from({ length: 8 }, () => randomInt(36).toString(36)).join("");
}
