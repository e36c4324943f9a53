import type { AuditPage } from "../http/status-routes.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { print, say } from "./print.ts";
import { table } from "./terminal.ts";
import { instant } from "./words.ts";

export async function audit(this: CliContext, flags: ServerFlags & { readonly limit: number }): Promise<void> {
  const page = await withServer(this, flags, (server) => server.get<AuditPage>("/v1/audit", { limit: flags.limit }));
  if (page.audit.length === 0) say(this, "nobody has done anything yet");
  print(this, flags, page, (data, paint) =>
    data.audit.length === 0
      ? ""
      : table(
          ["AT", "WHO", "WHAT", "ABOUT"],
          data.audit.map(({ at, who, what, about }) => [instant(at), who, what.replaceAll("_", " "), about]),
          paint,
        ),
  );
}
