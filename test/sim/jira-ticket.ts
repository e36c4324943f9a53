import type { JiraIssue } from "../fakes/jira/issue.ts";
import type { ReceiptRow } from "./rows.ts";

export interface JiraReceipt extends ReceiptRow {
  readonly remote: string;
  readonly first_done_at: number;
}

/** Of which incident it is the ticket; null: of none, or it was put away as a second copy. */
export function incidentOf({ properties }: JiraIssue): number | null {
  const [, incident] = /^rp-[a-z0-9]+-(\d+)-jira-1$/.exec(markIn(properties.get("riposte")) ?? "") ?? [];
  return incident === undefined ? null : Number(incident);
}

export function markIn(property: unknown): string | null {
  return (property as { readonly mark?: string } | undefined)?.mark ?? null;
}

const STATES: Readonly<Record<string, string>> = { Open: "open", Acknowledged: "acknowledged", Resolved: "resolved" };

export function headOf({ description }: JiraIssue): {
  readonly state: string;
  readonly severity: string;
  readonly count: number;
} {
  // As Cloud's tree of nodes reads, or as Data Center's wiki markup is written.
  const fact = (label: string): string =>
    new RegExp(`^(?:${label}\\n(.*)|\\|\\|${label}\\|(.*)\\|)$`, "m").exec(description)?.slice(1).join("") ?? "";
  return {
    state: STATES[/^\w+/.exec(fact("State"))?.[0] ?? ""] ?? "nothing",
    severity: fact("Severity").toLowerCase(),
    count: Number((fact("Alerts") || fact("Incidents")).replaceAll(",", "")),
  };
}

/** The lines of a text as people read them, of a list as of a paragraph, out of nodes as out of wiki markup. */
export function linesOf(text: string): readonly string[] {
  const shown = text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  return shown.split("\n").map((line) => line.replace(/^\* /, "").replace(/^\*/, ""));
}
