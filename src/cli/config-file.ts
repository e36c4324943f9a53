import { existsSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import { formatConfigError } from "../config/problem.ts";
import { visible } from "../core/visible.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { say } from "./print.ts";

const PLACES = ["riposte.yaml", "/etc/riposte/riposte.yaml"];

/** The config that was named, or the first that is where one may be; null: there is none. */
export function findConfig(named: string | undefined): string | null {
  return named ?? PLACES.find((path) => existsSync(path)) ?? null;
}

export function noConfig(): CommandError {
  return new CommandError(
    EXIT.config,
    `no config: there is none at ${PLACES.join(" or ")}. Name one with --config FILE`,
  );
}

/** Reads a config that must be right to go on; its mistakes are what the error says. */
export async function configOrFail(context: CliContext, path: string): Promise<Config> {
  const { readConfig } = await import("../app/read-config.ts");
  const read = readConfig(path);
  switch (read.kind) {
    case "unreadable":
      throw new CommandError(EXIT.config, visible(read.says));
    case "refused": {
      const lines = read.errors.map((error) => visible(formatConfigError(error)));
      throw new CommandError(EXIT.config, ["the config is wrong:", ...lines].join("\n"));
    }
    case "loaded":
      for (const warning of read.warnings) say(context, `warning: ${visible(formatConfigError(warning))}`);
      return read.config;
  }
}
