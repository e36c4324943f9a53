import type { Config } from "../../config/schema.ts";
import { auditHash, auditLine, NO_ROW } from "../../core/audit-chain.ts";
import { hashOfRow, manifestOf, sealLine, type Seal } from "../../core/audit-seal.ts";
import type { AuditRow } from "../../core/change.ts";
import type { Incident } from "../../core/incident.ts";
import type { Instant } from "../../core/time.ts";
import { systemClock } from "../../ports/clock.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { openStoreReader } from "../../store/open.ts";
import type { Reader } from "../../store/queries.ts";
import { StoreError } from "../../store/store.ts";
import type { StartFailure } from "../../app.ts";
import { openOwnSecrets } from "../secrets/own-secrets.ts";
import { storeAddressOf } from "../store-address.ts";
import { version } from "../version.ts";
import { incidentFiles } from "./incident-files.ts";
import { readSigner } from "./keep.ts";
import { openExportPlace, type ExportPlace } from "./place.ts";
import { readmeOf } from "./readme.ts";
import { rowsOf, sealsOf } from "./walk.ts";
import { VERIFY_SCRIPT } from "./verify-script.ts";

export interface ExportReport {
  readonly out: string;
  readonly incident: number | null;
  readonly rows: number;
  /** Of those, behind the last seal. */
  readonly unsealed: number;
  readonly seals: number;
  readonly lastSeal: Pick<Seal, "segment" | "hash" | "sealedAt"> | null;
  /** With which key the export is signed; null: it is not. */
  readonly signedBy: string | null;
  /** Why it is not, where the config names a key. */
  readonly unsignedWhy: string | null;
}

export interface ExportOptions {
  readonly config: Config;
  readonly reader: Reader;
  readonly secrets: Secrets;
  /** Null: all of the audit. */
  readonly incident: number | null;
  readonly out: string;
  readonly version: string;
}

/** Opens the store, and exports from it. */
export async function exportFrom(
  options: Pick<ExportOptions, "config" | "incident" | "out">,
): Promise<ExportReport | StartFailure> {
  const { config } = options;
  const secrets = openOwnSecrets(systemClock, config.aws);
  const address = await storeAddressOf(config.store, secrets);
  if (!("kind" in address)) return address;
  const reader = await openStoreReader(address);
  if (reader instanceof StoreError) return { code: reader.code, message: reader.message };
  try {
    return await exportAudit({ ...options, reader, secrets, version });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { code: error.code, message: error.message };
  } finally {
    await reader.close();
  }
}

/** Writes the audit, or all that is known of one incident, with what it takes to check it. */
export async function exportAudit(options: ExportOptions): Promise<ExportReport | StartFailure> {
  const { config, reader, secrets, incident: id, out } = options;
  const incident = id === null ? null : await reader.incident(id);
  if (id !== null && incident === null) return { code: "other_tool", message: `there is no incident #${id}` };
  const at = systemClock.now();
  const place = openExportPlace(out, at);
  if (typeof place === "string") return { code: "unwritable", message: place };
  try {
    const signer = await readSigner(config, secrets);
    const { install } = await reader.auditing.head();
    const about = incident === null ? ALL : isAbout(incident, at);
    const written = await writeAudit(place, reader, install, about);
    if (incident !== null) {
      const files = await incidentFiles(reader, incident, written.mine, config);
      for (const [name, content] of files) place.add(name, content);
    }
    if (signer !== null && typeof signer !== "string") place.add(`keys/${signer.key}.pem`, signer.publicPem);
    const { mine: _, ...counted } = written;
    const report: ExportReport = {
      out,
      incident: id,
      ...counted,
      signedBy: signer === null || typeof signer === "string" ? null : signer.key,
      unsignedWhy: typeof signer === "string" ? signer : null,
    };
    place.add(
      "README.txt",
      readmeOf(report, { install, at, version: options.version, title: incident?.title ?? null }),
    );
    place.add("verify.sh", VERIFY_SCRIPT);
    const sums = place.sums();
    place.add("SHA256SUMS", sums);
    if (signer !== null && typeof signer !== "string")
      place.add(`SHA256SUMS.${signer.key}.sig`, Buffer.from(signer.sign(sums), "base64"));
    place.done();
    return report;
  } catch (error) {
    place.undo();
    throw error;
  }
}

/** What is about the incident, and what was so for all of them while it lasted: the kill switch, the config, a restore. */
function isAbout(incident: Incident, now: Instant): (row: AuditRow) => boolean {
  const { id, firstAt, openedAt, resolvedAt } = incident;
  const [from, to] = [Math.min(firstAt, openedAt ?? firstAt), resolvedAt ?? now];
  // As rows named it before they had a field for it.
  const named = new RegExp(String.raw`(?:^|of )#${id}(?!\d)`);
  return (row) =>
    row.incident === undefined
      ? named.test(row.about) || (FOR_ALL.has(row.what) && row.at >= from && row.at <= to)
      : row.incident === id;
}

const FOR_ALL: ReadonlySet<string> = new Set([
  "stop_responses",
  "resume_responses",
  "config_applied",
  "audit_key",
  "restore",
]);

interface Written extends Pick<ExportReport, "rows" | "unsealed" | "seals" | "lastSeal"> {
  readonly mine: readonly AuditRow[];
}

/** Rows by segment, the hashes of all rows of those segments, and the seals from the first of them to the last. */
async function writeAudit(
  place: ExportPlace,
  reader: Reader,
  install: string,
  isMine: (row: AuditRow) => boolean,
): Promise<Written> {
  const rows = rowsOf(reader)[Symbol.asyncIterator]();
  const lines: string[] = [];
  const signatures: string[] = [];
  const mine: AuditRow[] = [];
  let lastSeal: Seal | null = null;
  let before = NO_ROW;
  let next = await rows.next();
  const take = async (lastId: number) => {
    const own: { readonly row: AuditRow; readonly line: string }[] = [];
    for (; next.done !== true && next.value.id <= lastId; next = await rows.next()) {
      const row = next.value;
      // The first that is chained follows none, whatever is there from before.
      const follows = row.hash !== undefined && auditHash(row, NO_ROW) !== row.hash ? before : NO_ROW;
      own.push({ row, line: auditLine(row, follows) });
      if (row.hash !== undefined) before = row.hash;
    }
    return own;
  };
  const put = (name: string, own: Awaited<ReturnType<typeof take>>): number => {
    const those = own.filter(({ row }) => isMine(row));
    if (those.length > 0) place.add(`audit/rows/${name}.jsonl`, those.map(({ line }) => `${line}\n`).join(""));
    mine.push(...those.map(({ row }) => row));
    return those.length;
  };
  const keep = (seal: Seal): void => {
    lines.push(`${sealLine(seal, install)}\n`);
    signatures.push(`${seal.segment} ${seal.hash} ${seal.key ?? "-"} ${seal.signature ?? "-"}\n`);
  };
  for await (const seal of sealsOf(reader)) {
    const own = await take(seal.lastId);
    const name = String(seal.segment).padStart(6, "0");
    if (put(name, own) > 0) {
      const hashes = own.map(({ row }) => ({ id: row.id, hash: hashOfRow(row) }));
      place.add(`audit/segments/${name}.txt`, manifestOf(hashes));
    }
    // What lies before the first row needs no proof, where it is not all that there is.
    if (mine.length > 0 || isMine === ALL) keep(seal);
    before = seal.head;
    lastSeal = seal;
  }
  if (lines.length === 0 && lastSeal !== null) keep(lastSeal);
  const unsealed = put("unsealed", await take(Infinity));
  place.add("audit/seals.jsonl", lines.join(""));
  place.add("audit/signatures.txt", signatures.join(""));
  const last =
    lastSeal === null ? null : { segment: lastSeal.segment, hash: lastSeal.hash, sealedAt: lastSeal.sealedAt };
  return { rows: mine.length, unsealed, seals: lines.length, lastSeal: last, mine };
}

const ALL = (): boolean => true;
