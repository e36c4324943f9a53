import type { Config } from "../../config/schema.ts";
import type { AuditRow } from "../../core/change.ts";
import type { Incident } from "../../core/incident.ts";
import type { Moment } from "../../core/moments.ts";
import type { Attempt } from "../../core/receipt.ts";
import { createRedactor, USUAL_REDACTION, type RedactedLine, type Redactor } from "../../core/redact.ts";
import type { Instant } from "../../core/time.ts";
import { visible } from "../../core/visible.ts";
import type { Reader } from "../../store/queries.ts";

const MOST = 100_000;

/** All that is known of an incident, as it may leave the house. */
export async function incidentFiles(
  reader: Reader,
  incident: Incident,
  audit: readonly AuditRow[],
  { redact }: Pick<Config, "redact">,
): Promise<readonly (readonly [name: string, content: string])[]> {
  const { id } = incident;
  // What one destination is shown all the same is between it and the config: others get an export.
  const redactor = createRedactor(redact === undefined || redact === "off" ? USUAL_REDACTION : redact);
  const bodies = await reader.bodies(id);
  const lines = bodies.map(({ ordinal, raw }) => ({ ordinal, ...redactor.line(raw) }));
  const moments = redactedMoments(await reader.moments(id), redactor, lines);
  const attempts = (await reader.attempts({ incident: id, limit: MOST })).toReversed();
  const receipts = await reader.receipts(id);
  const responses = (await reader.responding.responses({ show: "all", incident: id, limit: MOST })).toReversed();
  const snapshot = await reader.snapshot(incident.snapshot);
  const values = lines.flatMap((line) => line.values);
  const shown = { ...incident, title: redactor.text(incident.title, values) };
  return [
    ["incident/story.txt", story(shown, moments, attempts, audit)],
    ["incident/incident.json", `${JSON.stringify(shown, null, 2)}\n`],
    ["incident/moments.jsonl", jsonLines(moments)],
    [
      "incident/alerts.jsonl",
      jsonLines(
        lines.map(({ ordinal, line, found }) => ({ ordinal, takenOut: found.map(({ path }) => path), alert: line })),
      ),
    ],
    // Whoever has a token could speak for the agent.
    ["incident/responses.jsonl", jsonLines(responses.map((response) => without(response, "token")))],
    [
      "incident/told.jsonl",
      jsonLines([
        ...attempts.map((attempt) => without(attempt, "plan")),
        ...receipts.map(({ destination, remote, momentsTold, repeats, firstDoneAt, lastDoneAt }) => ({
          destination,
          shows: remote,
          momentsTold,
          repeats,
          firstDoneAt,
          lastDoneAt,
        })),
      ]),
    ],
    ["incident/config.json", `${snapshot?.body ?? "null"}\n`],
  ];
}

function redactedMoments(moments: readonly Moment[], redactor: Redactor, lines: readonly RedactedLine[]): Moment[] {
  const values = [...new Set(lines.flatMap((line) => line.values))];
  return moments.map((moment) =>
    moment.text === null ? moment : { ...moment, text: redactor.text(moment.text, values) },
  );
}

function without(row: object, key: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== key));
}

function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** To read, and nothing to be proven by: what it is made of is beside it. */
function story(
  incident: Incident,
  moments: readonly Moment[],
  attempts: readonly Attempt[],
  audit: readonly AuditRow[],
): string {
  const told: (readonly [at: Instant, order: number, says: string])[] = [
    ...moments.map(
      ({ at, kind, by, text }) => [at, 0, `${kind}${by === null ? "" : ` by ${by}`}: ${text ?? ""}`] as const,
    ),
    ...audit.map(
      ({ id, at, who, what, about }) => [at, 1, `audit ${id}: ${who} ${what.replaceAll("_", " ")}, ${about}`] as const,
    ),
    ...attempts.map(
      ({ beganAt, destination, action, outcome, reason }) =>
        [
          beganAt,
          2,
          `call to ${destination} (${action}): ${outcome ?? "not ended"}${reason === null ? "" : `, ${reason}`}`,
        ] as const,
    ),
  ];
  const lines = told
    .toSorted(([at, order], [otherAt, otherOrder]) => at - otherAt || order - otherOrder)
    .map(([at, , says]) => `${new Date(at).toISOString()}  ${visible(says)}`);
  return [
    `#${incident.id} ${visible(incident.title)} (${incident.severity}, ${incident.state})`,
    "",
    ...lines,
    "",
  ].join("\n");
}
