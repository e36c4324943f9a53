import type { ReplayFailure } from "../app/replay/replay.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { print, say } from "./print.ts";
import { ProgressLine } from "./progress-line.ts";
import { renderReplay } from "./render-replay.ts";
import { visible } from "../core/visible.ts";
import { bytes, grouped, instant } from "./words.ts";

export interface ReplayFlags {
  readonly config?: string;
  readonly json: boolean;
  readonly from?: number;
  readonly to?: number;
}

export async function replay(this: CliContext, flags: ReplayFlags, ...named: readonly string[]): Promise<void> {
  const { from = null, to = null } = flags;
  if (named.length === 0) {
    throw new CommandError(EXIT.usage, "say what: riposte replay /var/ossec/logs/alerts, or files of alerts");
  }
  if (from !== null && to !== null && from >= to) throw new CommandError(EXIT.usage, "--from must be before --to");
  const configPath = findConfig(flags.config);
  if (configPath === null) throw noConfig();
  const config = await configOrFail(this, configPath);
  const stop = new AbortController();
  this.askedToStop().then(
    () => stop.abort(),
    () => {},
  );
  const line = new ProgressLine(this.process.stderr);
  const { replay: replayFiles } = await import("../app/replay/replay.ts");
  const beganAt = Date.now();
  const report = await replayFiles({
    config,
    named,
    fromAt: from,
    toAt: to,
    signal: stop.signal,
    progress({ takenBytes, ofBytes, lines, at }) {
      line.show(() => {
        const perSecond = Math.round((lines / Math.max(1, Date.now() - beganAt)) * 1_000);
        const share = Math.floor((100 * takenBytes) / Math.max(1, ofBytes));
        const until = at === null || at === 0 ? "" : `, up to ${instant(at)}`;
        return `${bytes(takenBytes)} of ${bytes(ofBytes)} (${share} %), ${grouped(perSecond)} alerts/s${until}`;
      });
    },
  });
  line.end();
  if (report.kind === "failed") throw new CommandError(CODES[report.code] ?? EXIT.cantCreate, visible(report.says));

  for (const { path, trouble } of report.files) if (trouble !== null) say(this, visible(`${path}: ${trouble}`));
  const { read, unreadable, passedOver } = report.lines;
  if (report.isWhole && read === unreadable) throw nothingRead(report.files[0]?.path ?? "", read, passedOver);
  print(this, flags, report, renderReplay);
  if (!report.isWhole) throw new CommandError(EXIT.no, "stopped before the end: the numbers are of what was read");
}

const CODES: Readonly<Record<ReplayFailure["code"], ExitCode>> = {
  missing: EXIT.noInput,
  not_permitted: EXIT.notPermitted,
  no_alerts: EXIT.badData,
};

function nothingRead(path: string, read: number, passedOver: number): CommandError {
  if (read > 0) {
    const says = `${visible(path)}: no line of it is an alert. Name files as Wazuh writes them, alerts.json with one alert a line`;
    return new CommandError(EXIT.badData, says);
  }
  const says =
    passedOver > 0
      ? `none of the ${grouped(passedOver)} lines is between --from and --to`
      : `${visible(path)}: no line can be read. Name files as Wazuh writes them, or a whole copy of this one`;
  return new CommandError(EXIT.badData, says);
}
