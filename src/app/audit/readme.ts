import type { Instant } from "../../core/time.ts";
import { visible } from "../../core/visible.ts";
import type { ExportReport } from "./export.ts";

interface About {
  readonly install: string;
  readonly at: Instant;
  readonly version: string;
  readonly title: string | null;
}

/** For whoever gets the export and has never heard of Riposte. */
export function readmeOf(report: ExportReport, { install, at, version, title }: About): string {
  const { incident, rows, unsealed, seals, lastSeal, signedBy } = report;
  const what = incident === null ? "the audit of Riposte" : `what Riposte has on incident #${incident}`;
  return [
    `This is ${what}${title === null ? "" : `: ${visible(title)}`}`,
    `Exported ${new Date(at).toISOString()} by Riposte ${version} from database ${install}.`,
    "",
    "HOW TO CHECK IT",
    "  sh verify.sh",
    "It needs sha256sum (or shasum) and, for signatures, openssl 3. It is short: read it before you run it.",
    "The same by Riposte: riposte audit verify THIS-FOLDER",
    "",
    "WHAT IS IN IT",
    "  audit/rows/*.jsonl      the rows of the audit, a line each, by the segment in which they were sealed",
    "  audit/segments/*.txt    the number and the SHA-256 of every row of these segments",
    "  audit/seals.jsonl       the seals, a line each: each has the SHA-256 of the one before",
    "  audit/signatures.txt    segment, SHA-256 of its seal, key and signature (- where there is none)",
    "  keys/*.pem              public keys (Ed25519). Compare them with the ones that you were given another way",
    ...(incident === null ? [] : INCIDENT_FILES),
    "  SHA256SUMS              all files of this export",
    "",
    "WHAT IT PROVES",
    `${rows} rows of the audit, ${unsealed} of them not sealed yet, and ${seals} seals.`,
    lastSeal === null
      ? "Nothing was sealed when this was exported: that rows follow each other is all that can be checked."
      : `The last seal is that of segment ${lastSeal.segment}, of ${new Date(lastSeal.sealedAt).toISOString()}: ${lastSeal.hash}`,
    "A row can't be changed, taken out or put in without changing its seal and every later one. Each seal was in",
    "Riposte's log, its metrics and its status when it was made: a copy of any of them that others have kept shows",
    "that the chain is the one that was made then. Without such a copy and without signatures, whoever has had the",
    "database could have made all of it anew.",
    signedBy === null
      ? "This export is not signed."
      : `This export is signed with key ${signedBy} (SHA256SUMS.${signedBy}.sig): nothing in it was changed since.`,
    ...(incident === null ? [] : NOT_SEALED),
    "Times are milliseconds since 1970-01-01 UTC, by the clock of the machine that Riposte ran on.",
    "",
  ].join("\n");
}

const INCIDENT_FILES: readonly string[] = [
  "  incident/story.txt      all of it in the order of time, to read",
  "  incident/incident.json  the incident as it stands",
  "  incident/moments.jsonl  what was said of it",
  "  incident/alerts.jsonl   the alerts of which the lines are kept: the first and the newest",
  "  incident/responses.jsonl  what was to be done about it, and what came of it",
  "  incident/told.jsonl     each call that told somebody, where, when and what came of it",
  "  incident/config.json    the config by which it was opened, without secrets",
];

const NOT_SEALED: readonly string[] = [
  "Sealed are the rows of the audit alone. What is in incident/ is what the database said when this was exported.",
  "Passwords, tokens and keys in alerts are taken out, as for everybody who is told ([redacted]); no digest of what",
  "was taken out is given, since it could be guessed by it. Wazuh's own archive has each alert by its id.",
  "Rows of the audit are whole: a row that was changed could not be checked.",
];
