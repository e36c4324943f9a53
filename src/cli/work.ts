import type { WorkState } from "../core/work.ts";
import type { CommandDone } from "../http/command.ts";
import type { WorkDetail, WorkPage } from "../http/work-routes.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print, say } from "./print.ts";
import { renderWork, renderWorkPage } from "./render-work.ts";

export interface ListFlags extends ServerFlags {
  readonly state?: WorkState;
  readonly destination?: string;
  readonly limit: number;
}

export async function list(this: CliContext, flags: ListFlags): Promise<void> {
  const { state, destination, limit } = flags;
  const page = await withServer(this, flags, (server) =>
    server.get<WorkPage>("/v1/work", { state, destination, limit }),
  );
  if (page.work.length === 0) say(this, "nothing waits");
  print(this, flags, page, (data, paint) => renderWorkPage(data, Date.now(), paint));
}

export async function show(this: CliContext, flags: ServerFlags, incident: number, destination: string): Promise<void> {
  const detail = await withServer(this, flags, (server) => server.get<WorkDetail>(pathOf(incident, destination)));
  print(this, flags, detail, (data, paint) => renderWork(data, Date.now(), paint));
}

export async function retry(
  this: CliContext,
  flags: ServerFlags & { readonly dead?: string },
  incident?: number,
  destination?: string,
): Promise<void> {
  const path = retryPath(flags.dead, incident, destination);
  const done = await withServer(this, flags, (server) => server.post<CommandDone>(path, {}));
  print(this, flags, done, () => "to be tried again now\n");
}

export async function drop(this: CliContext, flags: ServerFlags, incident: number, destination: string): Promise<void> {
  const path = `${pathOf(incident, destination)}/drop`;
  const done = await withServer(this, flags, (server) => server.post<CommandDone>(path, {}));
  print(this, flags, done, () => `dropped; to change your mind: riposte work retry ${incident} ${destination}\n`);
}

function retryPath(dead: string | undefined, incident: number | undefined, destination: string | undefined): string {
  if (dead !== undefined && incident === undefined) return `/v1/destinations/${encodeURIComponent(dead)}/retry-dead`;
  if (dead === undefined && incident !== undefined && destination !== undefined) {
    return `${pathOf(incident, destination)}/retry`;
  }
  throw new CommandError(
    EXIT.usage,
    "say which: riposte work retry INCIDENT DESTINATION, or riposte work retry --dead DESTINATION",
  );
}

function pathOf(incident: number, destination: string): string {
  return `/v1/work/${incident}/${encodeURIComponent(destination)}`;
}
