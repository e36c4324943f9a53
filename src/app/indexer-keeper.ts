import { isDeepStrictEqual } from "node:util";
import type { IndexerSourceConfig } from "../config/indexer-source.ts";
import type { Clock } from "../ports/clock.ts";
import type { Secrets } from "../ports/secrets.ts";
import { openUndiciHttp, type UndiciHttp } from "../ports/undici-http.ts";
import type { WayOutSettings } from "../ports/way-out-settings.ts";
import { openIndexer, type Indexer } from "../wazuh/indexer/client.ts";

export interface IndexerKeeperOptions {
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Told of a file that can't be used any more, while what was read before stays in use. */
  readonly troubled: (says: string) => void;
}

const CONNECTIONS = 2;

/** A client for each indexer that is read, over configs that do not change the way there: connections stay open. */
export class IndexerKeeper {
  readonly #options: IndexerKeeperOptions;
  readonly #opened: { readonly of: readonly unknown[]; readonly http: UndiciHttp; readonly indexer: Indexer }[] = [];

  constructor(options: IndexerKeeperOptions) {
    this.#options = options;
  }

  of(source: IndexerSourceConfig, httpClient: WayOutSettings): Indexer {
    const { url, user, password, ca, fingerprint, index, wazuh } = source;
    const of = [url, user, password, ca, fingerprint, index, wazuh, httpClient];
    const before = this.#opened.find((opened) => isDeepStrictEqual(opened.of, of));
    if (before !== undefined) return before.indexer;
    const { clock, secrets, troubled } = this.#options;
    const settings = { ...httpClient, proof: { ca, fingerprint, of: `the source ${source.name}: wazuh.alerts` } };
    const http = openUndiciHttp({ connectionsPerOrigin: CONNECTIONS, clock, wayOut: { settings, secrets, troubled } });
    const indexer = openIndexer({ settings: { url, user, password, index, wazuh }, http, secrets });
    this.#opened.push({ of, http, indexer });
    return indexer;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map(({ http }) => http.close(0)));
  }
}
