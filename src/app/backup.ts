import { existsSync, statfsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Config } from "../config/schema.ts";
import type { Instant } from "../core/time.ts";
import { systemClock } from "../ports/clock.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";
import { copyOnline, type CopyProgress } from "../store/online-copy.ts";
import { serverTools } from "../store/postgres-tools.ts";
import { StoreError } from "../store/store.ts";
import type { StartFailure } from "../app.ts";
import { isSameFile } from "./same-file.ts";
import { storeAddressOf } from "./store-address.ts";

export interface BackupOptions {
  readonly config: Config;
  readonly to: string;
  /** A file that is there already may be replaced. */
  readonly force: boolean;
  readonly progress: (step: CopyProgress) => void;
}

export interface BackupReport {
  readonly path: string;
  readonly database: string;
  readonly bytes: number;
  readonly schema: number;
  readonly install: string;
  readonly incidents: number;
  readonly newestAlertAt: Instant | null;
  readonly tookMs: number;
}

/** Copies the database, running server or none, or says why not. What was at `to` is there until the copy is whole. */
export async function backUp({ config, to, force, progress }: BackupOptions): Promise<BackupReport | StartFailure> {
  const { store } = config;
  if (store.kind === "postgres") {
    const address = await storeAddressOf(store, openOwnSecrets(systemClock, config.aws));
    if (!("kind" in address) || address.kind !== "postgres") return address as StartFailure;
    const tools = serverTools(address.connection);
    if (tools instanceof StoreError) return tools;
    return {
      code: "other_tool",
      message: `The store is PostgreSQL, which its own tools copy while Riposte runs: ${tools.dump} asks for the password, or finds it in ~/.pgpass.`,
    };
  }
  const path = resolve(to);
  const failure = refuseTarget(store.path, path, force);
  if (failure !== null) return failure;
  const beganAt = performance.now();
  const facts = await copyOnline({ path: store.path, to: path, progress });
  if (facts instanceof StoreError) return { code: facts.code, message: facts.message };
  const tookMs = Math.round(performance.now() - beganAt);
  return { path, database: store.path, bytes: statSync(path).size, ...facts, tookMs };
}

/** What can be said before a byte is written. */
function refuseTarget(database: string, to: string, force: boolean): StartFailure | null {
  if (!existsSync(database)) {
    return { code: "missing", message: `${database}: there is no database, so no server ever ran with this config.` };
  }
  const cannot = (message: string): StartFailure => ({ code: "unwritable", message });
  const folder = statSync(dirname(to), { throwIfNoEntry: false });
  if (folder?.isDirectory() !== true) {
    return cannot(`${dirname(to)} is no folder that is there: make it first, or name a file in another.`);
  }
  const own = ["", "-wal", "-shm", ".lock", ".reserve"].map((ending) => database + ending);
  if (own.some((file) => file === to || isSameFile(file, to))) {
    return cannot(`${to} is the database itself or belongs to it: name another file.`);
  }
  const there = statSync(to, { throwIfNoEntry: false });
  if (there?.isDirectory() === true)
    return cannot(`${to} is a folder: name a file in it, like ${join(to, "riposte.db")}.`);
  if (there !== undefined && !there.isFile()) return cannot(`${to} is no file: name one.`);
  if (there !== undefined && !force)
    return cannot(`${to} is there already: name another file, or replace it with --force.`);
  const needed = statSync(database).size;
  const { bavail, bsize } = statfsSync(dirname(to));
  if (bavail * bsize >= needed) return null;
  return {
    code: "full",
    message: `There is no room for the copy at ${to}: it takes ${needed} bytes and ${bavail * bsize} are free, so free some, or name a file on another disk.`,
  };
}
