import type { Status } from "../http/status.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { print } from "./print.ts";
import { renderStatus } from "./render-status.ts";

export async function status(this: CliContext, flags: ServerFlags): Promise<void> {
  const answer = await withServer<Status>(this, flags, (server) => server.get("/v1/status"));
  print(this, flags, answer, renderStatus);
}
