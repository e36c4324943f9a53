import type { CommandDone } from "../http/command.ts";
import type { IncidentDetail, IncidentPage } from "../http/incident-routes.ts";
import type { Severity } from "../core/severity.ts";
import { visible } from "../core/visible.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print, say } from "./print.ts";
import { renderIncident, renderIncidentPage } from "./render-incidents.ts";

export interface ListFlags extends ServerFlags {
  readonly state: "unresolved" | "pending" | "open" | "acknowledged" | "resolved" | "all";
  readonly policy?: string;
  readonly toldIn?: number;
  readonly severity?: Severity;
  readonly limit: number;
  readonly before?: number;
}

export async function list(this: CliContext, flags: ListFlags): Promise<void> {
  const { state, policy, toldIn, severity, limit, before } = flags;
  const page = await withServer(this, flags, (server) =>
    server.get<IncidentPage>("/v1/incidents", { state, policy, told_in: toldIn, severity, limit, before }),
  );
  if (page.incidents.length === 0) say(this, "no such incidents");
  print(this, flags, page, (data, paint) => renderIncidentPage(data, Date.now(), paint));
}

export async function show(this: CliContext, flags: ServerFlags, id: number): Promise<void> {
  const detail = await withServer(this, flags, (server) => server.get<IncidentDetail>(`/v1/incidents/${id}`));
  print(this, flags, detail, (data, paint) => renderIncident(data, Date.now(), paint));
}

export async function acknowledge(this: CliContext, flags: ServerFlags, id: number): Promise<void> {
  const done = await withServer(this, flags, (server) =>
    server.post<CommandDone>(`/v1/incidents/${id}/acknowledge`, {}),
  );
  print(this, flags, done, () => `#${id} is acknowledged\n`);
}

export async function resolve(
  this: CliContext,
  flags: ServerFlags & { readonly note?: string },
  id: number,
): Promise<void> {
  const { note } = flags;
  const done = await withServer(this, flags, (server) =>
    server.post<CommandDone>(`/v1/incidents/${id}/resolve`, note === undefined ? {} : { note }),
  );
  print(this, flags, done, () => `#${id} is resolved\n`);
}

export async function tick(
  this: CliContext,
  flags: ServerFlags & { readonly undo: boolean },
  id: number,
  step: number,
): Promise<void> {
  const body = { step, done: !flags.undo };
  const done = await withServer(this, flags, (server) => server.post<CommandDone>(`/v1/incidents/${id}/tick`, body));
  print(this, flags, done, () => `#${id}: step ${step} is ${flags.undo ? "not done" : "done"}\n`);
}

export async function assign(
  this: CliContext,
  flags: ServerFlags & { readonly nobody: boolean },
  id: number,
  name?: string,
): Promise<void> {
  if (flags.nobody && name !== undefined) throw new CommandError(EXIT.usage, "say a name or --nobody");
  const body = flags.nobody ? { to: null } : name === undefined ? {} : { to: name };
  const done = await withServer(this, flags, (server) => server.post<CommandDone>(`/v1/incidents/${id}/assign`, body));
  const has = flags.nobody ? "nobody has it" : name === undefined ? "you have it" : `${visible(name)} has it`;
  print(this, flags, done, () => `#${id}: ${has}\n`);
}
