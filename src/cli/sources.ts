import type { QuarantineRow } from "../core/change.ts";
import type { QuarantinePage, SourceList } from "../http/api.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { print, say } from "./print.ts";
import { renderSources } from "./render-sources.ts";
import { table } from "./terminal.ts";
import { instant } from "./words.ts";

export async function sources(this: CliContext, flags: ServerFlags): Promise<void> {
  const list = await withServer(this, flags, (server) => server.get<SourceList>("/v1/sources"));
  if (list.sources.length === 0) say(this, "no source has been read yet");
  print(this, flags, list, (data, paint) => renderSources(data.sources, paint));
}

const WHY: Readonly<Record<QuarantineRow["why"], string>> = {
  not_json: "not JSON",
  not_an_alert: "JSON, but no alert",
  too_long: "longer than 4 MiB",
};

export async function quarantine(this: CliContext, flags: ServerFlags, source: string): Promise<void> {
  const path = `/v1/sources/${encodeURIComponent(source)}/quarantine`;
  const page = await withServer(this, flags, (server) => server.get<QuarantinePage>(path));
  if (page.lines.length === 0) say(this, "no line was malformed");
  print(this, flags, page, ({ lines }, paint) =>
    lines.length === 0
      ? ""
      : table(
          ["AT", "REASON", "LINE"],
          lines.map(({ at, why, raw }) => [instant(at), WHY[why], raw]),
          paint,
        ),
  );
}
