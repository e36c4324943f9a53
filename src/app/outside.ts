import type { WayOutSettings } from "../ports/way-out-settings.ts";
import { handedFileLeft, wayOutTrouble } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../ports/clock.ts";
import { openNodeProcesses, type NodeProcesses } from "../ports/node-processes.ts";
import type { Secrets } from "../ports/secrets.ts";
import { openUndiciHttp, type UndiciHttp } from "../ports/undici-http.ts";
import { IndexerKeeper } from "./indexer-keeper.ts";
import { WazuhApiKeeper } from "./wazuh-api-keeper.ts";

/** Beyond the concurrency of the lanes, which share no connection unless they share a host. */
const CONNECTIONS_PER_ORIGIN = 256;

export interface OutsideOptions {
  readonly settings: WayOutSettings;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
}

/** The ways by which anything leaves this process: calls, and programs that are run. */
export interface Outside {
  readonly network: UndiciHttp;
  readonly apis: WazuhApiKeeper;
  readonly indexers: IndexerKeeper;
  readonly processes: NodeProcesses;
}

export function openOutside({ settings, secrets, clock, log }: OutsideOptions): Outside {
  const troubled = (trouble: string): void => wayOutTrouble(log, { trouble });
  const wayOut = { settings, secrets, troubled };
  return {
    network: openUndiciHttp({ connectionsPerOrigin: CONNECTIONS_PER_ORIGIN, clock, wayOut }),
    apis: new WazuhApiKeeper({ clock, secrets, troubled }),
    indexers: new IndexerKeeper({ clock, secrets, troubled }),
    processes: openNodeProcesses({ clock, environment: process.env, left: (left) => handedFileLeft(log, left) }),
  };
}
