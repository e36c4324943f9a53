import type { Config } from "../config/schema.ts";
import { examine } from "../connectors/jira/doctor.ts";
import type { Finding } from "../core/check-up.ts";
import type { JiraConfig } from "../connectors/jira/config.ts";
import { SECOND_MS } from "../core/time.ts";
import { systemClock } from "../ports/clock.ts";
import { openUndiciHttp } from "../ports/undici-http.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";

export interface DoctorReport {
  readonly destination: string;
  readonly findings: readonly Finding[];
}

const LOOK_WITHIN_MS = 10 * SECOND_MS;

/** Examines the Jira destinations that are meant, or all of them; null: there is none of that name and kind. */
export async function examineJira(
  config: Config,
  named: string | null,
  options: { readonly write: boolean },
): Promise<readonly DoctorReport[] | null> {
  const meant = config.destinations.filter(({ name, type }) => type === "jira" && (named === null || name === named));
  if (meant.length === 0) return null;
  const clock = systemClock;
  const secrets = openOwnSecrets(clock, config.aws);
  const wayOut = { settings: config.httpClient, secrets, troubled: () => {} };
  const http = openUndiciHttp({ connectionsPerOrigin: 4, clock, wayOut });
  const tools = {
    io: () => ({ http, secrets, now: clock.now(), deadlineMs: LOOK_WITHIN_MS, clock }),
    pause: (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve)),
  };
  try {
    const reports: DoctorReport[] = [];
    for (const { name, config: settings } of meant) {
      reports.push({ destination: name, findings: await examine(settings as JiraConfig, options, tools) });
    }
    return reports;
  } finally {
    await http.close(0);
  }
}
