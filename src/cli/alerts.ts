import type { AlertDetail, AlertPage } from "../http/alert-answers.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { print, say } from "./print.ts";
import { renderAlertPage } from "./render-alerts.ts";
import { renderStory } from "./render-story.ts";

export interface AlertListFlags extends ServerFlags {
  readonly incident?: number;
  readonly rule?: string;
  readonly agent?: string;
  readonly since?: number;
  readonly disposition?: string;
  readonly limit: number;
}

export async function list(this: CliContext, flags: AlertListFlags): Promise<void> {
  const { incident, rule, agent, since, disposition, limit } = flags;
  const page = await withServer(this, flags, (server) =>
    server.get<AlertPage>("/v1/alerts", { incident, rule, agent, since, disposition, limit }),
  );
  if (page.alerts.length === 0) say(this, "no such alerts");
  print(this, flags, page, renderAlertPage);
}

export async function show(
  this: CliContext,
  flags: ServerFlags & { readonly origin?: string },
  id: string,
): Promise<void> {
  const path = `/v1/alerts/${encodeURIComponent(id)}`;
  const { origin } = flags;
  const detail = await withServer(this, flags, (server) => server.get<AlertDetail>(path, { origin }));
  print(this, flags, detail, ({ alerts, keptFrom }, paint) => {
    const now = Date.now();
    return alerts.map((story) => renderStory(story, { keptFrom, now }, paint)).join("\n");
  });
}
