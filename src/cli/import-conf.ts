import type { ImportedBlock, ImportRefusal, ImportReport } from "../app/ossec/import.ts";
import { formatConfigError } from "../config/problem.ts";
import { DAY_MS } from "../core/time.ts";
import { visible } from "../core/visible.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { print, say } from "./print.ts";
import { table, type Paint } from "./terminal.ts";
import { counted, grouped, instant } from "./words.ts";

export interface ImportFlags {
  readonly json: boolean;
  readonly out?: string;
  readonly alerts?: string;
  readonly from?: number;
}

/** What was read, and where the config is now; null: nowhere. */
export interface Imported extends ImportReport {
  readonly out: string | null;
}

const CODES: Readonly<Record<ImportRefusal["code"], ExitCode>> = {
  unreadable: EXIT.noInput,
  not_accepted: EXIT.badData,
  unwritable: EXIT.cantCreate,
};

const DAYS = 7;

export async function importConf(this: CliContext, flags: ImportFlags, ossecConf: string): Promise<void> {
  const { importOssecConf, writeConfig } = await import("../app/ossec/import.ts");
  const stop = new AbortController();
  this.askedToStop().then(
    () => stop.abort(),
    () => {},
  );
  const now = Date.now();
  const { out = null, alerts = null, from = now - DAYS * DAY_MS } = flags;
  const report = await importOssecConf({ ossecConf, alerts, fromAt: from, now, signal: stop.signal });
  if (report.kind === "refused") throw refusal(report);
  if (stop.signal.aborted) throw new CommandError(EXIT.no, "stopped before the end: nothing was written");
  for (const problem of report.problems) say(this, `warning: ${visible(formatConfigError(problem))}`);
  const failure = out === null ? null : writeConfig(out, report.config);
  if (failure !== null) throw refusal(failure);
  print(this, flags, { ...report, out }, renderImport);
}

function refusal({ code, why }: ImportRefusal): CommandError {
  return new CommandError(CODES[code], why.split("\n").map(visible).join("\n"));
}

export function renderImport(report: Imported, paint: Paint): string {
  const { blocks, alerts, out, config, ossecConf } = report;
  const taken = blocks.filter(({ policy }) => policy !== null).length;
  const lines = [
    `${visible(ossecConf)}: ${counted(blocks.length, "block")}, of which Riposte can send ${taken}`,
    ...(alerts === null ? ["no alerts to look at: name their folder with --alerts"] : [sayAlerts(alerts)]),
    ...blocks.flatMap((block) => renderBlock(block, alerts !== null, paint)),
    ...(out === null
      ? ["", ...config.split("\n").map(visible)]
      : ["", `written: ${visible(out)}. Next: riposte check ${visible(out)}`]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function sayAlerts({ folder, read, unreadable, firstAt, lastAt }: NonNullable<ImportReport["alerts"]>): string {
  const span = firstAt === null || lastAt === null ? "" : `, from ${instant(firstAt)} to ${instant(lastAt)}`;
  const bad = unreadable === 0 ? "" : `; ${counted(unreadable, "line")} could not be read`;
  return `${visible(folder)}: ${counted(read, "alert")}${span}${bad}`;
}

function renderBlock({ policy, block, line, days, never }: ImportedBlock, isCounted: boolean, paint: Paint): string[] {
  const name = policy ?? `${block}, which integratord keeps`;
  const rows = days.map(({ day, integratord, riposte }) => [
    day,
    grouped(integratord),
    policy === null ? "-" : grouped(riposte),
  ]);
  const heads = ["DAY (UTC)", "INTEGRATORD SENDS", "RIPOSTE SENDS"];
  const none = isCounted ? ["  nothing on any day"] : [];
  return [
    "",
    `${paint("bold", visible(name))} (line ${line})`,
    ...(rows.length === 0
      ? none
      : table(heads, rows, paint)
          .trimEnd()
          .split("\n")
          .map((row) => `  ${row}`)),
    ...never.map((sentence) => `  ${paint("yellow", visible(sentence))}`),
  ];
}
