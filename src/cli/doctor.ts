import type { DoctorReport } from "../app/jira-doctor.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { table, type Paint } from "./terminal.ts";
import { counted } from "./words.ts";

export async function doctorJira(
  this: CliContext,
  flags: { readonly config?: string; readonly json: boolean; readonly write: boolean },
  destination?: string,
): Promise<void> {
  const path = findConfig(flags.config);
  if (path === null) throw noConfig();
  const config = await configOrFail(this, path);
  const { examineJira } = await import("../app/jira-doctor.ts");
  const reports = await examineJira(config, destination ?? null, { write: flags.write });
  if (reports === null) {
    const which = destination === undefined ? "no destination" : `no destination ${destination}`;
    throw new CommandError(EXIT.no, `the config has ${which} of type jira`);
  }
  print(this, flags, reports, renderFindings);
  const failed = reports.flatMap(({ findings }) => findings.filter(({ ok }) => !ok));
  if (failed.length > 0) throw new CommandError(EXIT.unavailable, `${counted(failed.length, "thing")} to mend`);
}

export async function doctorWazuh(
  this: CliContext,
  flags: { readonly config?: string; readonly json: boolean },
): Promise<void> {
  const path = findConfig(flags.config);
  if (path === null) throw noConfig();
  const config = await configOrFail(this, path);
  const { examineWazuh } = await import("../app/wazuh-doctor.ts");
  const findings = await examineWazuh(config);
  if (findings === null) throw new CommandError(EXIT.no, "the config has no wazuh.api");
  const reports = [{ destination: "wazuh.api", findings }];
  print(this, flags, reports, renderFindings);
  const failed = findings.filter(({ ok }) => !ok).length;
  if (failed > 0) throw new CommandError(EXIT.unavailable, `${counted(failed, "thing")} to mend`);
}

export function renderFindings(reports: readonly DoctorReport[], paint: Paint): string {
  const rows = reports.flatMap(({ destination, findings }) =>
    findings.map(({ check, ok, says }) => [destination, ok ? "OK" : "FAIL", check, says]),
  );
  return table(["WHAT", "", "CHECK", "WHAT WAS SEEN"], rows, paint);
}
