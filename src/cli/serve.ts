import type { App } from "../app.ts";
import type { OssecPart } from "../app/read-config.ts";
import type { Config } from "../config/schema.ts";
import { visible } from "../core/visible.ts";
import { findConfig, mistakesIn, noConfig, sayWarnings } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { say } from "./print.ts";
import { startFailed } from "./start-failure.ts";

export interface ServeFlags {
  readonly config?: string;
  readonly lastGood?: boolean;
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
  const { config, text, ossec } = await goodConfig(context, path, flags.lastGood === true);
  const { serveConfig } = await import("../app/serve-config.ts");
  const failure = await serveConfig({
    config,
    configPath: path,
    configText: text,
    ossec,
    level: flags.log,
    pretty: flags.logFormat === "text" || (flags.logFormat === undefined && context.process.stderr.isTTY === true),
    started,
    askedToStop: () => context.askedToStop(),
    askedToReload: (reload) => context.askedToReload(reload),
    tellBugsTo: (tell) => context.tellBugsTo(tell),
    giveUp: (why) => context.exitNow(why === "bug" ? EXIT.bug : EXIT.unavailable),
  });
  if (failure !== null) throw startFailed(failure);
}

interface GoodConfig {
  readonly config: Config;
  /** Null: it is the copy of an earlier one, and not what stands in the file now. */
  readonly text: string | null;
  readonly ossec: OssecPart | null;
}

/** The config in the file; where that is wrong and `mayFallBack` is true, the copy of the one that worked last. */
async function goodConfig(context: CliContext, path: string, mayFallBack: boolean): Promise<GoodConfig> {
  const { readConfig } = await import("../app/read-config.ts");
  const { withNamedFiles } = await import("../app/named-files.ts");
  const read = await withNamedFiles(readConfig(path));
  if (read.kind === "loaded") {
    sayWarnings(context, read);
    return { config: read.config, text: read.text, ossec: read.ossec };
  }
  const { findLastGood } = await import("../app/last-good.ts");
  const copyPath = findLastGood(read.text);
  const copy = await withNamedFiles(readConfig(copyPath, path));
  const mistakes = mistakesIn(read);
  if (!mayFallBack) {
    const hint = `To start with the config that worked last (${copyPath}), add --last-good.`;
    throw new CommandError(EXIT.config, copy.kind === "loaded" ? `${mistakes}\n${visible(hint)}` : mistakes);
  }
  if (copy.kind !== "loaded") {
    const why = `There is nothing to fall back to either. ${mistakesIn(copy)}`;
    throw new CommandError(EXIT.config, `${mistakes}\n${why}`);
  }
  say(context, mistakes);
  say(context, visible(`starting with the config that worked last, ${copyPath}; ${path} is taken once it is right`));
  return { config: copy.config, text: null, ossec: copy.ossec };
}
