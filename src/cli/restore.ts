import type { RestoreReport } from "../app/restore.ts";
import { visible } from "../core/visible.ts";
import { whoAmI } from "./ask.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { copyProgress } from "./copy-progress.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { startFailed } from "./start-failure.ts";
import type { Paint } from "./terminal.ts";
import { counted, grouped, instant } from "./words.ts";

export interface RestoreFlags {
  readonly config?: string;
  readonly inPlace: boolean;
  readonly json: boolean;
}

export async function restore(this: CliContext, flags: RestoreFlags, from?: string): Promise<void> {
  if ((from === undefined) !== flags.inPlace) {
    throw new CommandError(EXIT.usage, "name the backup to put in place, or say --in-place where that is done already");
  }
  const configPath = findConfig(flags.config);
  if (configPath === null) throw noConfig();
  const config = await configOrFail(this, configPath);
  const app = await import("../app/restore.ts");
  const progress = copyProgress(this);
  const who = whoAmI(this.process.env);
  const report = await app.restore({ config, from: from ?? null, who, progress: progress.show });
  progress.end();
  if ("code" in report) throw startFailed(report);
  print(this, flags, report, renderRestore);
}

/** What came back, and what it means: an older state knows nothing of what was done since. */
export function renderRestore(report: RestoreReport, paint: Paint): string {
  const { database, from, incidents, newestAlertAt, keptAs, lastIncident } = report;
  const newest = newestAlertAt === null ? "" : `, the newest alert is of ${instant(newestAlertAt)}`;
  const head =
    from === null || incidents === null
      ? `${paint("bold", visible(database))} counts as put back to an older state`
      : `${paint("bold", visible(database))} is now ${visible(from)}: ${counted(incidents, "incident")}${newest}`;
  return [
    head,
    ...(keptAs === null ? [] : [`What was there before is kept as ${visible(keptAs)}; remove it when you are sure.`]),
    "",
    paint("bold", "What is not known any more, and what becomes of it:"),
    "- Alerts since are read again, as far as Wazuh's files still have them.",
    "- Messages and tickets since may be there without this database knowing: what happened before the restore is",
    "  told again where it has no record of it, marked as a possible repeat.",
    "- What people did since (acknowledged, resolved, dropped) is lost: do it again.",
    `- New incidents are numbered from #${grouped(lastIncident + 1)}, so that an older message never names another one.`,
    "",
  ].join("\n");
}
