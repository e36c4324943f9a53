import type { App } from "../app.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { startFailed } from "./start-failure.ts";

export interface ServeFlags {
  readonly config?: string;
  readonly log: "debug" | "info" | "warn" | "error";
  readonly logFormat?: "json" | "text";
}

export async function serve(this: CliContext, flags: ServeFlags): Promise<void> {
  const path = findConfig(flags.config);
  if (path === null) throw noConfig();
  await servePath(this, flags, path);
}

export async function servePath(
  context: CliContext,
  flags: ServeFlags,
  path: string,
  started: (app: App) => void = () => {},
): Promise<void> {
  const config = await configOrFail(context, path);
  const { serveConfig } = await import("../app/serve-config.ts");
  const failure = await serveConfig({
    config,
    configPath: path,
    level: flags.log,
    pretty: flags.logFormat === "text" || (flags.logFormat === undefined && context.process.stderr.isTTY === true),
    started,
    askedToStop: () => context.askedToStop(),
    tellBugsTo: (tell) => context.tellBugsTo(tell),
    giveUp: () => context.exitNow(EXIT.bug),
  });
  if (failure !== null) throw startFailed(failure);
}
