// The forecast of `init` and `tune`: run with a line that tells how far it is, and laid out for a reader.
import type { Forecast, NoiseChange, PerDay } from "../app/forecast.ts";
import type { Config } from "../config/schema.ts";
import { visible } from "../core/visible.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { ProgressLine } from "./progress-line.ts";
import { table, type Paint } from "./terminal.ts";
import { bytes, counted, grouped } from "./words.ts";

const RULES_SHOWN = 5;
const TITLE_CHARACTERS = 60;

const CODES: Readonly<Record<string, ExitCode>> = {
  missing: EXIT.noInput,
  not_permitted: EXIT.notPermitted,
  no_alerts: EXIT.badData,
};

export async function runForecast(
  context: CliContext,
  config: Config,
  named: readonly string[],
  fromAt: number,
): Promise<Forecast> {
  const stop = new AbortController();
  context.askedToStop().then(
    () => stop.abort(),
    () => {},
  );
  const { forecast } = await import("../app/forecast.ts");
  const line = new ProgressLine(context.process.stderr);
  const made = await forecast({
    config,
    named,
    fromAt,
    signal: stop.signal,
    progress: ({ takenBytes, ofBytes }) => line.show(() => `${bytes(takenBytes)} of ${bytes(ofBytes)} of alerts`),
  });
  line.end();
  if (made.kind === "failed") throw new CommandError(CODES[made.code] ?? EXIT.cantCreate, visible(made.says));
  if (stop.signal.aborted) throw new CommandError(EXIT.no, "stopped before the end");
  return made;
}

export function renderForecast({ perDay, rules, change }: Forecast, paint: Paint): string {
  if (perDay.days === 0) return "no alerts of the last days to look at\n";
  const rows = rules
    .slice(0, RULES_SHOWN)
    .map(({ id, level, alerts, messages, title }) => [
      id,
      String(level),
      grouped(alerts),
      grouped(messages),
      title.length <= TITLE_CHARACTERS ? title : `${title.slice(0, TITLE_CHARACTERS - 1)}…`,
    ]);
  return [
    `${counted(perDay.days, "day")} of alerts, ${count(perDay.alerts)} a day, would have been ${daily(perDay)}\n`,
    rows.length === 0 ? "" : `\n${table(["RULE", "LEVEL", "ALERTS", "MESSAGES", "DESCRIPTION"], rows, paint)}`,
    change === null ? "" : `\n${changeWords(change, paint)}`,
  ].join("");
}

function changeWords({ policy, where, line, says, perDay }: NoiseChange, paint: Paint): string {
  const places = {
    policies: `write in the policy ${policy}`,
    change: "write under change of the pack, in use",
    use: "write instead of the line use",
  };
  return `To halve that, ${places[where]}:\n  ${paint("bold", visible(line))}\n${says}: ${daily(perDay)}\n`;
}

function daily({ incidents, messages, tickets }: PerDay): string {
  return `${count(incidents)} incidents, ${count(messages)} messages and ${count(tickets)} tickets a day`;
}

function count(average: number): string {
  return average >= 10 ? grouped(Math.round(average)) : String(average);
}
