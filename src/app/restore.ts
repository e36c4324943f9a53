import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Config } from "../config/schema.ts";
import { nameOfStore } from "../config/store.ts";
import { newNeed } from "../core/need.ts";
import { restoredChanges } from "../core/restore.ts";
import type { Instant } from "../core/time.ts";
import { systemClock } from "../ports/clock.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";
import type { CopyProgress } from "../store/online-copy.ts";
import { openStore, openStoreReader } from "../store/open.ts";
import { serverTools } from "../store/postgres-tools.ts";
import { putBack } from "../store/put-back.ts";
import { StoreError } from "../store/store.ts";
import type { StartFailure } from "../app.ts";
import { makeFolder } from "./make-folder.ts";
import { isSameFile } from "./same-file.ts";
import { storeAddressOf } from "./store-address.ts";

export interface RestoreOptions {
  readonly config: Config;
  /** Null: somebody has put the older state in place already. */
  readonly from: string | null;
  readonly who: string;
  readonly progress: (step: CopyProgress) => void;
}

export interface RestoreReport {
  readonly database: string;
  readonly from: string | null;
  readonly restoredAt: Instant;
  /** Null where the database was in place already. */
  readonly incidents: number | null;
  readonly newestAlertAt: Instant | null;
  /** What was there before; null: nothing, or nothing that this command has moved. */
  readonly keptAs: string | null;
  /** The first incident from now on has a larger number. */
  readonly lastIncident: number;
}

/** Puts a backup in the place of the database, and writes into it that it is an older state. */
export async function restore(options: RestoreOptions): Promise<RestoreReport | StartFailure> {
  const { config, from, who, progress } = options;
  const { store } = config;
  if (from === null) return markInPlace(options);
  if (store.kind === "postgres") return sayOtherTool(config);
  const path = resolve(from);
  const failure = refuseSource(store.path, path) ?? makeFolder(dirname(store.path));
  if (failure !== null) return failure;
  const at = systemClock.now();
  const back = await putBack({
    from: path,
    path: store.path,
    stamp: new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, ""),
    changes: (counters, lastIncident) => restoredChanges(counters, { at, who, from: path, lastIncident }),
    progress,
  });
  if (back instanceof StoreError) return { code: back.code, message: back.message };
  const { facts, keptAs, lastIncident } = back;
  const { incidents, newestAlertAt } = facts;
  return { database: store.path, from: path, restoredAt: at, incidents, newestAlertAt, keptAs, lastIncident };
}

function refuseSource(database: string, from: string): StartFailure | null {
  const there = statSync(from, { throwIfNoEntry: false });
  if (there === undefined) return { code: "missing", message: `${from}: there is no such file: name a backup.` };
  if (!there.isFile()) return { code: "not_ours", message: `${from} is no file: name a backup.` };
  if (isSameFile(database, from)) {
    return {
      code: "not_ours",
      message: `${from} is the database itself: name a backup, or say with --in-place that this is one.`,
    };
  }
  try {
    accessSync(from, constants.R_OK);
    return null;
  } catch {
    return { code: "missing", message: `${from}: this user may not read it: run the command as its owner.` };
  }
}

async function sayOtherTool({ store, aws }: Config): Promise<StartFailure> {
  const address = await storeAddressOf(store, openOwnSecrets(systemClock, aws));
  if (!("kind" in address) || address.kind !== "postgres") return address as StartFailure;
  const tools = serverTools(address.connection);
  if (tools instanceof StoreError) return tools;
  return {
    code: "other_tool",
    message: `The store is PostgreSQL: stop Riposte, put the dump back with ${tools.restore}, then write that down with \`riposte restore --in-place\`, before Riposte starts again.`,
  };
}

/** The database is in place, by whichever way it came there. */
async function markInPlace({ config, who }: RestoreOptions): Promise<RestoreReport | StartFailure> {
  const address = await storeAddressOf(config.store, openOwnSecrets(systemClock, config.aws));
  if (!("kind" in address)) return address;
  // First the one that makes no tables where there are none.
  const reader = await openStoreReader(address);
  if (reader instanceof StoreError) return { code: reader.code, message: reader.message };
  await reader.close();
  const opened = await openStore(address, { newInstall: "unneeded", lost: () => {} });
  if (opened instanceof StoreError) return { code: opened.code, message: opened.message };
  try {
    const at = systemClock.now();
    const { counters } = await opened.read(newNeed());
    const changes = restoredChanges(counters, { at, who, from: "in place", lastIncident: null });
    await opened.commit(changes);
    const after = await opened.read(newNeed());
    return {
      database: nameOfStore(config.store),
      from: null,
      restoredAt: at,
      incidents: null,
      newestAlertAt: null,
      keptAs: null,
      lastIncident: after.counters.incident,
    };
  } catch (error) {
    if (error instanceof StoreError) return { code: error.code, message: error.message };
    throw error;
  } finally {
    await opened.close();
  }
}
