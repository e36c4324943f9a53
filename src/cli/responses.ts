import type { Response } from "../core/response.ts";
import type { CommandDone } from "../http/command.ts";
import type { ResponsePage } from "../http/response-routes.ts";
import { withServer, type ServerFlags } from "./ask.ts";
import { confirm } from "./confirm.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print, say } from "./print.ts";
import { renderResponse, renderResponsePage } from "./render-own-responses.ts";
import { plain } from "./terminal.ts";

export interface ListFlags extends ServerFlags {
  readonly show: "waiting" | "live" | "all";
  readonly incident?: number;
  readonly limit: number;
}

export async function list(this: CliContext, flags: ListFlags): Promise<void> {
  const { show: which, incident, limit } = flags;
  const page = await withServer(this, flags, (server) =>
    server.get<ResponsePage>("/v1/responses", { show: which, incident, limit }),
  );
  if (page.responses.length === 0) say(this, "no such responses");
  print(this, flags, page, (data, paint) => renderResponsePage(data, Date.now(), paint));
}

export async function show(this: CliContext, flags: ServerFlags, id: number): Promise<void> {
  const found = await withServer(this, flags, (server) => server.get<Response>(pathOf(id)));
  print(this, flags, found, (data, paint) => renderResponse(data, Date.now(), paint));
}

export async function approve(
  this: CliContext,
  flags: ServerFlags & { readonly digest?: string },
  id: number,
): Promise<void> {
  const done = await withServer(this, flags, async (server) => {
    const digest = flags.digest ?? (await shownAndAsked(this, await server.get<Response>(pathOf(id))));
    return server.post<CommandDone>(`${pathOf(id)}/approve`, { digest });
  });
  print(this, flags, done, () => `R${id} is approved\n`);
}

/** What is approved is what the person has seen. */
async function shownAndAsked(context: CliContext, response: Response): Promise<string> {
  if (response.digest === null || response.state !== "held") {
    throw new CommandError(EXIT.no, `R${response.id} is ${response.state}, and waits for no approval`);
  }
  say(context, renderResponse(response, Date.now(), plain).trimEnd());
  if (!process.stdin.isTTY) {
    throw new CommandError(
      EXIT.usage,
      `nobody is at a terminal to be asked: --digest ${response.digest} approves what is shown above`,
    );
  }
  if (!(await confirm("Approve exactly this?"))) throw new CommandError(EXIT.no, "not approved");
  return response.digest;
}

export async function refuse(
  this: CliContext,
  flags: ServerFlags & { readonly note?: string },
  id: number,
): Promise<void> {
  const done = await withServer(this, flags, (server) =>
    server.post<CommandDone>(`${pathOf(id)}/refuse`, { note: flags.note ?? null }),
  );
  print(this, flags, done, () => `R${id} is refused\n`);
}

export async function lift(
  this: CliContext,
  flags: ServerFlags & { readonly done: boolean },
  id: number,
): Promise<void> {
  const done = await withServer(this, flags, (server) =>
    server.post<CommandDone>(`${pathOf(id)}/lift`, { done: flags.done }),
  );
  print(this, flags, done, () =>
    flags.done ? `R${id} is lifted, by your word\n` : `R${id} is being lifted: riposte responses show ${id}\n`,
  );
}

export async function stop(
  this: CliContext,
  flags: ServerFlags & { readonly resume: boolean; readonly why?: string },
): Promise<void> {
  const { resume, why = null } = flags;
  const done = await withServer(this, flags, (server) =>
    resume
      ? server.post<CommandDone>("/v1/responses/resume", {})
      : server.post<CommandDone>("/v1/responses/stop", { why }),
  );
  print(this, flags, done, () =>
    resume
      ? "responses are begun again\n"
      : "no response is begun any more; what is in force is still lifted. To take it back: riposte responses stop --resume\n",
  );
}

function pathOf(id: number): string {
  return `/v1/responses/${id}`;
}
