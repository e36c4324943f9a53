import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/schema.ts";
import type { Clock } from "../ports/clock.ts";
import type { Secrets } from "../ports/secrets.ts";
import { openUndiciHttp, type UndiciHttp } from "../ports/undici-http.ts";
import type { WayOutSettings } from "../ports/way-out-settings.ts";
import { AgentBook } from "../sources/agent-book.ts";
import { CallPace } from "../wazuh/api/call-pace.ts";
import { openWazuhApi, type WazuhApi } from "../wazuh/api/client.ts";

export interface WazuhApiKeeperOptions {
  readonly clock: Clock;
  readonly secrets: Secrets;
  /** Told of a file that can't be used any more, while what was read before stays in use. */
  readonly troubled: (says: string) => void;
}

const CONNECTIONS = 4;

/** One client of the Wazuh API for all who use it, over configs that do not change it: so is its token, and its pace. */
export class WazuhApiKeeper {
  /** What it said of agents, for whoever asks about alerts. */
  readonly agents = new AgentBook();
  readonly #options: WazuhApiKeeperOptions;
  readonly #pace: CallPace;
  readonly #opened: UndiciHttp[] = [];
  #current: { readonly of: readonly unknown[]; readonly api: WazuhApi } | null = null;

  constructor(options: WazuhApiKeeperOptions) {
    this.#options = options;
    this.#pace = new CallPace(options.clock);
  }

  /** Null: the config names none. */
  of({ wazuhApi, httpClient }: Pick<Config, "wazuhApi" | "httpClient">): WazuhApi | null {
    if (wazuhApi === null) return null;
    const of = [wazuhApi, httpClient];
    if (this.#current !== null && isDeepStrictEqual(this.#current.of, of)) return this.#current.api;
    const { clock, secrets, troubled } = this.#options;
    const settings = wayToApi({ wazuhApi, httpClient });
    const http = openUndiciHttp({ connectionsPerOrigin: CONNECTIONS, clock, wayOut: { settings, secrets, troubled } });
    this.#opened.push(http);
    const api = openWazuhApi({ settings: wazuhApi, http, secrets, clock, pace: this.#pace });
    this.#current = { of, api };
    return api;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((http) => http.close(0)));
  }
}

/** As everything else gets out, and with what proves that it is this API. */
export function wayToApi({ wazuhApi, httpClient }: Pick<Config, "wazuhApi" | "httpClient">): WayOutSettings {
  if (wazuhApi === null) return httpClient;
  return { ...httpClient, proof: { ca: wazuhApi.ca, fingerprint: wazuhApi.fingerprint } };
}
