import type { StartFailure } from "../app.ts";
import type { StoreConfig } from "../config/store.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { StoreAddress } from "../store/open.ts";

/** Where the store is, with the secret that it takes to get there, or why that can't be read. */
export async function storeAddressOf(store: StoreConfig, secrets: Secrets): Promise<StoreAddress | StartFailure> {
  switch (store.kind) {
    case "sqlite":
      return { kind: "sqlite", path: store.path, synchronous: "full" };
    case "postgres": {
      const found = await secrets.read(store.connection);
      if (found.kind === "unreadable") {
        const code = found.isAway === true ? "secret_away" : "secret_unreadable";
        return { code, message: `store.postgres: ${found.why.replace(/\.$/, "")}.` };
      }
      return { kind: "postgres", connection: found.value };
    }
  }
}
