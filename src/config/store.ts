import { posix } from "node:path";
import { z } from "zod";
import type { SecretRef } from "../ports/secrets.ts";
import { isMap } from "./problem.ts";
import { SecretField } from "./secret.ts";

/** Where everything is kept. */
export type StoreConfig =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly connection: SecretRef };

const STORE = "sqlite:/var/lib/riposte/riposte.db";
const POSTGRES = "{ postgres: { file: /etc/riposte/postgres } }";
const FOLDER = "/var/lib/riposte";
const RULE = `expected sqlite: and an absolute path, or ${POSTGRES}. Example: ${STORE}`;

const Sqlite = z
  .string({ error: RULE })
  .regex(/^sqlite:\/./, { error: ({ input }) => textTrouble(input), abort: true })
  .meta({ examples: [STORE] })
  .transform((text): StoreConfig => ({ kind: "sqlite", path: text.slice("sqlite:".length) }));

const Postgres = z
  .strictObject({ postgres: SecretField })
  .transform(({ postgres }): StoreConfig => ({ kind: "postgres", connection: postgres }));

export const Store = z
  .union([Sqlite, Postgres], {
    error: ({ input }) => (isMap(input) && "postgres" in input ? undefined : textTrouble(input)),
  })
  .prefault(STORE)
  .meta({
    description: "The database: a file on a local disk, or where the connection string of a PostgreSQL database is.",
    examples: [STORE],
  });

/** What stands there may hold a password, so no word of it is repeated. */
function textTrouble(input: unknown): string {
  if (typeof input !== "string" || !/^postgres(ql)?:/i.test(input)) return RULE;
  return `a connection string does not belong in this file. Put it where only Riposte can read it and write ${POSTGRES} here; whoever has seen this file knows its password, so get a new one`;
}

/** What people know the database by; nothing of it is secret. */
export function nameOfStore(store: StoreConfig): string {
  switch (store.kind) {
    case "sqlite":
      return store.path;
    case "postgres":
      return `PostgreSQL (${nameOfPlace(store.connection)})`;
  }
}

function nameOfPlace(place: SecretRef): string {
  if ("file" in place) return place.file;
  if ("env" in place) return place.env;
  return "aws" in place ? `AWS ${place.aws}` : place.ossec.file;
}

/** Where the admin socket is unless the config says where. */
export function usualSocket(store: StoreConfig): string {
  return posix.join(store.kind === "sqlite" ? posix.dirname(store.path) : FOLDER, "riposte.sock");
}

/** The folder of what is kept on this machine besides: that of the database's file, or else of the admin socket. */
export function folderOf({ store, socket }: { readonly store: StoreConfig; readonly socket: string }): string {
  return posix.dirname(store.kind === "sqlite" ? store.path : socket);
}
