import type { BackupReport } from "../app/backup.ts";
import { visible } from "../core/visible.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { copyProgress } from "./copy-progress.ts";
import { print } from "./print.ts";
import { startFailed } from "./start-failure.ts";
import type { Paint } from "./terminal.ts";
import { bytes, counted, instant } from "./words.ts";

export interface BackupFlags {
  readonly config?: string;
  readonly force: boolean;
  readonly json: boolean;
}

export async function backup(this: CliContext, flags: BackupFlags, to: string): Promise<void> {
  const configPath = findConfig(flags.config);
  if (configPath === null) throw noConfig();
  const config = await configOrFail(this, configPath);
  const { backUp } = await import("../app/backup.ts");
  const progress = copyProgress(this);
  const report = await backUp({ config, to, force: flags.force, progress: progress.show });
  progress.end();
  if ("code" in report) throw startFailed(report);
  print(this, flags, report, renderBackup);
}

export function renderBackup(report: BackupReport, paint: Paint): string {
  const { path, database, incidents, newestAlertAt, tookMs } = report;
  const newest = newestAlertAt === null ? "no alert was kept yet" : `the newest alert is of ${instant(newestAlertAt)}`;
  const took = `${(tookMs / 1000).toFixed(1)} s`;
  return [
    `${paint("bold", visible(path))}  ${bytes(report.bytes)}, a whole copy of ${visible(database)}, made in ${took}`,
    `${counted(incidents, "incident")}, ${newest}; install ${report.install}, schema ${report.schema}`,
    "",
  ].join("\n");
}
