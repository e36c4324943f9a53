import { existsSync } from "node:fs";
import type { ReadConfig } from "../app/read-config.ts";
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
  if (read.kind !== "loaded") throw new CommandError(EXIT.config, mistakesIn(read));
  sayWarnings(context, read);
  return read.config;
}

export function sayWarnings(context: CliContext, read: Extract<ReadConfig, { kind: "loaded" }>): void {
  for (const warning of [...read.warnings, ...(read.playbookErrors ?? [])])
    say(context, `warning: ${visible(formatConfigError(warning))}`);
}

/** What is wrong, one line for each mistake. */
export function mistakesIn(read: Exclude<ReadConfig, { kind: "loaded" }>): string {
  if (read.kind === "unreadable") return visible(read.says);
  return ["the config is wrong:", ...read.errors.map((error) => visible(formatConfigError(error)))].join("\n");
}
