import type { SourceList } from "../http/status-routes.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { print, say } from "./print.ts";
import { renderSources } from "./render-sources.ts";

export async function sources(this: CliContext, flags: ServerFlags): Promise<void> {
  const list = await withServer(this, flags, (server) => server.get<SourceList>("/v1/sources"));
  if (list.sources.length === 0) say(this, "no source has been read yet");
  print(this, flags, list, (data, paint) => renderSources(data.sources, paint));
}
