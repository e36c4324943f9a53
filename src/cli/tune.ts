import { dirname } from "node:path";
import type { Forecast } from "../app/forecast.ts";
import type { QuietRule } from "../app/quiet-rule.ts";
import { DAY_MS } from "../core/time.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { renderForecast, runForecast } from "./forecast-run.ts";
import { print } from "./print.ts";
import type { Paint } from "./terminal.ts";

export interface TuneFlags {
  readonly config?: string;
  readonly json: boolean;
  readonly from?: number;
}

export interface Tuned extends Forecast {
  /** A rule for the manager; null: no rule is most of the noise. */
  readonly quietRule: QuietRule | null;
}

const DAYS = 7;

export async function tune(this: CliContext, flags: TuneFlags, ...named: readonly string[]): Promise<void> {
  const path = findConfig(flags.config);
  if (path === null) throw noConfig();
  const config = await configOrFail(this, path);
  const followed = config.sources.flatMap((source) => (source.from === "file" ? [source.path] : []));
  const folders = named.length > 0 ? named : followed.map(dirname);
  if (folders.length === 0)
    throw new CommandError(
      EXIT.usage,
      "the config follows no alerts.json: name files of alerts, or Wazuh's logs/alerts",
    );
  const { quietRule } = await import("../app/quiet-rule.ts");
  const made = await runForecast(this, config, folders, flags.from ?? Date.now() - DAYS * DAY_MS);
  const [alerts] = followed;
  const home = alerts === undefined ? null : dirname(dirname(dirname(alerts)));
  print(this, flags, { ...made, quietRule: quietRule(made.rules, home) }, renderTune);
}

function renderTune({ quietRule, ...made }: Tuned, paint: Paint): string {
  const forecast = renderForecast(made, paint);
  if (quietRule === null) return forecast;
  const { rule, share, xml } = quietRule;
  const says = `Rule ${rule} is ${Math.round(100 * share)} % of it. Whoever would rather not have these alerts at all adds on the manager, in etc/rules/local_rules.xml, and restarts it:`;
  const warning = "What it silences, nobody hears of any more, and Riposte does not see it.";
  return `${forecast}\n${says}\n\n${xml}\n${warning}\n`;
}
