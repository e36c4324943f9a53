import type { Reader } from "./queries.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store, StoreError } from "./store.ts";

/** Where a store is, with all that it takes to get there: a connection string is a secret. */
export type StoreAddress =
  | { readonly kind: "sqlite"; readonly path: string; readonly synchronous: "full" | "normal" | "off" }
  | { readonly kind: "postgres"; readonly connection: string };

export interface OpenOptions {
  /** The id of the database should it have to be created: eight of a-z and 0-9. */
  readonly newInstall: string;
  /** Told once when the way to the database is lost: the store is at its end. */
  readonly lost: (error: StoreError) => void;
}

/** Opens the database to work on it, or says in one sentence why not and what to do. */
export async function openStore(address: StoreAddress, options: OpenOptions): Promise<Store | StoreError> {
  switch (address.kind) {
    case "sqlite":
      return openSqliteStore({ ...address, newInstall: options.newInstall });
    case "postgres": {
      // Loaded when it is used: others need not wait for it.
      const { openPostgresStore } = await import("./postgres.ts");
      return openPostgresStore({ ...options, connection: address.connection });
    }
  }
}

/** Opens it for those who only read. */
export async function openStoreReader(address: StoreAddress): Promise<Reader | StoreError> {
  switch (address.kind) {
    case "sqlite": {
      // Not the Writer's thread: what people's questions take is a twentieth of all that it would hold.
      const { openReader } = await import("./queries.ts");
      return openReader(address.path);
    }
    case "postgres": {
      const { openPostgresReader } = await import("./postgres-reader.ts");
      return openPostgresReader(address.connection);
    }
  }
}
