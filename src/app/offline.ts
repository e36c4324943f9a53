import { randomInt, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import { snapshotOf } from "../config/snapshot.ts";
import { connectors } from "../connectors/index.ts";
import { Writer } from "../engine/writer.ts";
import { createApi } from "../http/api.ts";
import { createLog } from "../observe/log.ts";
import { createMetrics } from "../observe/metrics.ts";
import { systemClock } from "../ports/clock.ts";
import { systemRandom } from "../ports/random.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";
import { openStore, openStoreReader } from "../store/open.ts";
import { StoreError } from "../store/store.ts";
import type { StartFailure } from "../app.ts";
import { readKept } from "./read-kept.ts";
import { storeAddressOf } from "./store-address.ts";

/** What speaks /v1 without a server: this process holds the engine's lock until `close`. */
export interface Offline {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** Opens the database of a server that does not run. Makes none where there is none. */
export async function openOffline(config: Config, version: string): Promise<Offline | StartFailure> {
  const address = await storeAddressOf(config.store, openOwnSecrets(systemClock, config.aws));
  if (!("kind" in address)) return address;
  if (address.kind === "sqlite" && !existsSync(address.path)) {
    const message = `${address.path}: there is no database, so no server ever ran with this config.`;
    return { code: "missing", message };
  }
  // First the one that makes no tables where there are none.
  const reader = await openStoreReader(address);
  if (reader instanceof StoreError) return { code: reader.code, message: reader.message };
  const store = await openStore(address, { newInstall: newInstall(), lost: () => {} });
  if (store instanceof StoreError) {
    await reader.close();
    return { code: store.code, message: store.message };
  }
  const { snapshot } = snapshotOf(config, connectors);
  const door = new Writer({
    store,
    clock: systemClock,
    random: systemRandom,
    snapshot,
    soon: (turn) => void setImmediate(turn),
    committed: () => {},
    troubled: () => {},
  });
  const api = createApi({
    version,
    startedAt: null,
    clock: systemClock,
    reader,
    door,
    snapshot: () => snapshot,
    ...readKept(() => config.policies),
    sources: () => ({}),
    config: () => null,
    stopping: () => false,
    newId: randomUUID,
    metrics: createMetrics({ version, node: process.version }),
    log: createLog({ level: "error", pretty: true }),
  });
  return {
    fetch: async (request) => api.fetch(request),
    async close() {
      await reader.close();
      await door.close();
    },
  };
}

/** Needed only should the file be an empty one. */
function newInstall(): string {
  return Array.from({ length: 8 }, () => randomInt(36).toString(36)).join("");
}
