import type { Config } from "../../config/schema.ts";
import { openDestinations } from "../../connectors/destinations.ts";
import type { Probe } from "../../connectors/connector.ts";
import { SECOND_MS, type Instant } from "../../core/time.ts";
import { systemClock } from "../../ports/clock.ts";
import { openNodeProcesses } from "../../ports/node-processes.ts";
import { placeOfSecret } from "../../ports/secrets.ts";
import { openUndiciHttp } from "../../ports/undici-http.ts";
import { openOwnSecrets } from "./own-secrets.ts";
import { secretUses } from "./fields.ts";
import { isSecretTrouble } from "./verdict.ts";

/** What came of looking at a secret of the config, as this user on this machine. */
export interface SecretFinding {
  readonly field: string;
  readonly place: string;
  readonly readable: boolean;
  /** What AWS calls this version of it; null: it has no such name. */
  readonly version: string | null;
  /** Since when it is what it is; null: its place doesn't know. */
  readonly madeAt: Instant | null;
  /**
   * Whether its destination takes it. `form`: it looks right, and can't be tried without telling somebody. `unknown`:
   * the destination could not be asked. `not_asked`: it is not a destination's, or nothing is sent there.
   */
  readonly proven: "yes" | "no" | "form" | "unknown" | "not_asked";
  readonly says: string;
}

export interface SecretsReport {
  readonly at: Instant;
  readonly secrets: readonly SecretFinding[];
}

const PROBE_WITHIN_MS = 10 * SECOND_MS;

/** Reads every secret of the config and asks each destination whether it takes its own. Shows nothing to anybody. */
export async function checkSecrets(config: Config): Promise<SecretsReport> {
  const clock = systemClock;
  const secrets = openOwnSecrets(clock, config.aws);
  const wayOut = { settings: config.httpClient, secrets, troubled: () => {} };
  const http = openUndiciHttp({ connectionsPerOrigin: 4, clock, wayOut });
  const processes = openNodeProcesses({ clock, environment: process.env, left: () => {} });
  const uses = secretUses(config);
  const asked = [...openDestinations(config.destinations)].filter(([name]) =>
    config.destinations.some((each) => each.name === name && each.shadow !== true),
  );
  const probe = async ([name, destination]: (typeof asked)[number]): Promise<readonly [string, Probe]> => {
    const io = { http, processes, secrets, now: clock.now(), deadlineMs: PROBE_WITHIN_MS };
    return [name, await destination.probe(io)];
  };
  try {
    const needed = asked.filter(([name]) => uses.some(({ destination }) => destination === name));
    const probes = new Map(await Promise.all(needed.map(probe)));
    const found = await Promise.all(
      uses.map(async ({ field, ref, destination }): Promise<SecretFinding> => {
        const value = await secrets.read(ref);
        const about = { field, place: placeOfSecret(ref) };
        if (value.kind === "unreadable") {
          return { ...about, readable: false, version: null, madeAt: null, proven: "no", says: value.why };
        }
        const { version = null, madeAt = null } = value;
        const judged = judge(destination === null ? undefined : probes.get(destination));
        return { ...about, readable: true, version, madeAt, ...judged };
      }),
    );
    return { at: clock.now(), secrets: found };
  } finally {
    await http.close(0);
  }
}

function judge(probe: Probe | undefined): Pick<SecretFinding, "proven" | "says"> {
  if (probe === undefined) return { proven: "not_asked", says: "it can be read" };
  const { ok, says, reason, onlyForm } = probe;
  if (ok) return { proven: onlyForm === true ? "form" : "yes", says };
  switch (isSecretTrouble(reason)) {
    case "yes":
      return { proven: "no", says };
    case "no":
      return { proven: "yes", says: `it is taken, and something else is wrong: ${says}` };
    case "away":
      return { proven: "unknown", says };
  }
}
