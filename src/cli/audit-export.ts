import type { ExportReport } from "../app/audit/export.ts";
import { visible } from "../core/visible.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { print, say } from "./print.ts";
import { startFailed } from "./start-failure.ts";
import type { Paint } from "./terminal.ts";
import { counted } from "./words.ts";

export interface AuditExportFlags {
  readonly config?: string;
  readonly json: boolean;
  readonly out: string;
}

export async function auditExport(this: CliContext, flags: AuditExportFlags, incident?: number): Promise<void> {
  const configPath = findConfig(flags.config);
  if (configPath === null) throw noConfig();
  const config = await configOrFail(this, configPath);
  const { exportFrom } = await import("../app/audit/export.ts");
  const report = await exportFrom({ config, incident: incident ?? null, out: flags.out });
  if ("code" in report) throw startFailed(report);
  if (report.unsignedWhy !== null) say(this, `warning: not signed: ${visible(report.unsignedWhy)}`);
  print(this, flags, report, renderExport);
}

export function renderExport({ out, incident, rows, unsealed, seals, signedBy }: ExportReport, paint: Paint): string {
  const what = incident === null ? "the whole audit" : `incident #${incident}`;
  return [
    `${paint("bold", visible(out))}  ${what}: ${counted(rows, "row")} of the audit, ${counted(seals, "seal")}`,
    signedBy === null ? "Not signed: no audit.key in the config." : `Signed with key ${signedBy}.`,
    ...(unsealed > 0
      ? [`${counted(unsealed, "row")} not sealed yet: export again in ten minutes to have them sealed.`]
      : []),
    "README.txt in it says what it proves; sh verify.sh checks it where there is no Riposte.",
    "",
  ].join("\n");
}
