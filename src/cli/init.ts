import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Forecast } from "../app/forecast.ts";
import type { FoundWazuh } from "../app/init/find-wazuh.ts";
import type { Chosen } from "../app/init/first-config.ts";
import { DAY_MS } from "../core/time.ts";
import { visible } from "../core/visible.ts";
import { configOrFail } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { renderForecast, runForecast } from "./forecast-run.ts";
import { print, say } from "./print.ts";
import type { Paint } from "./terminal.ts";
import { counted } from "./words.ts";

export interface InitFlags {
  readonly json: boolean;
  readonly yes: boolean;
  readonly out: string;
  readonly wazuh: string;
  readonly slackWebhook?: string;
  readonly jiraSecret?: string;
  readonly apiUser?: string;
  readonly apiPassword: string;
  readonly blocks?: boolean;
}

export interface Initiated {
  readonly out: string;
  readonly config: string;
  readonly found: FoundWazuh;
  /** Files of secrets that are named and not there yet. */
  readonly missing: readonly string[];
  /** Null: there were no alerts to look at. */
  readonly forecast: Forecast | null;
}

const DAYS = 7;
const SLACK_WEBHOOK = "/etc/riposte/slack-webhook";
const NONE = "-";

export async function init(this: CliContext, flags: InitFlags): Promise<void> {
  const out = resolve(flags.out);
  // Nobody answers four questions to hear this afterwards.
  if (existsSync(out))
    throw new CommandError(
      EXIT.cantCreate,
      `${visible(out)} is there already, and is not replaced. Name another file with --out`,
    );
  const { findWazuh } = await import("../app/init/find-wazuh.ts");
  const { firstConfig, troubleWith } = await import("../app/init/first-config.ts");
  const { writeConfig } = await import("../app/ossec/import.ts");
  const found = findWazuh(resolve(flags.wazuh));
  if (!flags.json) for (const line of foundWords(found)) say(this, line);
  const chosen = await choose(flags, found);
  const config = firstConfig(chosen, Date.now());
  const trouble = troubleWith(config);
  if (trouble !== null) throw new CommandError(EXIT.usage, `nothing is written: ${visible(trouble)}`);
  const failure = writeConfig(out, config);
  if (failure !== null) throw new CommandError(EXIT.cantCreate, visible(failure.why));
  const read = await configOrFail(this, out);
  const forecast =
    found.alerts.trouble === null
      ? await runForecast(this, read, [dirname(found.alerts.path)], Date.now() - DAYS * DAY_MS).catch(noForecast)
      : null;
  const secrets = [chosen.slackWebhook, chosen.jiraSecret, chosen.api?.password ?? null].filter(
    (path) => path !== null,
  );
  const missing = secrets.filter((path) => !existsSync(path));
  print(this, flags, { out, config, found, missing, forecast }, renderInit);
}

/** The config is written all the same; an empty folder is no reason to call it a failure. */
function noForecast(error: unknown): null {
  if (error instanceof CommandError && error.exitCode !== EXIT.no) return null;
  throw error;
}

function foundWords({ alerts, ossecConf, api }: FoundWazuh): readonly string[] {
  return [
    `${visible(alerts.path)} ${alerts.trouble ?? "is there"}`,
    ...(ossecConf === null
      ? []
      : [`${visible(ossecConf.path)} has ${counted(ossecConf.blocks, "block")} that Riposte can send`]),
    ...(api === null ? [] : [`the Wazuh API is at ${api.url}`]),
  ];
}

/** At most four questions, and none where a flag has answered it or nobody is to be asked. */
async function choose(flags: InitFlags, found: FoundWazuh): Promise<Chosen> {
  const isAsking = !flags.yes;
  if (isAsking && !process.stdin.isTTY)
    throw new CommandError(
      EXIT.usage,
      "nobody is at a terminal to be asked: add --yes, and flags for what is not usual",
    );
  const lines = isAsking ? createInterface({ input: process.stdin, output: process.stderr }) : null;
  const ask = async (question: string, given: string | undefined, usual: string): Promise<string | null> => {
    const answer =
      given ?? (lines === null ? usual : (await lines.question(`${question} [${usual}] `)).trim() || usual);
    return answer === NONE ? null : answer;
  };
  try {
    const slack = await ask(
      "Slack: the file that holds the webhook's URL, - for none",
      flags.slackWebhook,
      SLACK_WEBHOOK,
    );
    const jira = await ask("Jira: the file with JIRA_URL and JIRA_API_KEY, - for none", flags.jiraSecret, NONE);
    const { api, ossecConf } = found;
    const user =
      api === null ? null : await ask("A user of the Wazuh API that may read agents, - for none", flags.apiUser, NONE);
    const hasBlocks = ossecConf !== null && ossecConf.blocks > 0;
    const blocks = hasBlocks
      ? await ask(
          "Show what Riposte would send of the blocks in ossec.conf, - for no",
          flags.blocks === undefined ? undefined : flags.blocks ? "yes" : NONE,
          "yes",
        )
      : null;
    return {
      alerts: found.alerts.path,
      slackWebhook: slack === null ? null : resolve(slack),
      jiraSecret: jira === null ? null : resolve(jira),
      api: api === null || user === null ? null : { ...api, user, password: resolve(flags.apiPassword) },
      ossecConf: hasBlocks && blocks !== null ? ossecConf.path : null,
    };
  } finally {
    lines?.close();
  }
}

export function renderInit({ out, config, missing, forecast }: Initiated, paint: Paint): string {
  return [
    ...config.split("\n").map((line) => `${visible(line)}\n`),
    forecast === null ? "no alerts to look at yet. Later: riposte tune\n" : renderForecast(forecast, paint),
    "\n",
    ...missing.map(
      (path) => `put the secret into ${visible(path)}, so that only the user that runs Riposte can read it\n`,
    ),
    `written: ${visible(out)}. Next: riposte check --online ${visible(out)}\n`,
  ].join("");
}
