// The Writer's thread: the only file of the engine that opens a database.
import { randomInt } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import type { DestinationSettings, Drawer } from "../connectors/connector.ts";
import { systemClock } from "../ports/clock.ts";
import { systemRandom } from "../ports/random.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { StoreError, type Store } from "../store/store.ts";
import type { ReadFacts } from "./paint.ts";
import type { FromWriter, WriterThreadData } from "./wire.ts";
import { hostWriter } from "./writer-host.ts";

export interface WriterThreadParts {
  readonly openDestinations: (settings: readonly DestinationSettings[]) => ReadonlyMap<string, Drawer>;
  readonly readFacts: ReadFacts;
  /** Stands between the Writer and the store. */
  readonly wrap?: (store: Store) => Store;
}

/** Opens the database and serves it to whoever started the thread. */
export function runWriterThread({ openDestinations, readFacts, wrap }: WriterThreadParts): void {
  if (parentPort === null) throw new Error("the Writer's thread is started by startWriterThread");
  const { path, synchronous, snapshot } = workerData as WriterThreadData;
  const store = openSqliteStore({ path, synchronous, newInstall: newInstall() });
  if (store instanceof StoreError) {
    const { code, message } = store;
    parentPort.postMessage([{ kind: "not_opened", code, message } satisfies FromWriter]);
    return;
  }
  hostWriter(parentPort, {
    store: wrap?.(store) ?? store,
    clock: systemClock,
    random: systemRandom,
    snapshot,
    openDestinations,
    readFacts,
  });
}

/** Eight letters and digits: enough that no two installations that write to one Jira share a mark. */
function newInstall(): string {
  return Array.from({ length: 8 }, () => randomInt(36).toString(36)).join("");
}
