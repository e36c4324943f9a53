import { readFileSync } from "node:fs";
import type { Anchor } from "../app/audit/anchor.ts";
import type { VerifyReport } from "../app/audit/verify.ts";
import { visible } from "../core/visible.ts";
import { configOrFail, findConfig, noConfig } from "./config-file.ts";
import type { CliContext } from "./context.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { print } from "./print.ts";
import { startFailed } from "./start-failure.ts";
import type { Paint } from "./terminal.ts";
import { counted, instant } from "./words.ts";

export interface AuditVerifyFlags {
  readonly config?: string;
  readonly json: boolean;
  readonly key?: readonly string[];
  readonly seal?: readonly Anchor[];
}

export async function auditVerify(this: CliContext, flags: AuditVerifyFlags, place?: string): Promise<void> {
  const configPath = findConfig(flags.config);
  // An auditor's machine has an export and no config.
  if (configPath === null && place === undefined) throw noConfig();
  const isOwn = place === undefined || flags.config !== undefined;
  const config = configPath !== null && isOwn ? await configOrFail(this, configPath) : null;
  const [{ verify }, { knownKeyOf }] = await Promise.all([
    import("../app/audit/verify.ts"),
    import("../app/audit/signer.ts"),
  ]);
  const keys = (flags.key ?? []).map((path) => {
    const known = knownKeyOf(readKey(path));
    if (known === null) throw new CommandError(EXIT.badData, `${visible(path)} is no key of Ed25519 in PEM`);
    return known;
  });
  const report = await verify({
    config,
    place: place ?? null,
    keys,
    anchors: flags.seal ?? [],
  });
  if ("code" in report) throw startFailed(report);
  print(this, flags, report, renderVerify);
  if (report.fault !== null) throw new CommandError(EXIT.no, `the audit differs: ${visible(report.fault.says)}`);
}

function readKey(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new CommandError(EXIT.noInput, `${visible(path)}: there is no such file that this user may read`);
  }
}

export function renderVerify(report: VerifyReport, paint: Paint): string {
  const { place, kind, fault, rows, segments, gone, unsealed, foundRows, lastSeal } = report;
  const head =
    fault === null
      ? `${paint("green", "whole")}  ${visible(place)}: ${counted(rows, "row")} of the audit in ${counted(segments, "sealed segment")}`
      : `${paint("red", "differs")}  ${visible(place)}: ${visible(fault.says)}`;
  const from = kind === "export" ? "of this export" : "behind the last seal";
  return [
    head,
    ...(unsealed > 0 ? [`${counted(unsealed, "row")} ${from} not sealed yet: chained, and not signed.`] : []),
    ...(gone > 0
      ? [`Of ${counted(gone, "segment")} the rows have gone by retention; the seals are there, and in the chain.`]
      : []),
    ...(foundRows > 0
      ? [`${counted(foundRows, "row")} from before rows were chained: known by their seal, as they were found then.`]
      : []),
    ...signatureLines(report),
    ...(report.anchorsHeld > 0 ? [`${counted(report.anchorsHeld, "seal")} that you kept: the same here.`] : []),
    ...(lastSeal === null
      ? []
      : [`Last seal: segment ${lastSeal.segment}, ${instant(lastSeal.sealedAt)}, ${lastSeal.hash}`]),
    "",
  ].join("\n");
}

function signatureLines({ signed, signaturesChecked, keys, keyTrouble, lastSeal }: VerifyReport): readonly string[] {
  if (keyTrouble !== null) return [`Signatures were not checked: audit.key can't be read (${visible(keyTrouble)}).`];
  if (signaturesChecked > 0)
    return [`${counted(signaturesChecked, "seal")} signed with ${keys.join(", ")}: they hold.`];
  if (signed > 0) return [`${counted(signed, "seal")} signed, and not checked: name the public key with --key FILE.`];
  return lastSeal === null
    ? ["Nothing was sealed yet: a running server does that within ten minutes."]
    : ["No seal is signed: keep them elsewhere, or name a key as audit.key."];
}
