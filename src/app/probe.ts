import type { Config } from "../config/schema.ts";
import { connectors } from "../connectors/index.ts";
import type { Destination } from "../connectors/connector.ts";
import { SECOND_MS } from "../core/time.ts";
import { systemClock } from "../ports/clock.ts";
import { openNodeProcesses } from "../ports/node-processes.ts";
import { openUndiciHttp } from "../ports/undici-http.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";

export interface ProbeReport {
  readonly destination: string;
  readonly type: string;
  readonly ok: boolean;
  readonly says: string;
}

const PROBE_WITHIN_MS = 10 * SECOND_MS;

/** Asks every destination, all at once, whether it could be used now. Shows nothing to anybody. */
export async function probeDestinations(config: Config): Promise<readonly ProbeReport[]> {
  const clock = systemClock;
  const secrets = openOwnSecrets(clock, config.aws);
  const wayOut = { settings: config.httpClient, secrets, troubled: () => {} };
  const http = openUndiciHttp({ connectionsPerOrigin: 4, clock, wayOut });
  const processes = openNodeProcesses({ clock, environment: process.env, left: () => {} });
  try {
    return await Promise.all(
      config.destinations.map(async ({ name, type, config: settings, shadow }) => {
        if (shadow === true)
          return { destination: name, type, ok: true, says: "shadow: not asked, since nothing is sent" };
        const destination = open(name, type, settings);
        const now = clock.now();
        const probe = await destination.probe({ http, processes, secrets, now, deadlineMs: PROBE_WITHIN_MS });
        return { destination: name, type, ...probe };
      }),
    );
  } finally {
    await http.close(0);
  }
}

function open(name: string, type: string, settings: unknown): Destination {
  const connector = connectors.find((each) => each.type === type);
  if (connector === undefined) throw new Error(`destination ${name} has a type that no connector has: ${type}`);
  return connector.destination(name, settings);
}
