import type { SecretFinding, SecretsReport } from "../app/secrets/check.ts";
import { visible } from "../core/visible.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { table, type Paint } from "./terminal.ts";
import { counted, duration } from "./words.ts";

export async function checkSecrets(
  this: CliContext,
  flags: { readonly config?: string; readonly json: boolean },
): Promise<void> {
  const path = findConfig(flags.config);
  if (path === null) throw noConfig();
  const config = await configOrFail(this, path);
  const { checkSecrets: look } = await import("../app/secrets/check.ts");
  const report = await look(config);
  print(this, flags, report, renderSecrets);
  const bad = report.secrets.filter(({ readable, proven }) => !readable || proven === "no" || proven === "unknown");
  if (bad.length > 0) throw new CommandError(EXIT.unavailable, `${counted(bad.length, "secret")} to look after`);
}

const PROVEN: Readonly<Record<SecretFinding["proven"], string>> = {
  yes: "yes",
  no: "NO",
  form: "its form",
  unknown: "unknown",
  not_asked: "-",
};

export function renderSecrets({ at, secrets }: SecretsReport, paint: Paint): string {
  if (secrets.length === 0) return "The config names no secrets.\n";
  const rows = secrets.map(({ field, place, readable, version, madeAt, proven, says }) => [
    field,
    place,
    readable ? "yes" : "NO",
    madeAt === null ? "-" : duration(Math.max(0, at - madeAt)),
    version === null ? "-" : visible(version).slice(0, 8),
    readable ? PROVEN[proven] : "-",
    visible(says),
  ]);
  return table(["SECRET", "WHERE", "READABLE", "AGE", "VERSION", "PROVEN", "SEEN"], rows, paint);
}
