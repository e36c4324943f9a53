import type { DoctorReport } from "../app/jira-doctor.ts";
import type { Finding } from "../core/check-up.ts";
import { configOrFail, findConfig, mistakesIn, noConfig } from "./config-file.ts";
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

/** `named` is for a config without `ossec_conf`: who still has integratord send may post twice as well. */
export async function doctorWazuh(
  this: CliContext,
  flags: { readonly config?: string; readonly json: boolean },
  named?: string,
): Promise<void> {
  const path = findConfig(flags.config);
  if (path === null) throw noConfig();
  const { readConfig } = await import("../app/read-config.ts");
  const read = readConfig(path);
  if (read.kind !== "loaded") throw new CommandError(EXIT.config, mistakesIn(read));
  const { examineWazuh } = await import("../app/wazuh-doctor.ts");
  const { doctorOf } = await import("../app/ossec/doctor.ts");
  const api = await examineWazuh(read.config);
  const blocks = doctorOf(read, path, named ?? null);
  if (api === null && blocks === null)
    throw new CommandError(EXIT.no, "the config has no wazuh.api and no ossec_conf: add one, or name an ossec.conf");
  const reports = [...(api === null ? [] : [{ destination: "wazuh.api", findings: api }]), ...(blocks ?? [])];
  print(this, flags, reports, renderFindings);
  const failed = reports.flatMap(({ findings }) => findings.filter(({ ok }) => !ok));
  if (failed.length > 0) throw new CommandError(EXIT.unavailable, `${counted(failed.length, "thing")} to mend`);
}

export async function doctorIndexer(
  this: CliContext,
  flags: { readonly config?: string; readonly json: boolean },
): Promise<void> {
  const path = findConfig(flags.config);
  if (path === null) throw noConfig();
  const config = await configOrFail(this, path);
  const { examineIndexers } = await import("../app/indexer-doctor.ts");
  const reports = await examineIndexers(config);
  if (reports.length === 0) throw new CommandError(EXIT.no, "the config has no source with from: indexer");
  print(this, flags, reports, renderFindings);
  const failed = reports.flatMap(({ findings }) => findings.filter(({ ok }) => !ok));
  if (failed.length > 0) throw new CommandError(EXIT.unavailable, `${counted(failed.length, "thing")} to mend`);
}

export function renderFindings(reports: readonly DoctorReport[], paint: Paint): string {
  const rows = reports.flatMap(({ destination, findings }) =>
    findings.map((finding) => [destination, verdict(finding), finding.check, finding.says]),
  );
  return table(["WHAT", "", "CHECK", "WHAT WAS SEEN"], rows, paint);
}

function verdict({ ok, doubtful }: Finding): string {
  if (!ok) return "FAIL";
  return doubtful === true ? "LOOK" : "OK";
}
