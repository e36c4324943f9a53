import type { Config } from "../config/schema.ts";
import { isApp } from "../connectors/slack/kind.ts";
import type { SlackConfig } from "../connectors/slack/config.ts";
import { diagnose } from "../connectors/slack/diagnose.ts";
import { diagnoseWaysIn } from "../connectors/slack/diagnose-ways-in.ts";
import { tryMessages } from "../connectors/slack/try-message.ts";
import type { Finding } from "../core/check-up.ts";
import type { Io } from "../connectors/connector.ts";
import { SECOND_MS } from "../core/time.ts";
import { systemClock } from "../ports/clock.ts";
import { openUndiciHttp } from "../ports/undici-http.ts";
import { openSecrets } from "../secrets/read.ts";
import type { DoctorReport } from "./jira-doctor.ts";

const LOOK_WITHIN_MS = 10 * SECOND_MS;

/** Examines the Slack apps that are meant, or all of them; null: there is none of that name. Only `write` posts. */
export async function examineSlackApps(
  config: Config,
  named: string | null,
  write: boolean,
): Promise<readonly DoctorReport[] | null> {
  const meant = config.destinations.flatMap(({ name, type, config: written }) => {
    const settings = written as SlackConfig;
    if (type !== "slack" || !isApp(settings) || (named !== null && named !== name)) return [];
    return [{ name, settings }];
  });
  if (meant.length === 0) return null;
  const clock = systemClock;
  const secrets = openSecrets(clock, process.env);
  const wayOut = { settings: config.httpClient, secrets, troubled: () => {} };
  const http = openUndiciHttp({ connectionsPerOrigin: 4, clock, wayOut });
  const io = (): Io => ({ http, secrets, now: clock.now(), deadlineMs: LOOK_WITHIN_MS, clock });
  const policies = new Set(config.policies.map(({ terms }) => terms.name));
  try {
    const reports: DoctorReport[] = [];
    for (const { name, settings } of meant) {
      const findings = [
        ...(await diagnose(settings, io())),
        ...(await diagnoseWaysIn(settings, doorOf(config), io())),
        ...unknownPolicies(settings, policies),
      ];
      if (write && findings.every(({ ok }) => ok)) findings.push(...(await tryMessages(settings, io)));
      reports.push({ destination: name, findings });
    }
    return reports;
  } finally {
    await http.close(0);
  }
}

/** As this machine reaches its own server; null: the config opens no port. */
function doorOf({ http }: Config): string | null {
  if (http === null) return null;
  const { host, port, tls } = http;
  const own = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${tls === "off" || tls === null ? "http" : "https"}://${own.includes(":") ? `[${own}]` : own}:${port}`;
}

/** A name that no policy has sends nothing anywhere, and nobody would notice. */
function unknownPolicies({ channels, mention }: SlackConfig, policies: ReadonlySet<string>): readonly Finding[] {
  const named = [...Object.keys(channels?.policy ?? {}), ...Object.keys(mention?.policy ?? {})];
  return [...new Set(named)]
    .filter((name) => !policies.has(name))
    .map((name) => ({ check: "policies", ok: true, doubtful: true, says: `the config has no policy ${name}` }));
}
