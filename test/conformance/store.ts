// What every store must do, whatever it is made of. `storeSuite` is called once for each kind.
import { onTestFinished } from "vitest";
import type { Change } from "../../src/core/change.ts";
import type { Reader } from "../../src/store/queries.ts";
import type { Store } from "../../src/store/store.ts";
import { agentSuite } from "./store-agents.ts";
import { auditSuite } from "./store-audit.ts";
import { claimSuite } from "./store-claims.ts";
import { commitSuite } from "./store-commits.ts";
import { factSuite } from "./store-facts.ts";
import { hushSuite } from "./store-hushed.ts";
import { peopleSuite } from "./store-people.ts";
import { retentionSuite } from "./store-retention.ts";
import { windowSuite } from "./store-windows.ts";
import { responseSuite } from "./store-responses.ts";

export interface OpenedStore {
  readonly store: Store;
  /** Closes it and opens what it left. */
  readonly reopen: () => Promise<Store>;
  /** The reads for people over the same rows; closed by `cleanup`. */
  readonly reader: () => Promise<Reader>;
  readonly cleanup: () => Promise<void>;
}

/** An empty store, or one with these rows, for as long as the test runs. */
export type Begin = (changes?: readonly Change[]) => Promise<OpenedStore>;

export function storeSuite(name: string, open: () => Promise<OpenedStore>): void {
  async function begin(changes: readonly Change[] = []): Promise<OpenedStore> {
    const opened = await open();
    onTestFinished(() => opened.cleanup());
    await opened.store.commit(changes);
    return opened;
  }
  commitSuite(name, begin);
  factSuite(name, begin);
  claimSuite(name, begin, open);
  peopleSuite(name, begin);
  agentSuite(name, begin);
  windowSuite(name, begin);
  responseSuite(name, begin);
  hushSuite(name, begin);
  retentionSuite(name, begin);
  auditSuite(name, begin);
}
