import { digestedFor } from "../core/digest-event.ts";
import { guidanceTextLines } from "../core/guidance-text.ts";
import type { Incident } from "../core/incident.ts";
import { massedPolicy } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import { headline } from "../core/outcome.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Instant } from "../core/time.ts";
import { visible } from "../core/visible.ts";
import type { Work } from "../core/work.ts";
import type { IncidentDetail, IncidentPage } from "../http/incident-routes.ts";
import { reasonWords } from "./reason-words.ts";
import { actionWords } from "./render-responses.ts";
import { agentNoteWords } from "./agent-words.ts";
import { table, type Colour, type Paint } from "./terminal.ts";
import { ago, counted, grouped, instant } from "./words.ts";

const TITLE_CHARACTERS = 80;

export function renderIncidentPage({ incidents, next }: IncidentPage, now: Instant, paint: Paint): string {
  if (incidents.length === 0) return "";
  const heads = ["ID", "SEVERITY", "STATE", "ALERTS", "NEWEST", "AGENT", "POLICY", "REASON"];
  const rows = incidents.map((incident) => [
    `#${incident.id}`,
    incident.severity,
    incident.state,
    standsForMany(incident) ? counted(incident.count, "incident") : grouped(incident.count),
    ago(incident.lastAt, now),
    incident.agentName ?? incident.agentId ?? "-",
    incident.policy,
    cut(`${toldElsewhere(incident)}rule ${incident.ruleId}: ${incident.title}`),
  ]);
  const more = next === null ? "" : paint("dim", `there are older ones: --before ${next}\n`);
  return `${table(heads, rows, paint)}${more}`;
}

function standsForMany({ policy }: Incident): boolean {
  return massedPolicy(policy) !== null || digestedFor(policy) !== null;
}

function toldElsewhere({ collapsedInto }: Incident): string {
  return collapsedInto === undefined ? "" : `told in #${collapsedInto}; `;
}

export function renderIncident(detail: IncidentDetail, now: Instant, paint: Paint): string {
  const { incident, moments, actions, receipts, awaited, work, attempts } = detail;
  const { id, severity, state, title, count, firstAt, lastAt } = incident;
  const group = Object.entries(detail.group).map(([name, value]) => `${name} ${value ?? "(none)"}`);
  const facts = [
    ["policy", incident.policy],
    ["rule", incident.ruleId],
    ["agent", [incident.agentName, incident.agentId].filter((part) => part !== null).join(" ") || "-"],
    ["group", group.join(", ") || "one for all"],
    ...massFacts(detail),
    ...digestFacts(detail),
    [
      standsForMany(incident) ? "members" : "alerts",
      `${grouped(count)}, the first ${instant(firstAt)}, the newest ${instant(lastAt)} (${ago(lastAt, now)})`,
    ],
    ["state", stateWords(incident)],
    ...(incident.handling?.assignee === undefined ? [] : [["with", incident.handling.assignee] as const]),
    ...reminderFacts(detail),
  ] as const;
  return [
    `${paint("bold", `#${id}`)} ${paint(SEVERITY_COLOUR[severity], severity)} ${state}  ${visible(title)}\n`,
    ...facts.map(([name, value]) => `  ${name.padEnd(8)}${visible(value)}\n`),
    section("What happened", paint),
    ...moments.map(
      (moment) =>
        `  ${instant(moment.at)}  ${visible(momentWords(moment, standsForMany(incident) ? "incidents" : "alerts"))}\n`,
    ),
    ...(actions.length === 0 ? [] : [section("What was done", paint)]),
    ...actions.map((action) => `  ${visible(actionWords(action))}\n`),
    section("Who was told", paint),
    ...receipts.map((receipt) => {
      return `  ${visible(receiptWords(receipt, now, awaited.includes(receipt.destination)))}\n`;
    }),
    ...(receipts.length === 0 ? ["  nobody yet\n"] : []),
    ...(detail.playbook === undefined
      ? []
      : ["\n", ...guidanceTextLines(detail.playbook, instant).map((line) => `${visible(line)}\n`)]),
    ...(work.length === 0 ? [] : [section("What waits", paint)]),
    ...work.map((one) => `  ${visible(workWords(one, now))}\n`),
    ...(attempts.length === 0 ? [] : [section("Calls, newest first", paint), renderAttempts(attempts, paint)]),
    section("Newest alert", paint),
    ...detail.alerts
      .slice(-1)
      .flatMap(({ raw, agent }) => [
        `  ${visible(raw)}\n`,
        ...(agent === undefined ? [] : [`  ${visible(agentNoteWords(agent))}\n`]),
      ]),
  ].join("");
}

function massFacts({ incident: { id, collapsedInto }, mass }: IncidentDetail): readonly (readonly [string, string])[] {
  if (collapsedInto !== undefined)
    return [["told in", `#${collapsedInto}, a mass event, with many that opened at once`]];
  if (mass === undefined) return [];
  const { members, unresolved } = mass;
  const words = `${counted(members, "incident")}, ${grouped(unresolved)} not over: riposte incidents list --told-in ${id} --state all`;
  return [["mass", words]];
}

function digestFacts({ incident, toldIn = [] }: IncidentDetail): readonly (readonly [string, string])[] {
  const destination = digestedFor(incident.policy);
  const own = `for ${destination}: riposte incidents list --told-in ${incident.id} --state all`;
  return [
    ...(destination === null ? [] : [["digest", own] as const]),
    ...toldIn.map((told) => ["told in", `#${told.digest}, a digest for ${told.destination}`] as const),
  ];
}

function reminderFacts({ reminders = [] }: IncidentDetail): readonly (readonly [string, string])[] {
  return reminders.map(({ kind, dueAt, times }) => {
    const before = times === 0 ? "" : `, after ${counted(times, "time")}`;
    const what = kind === "repeat" ? `told again at ${instant(dueAt)}${before}` : `told to others at ${instant(dueAt)}`;
    return ["next", `${what}, unless somebody acknowledges it`] as const;
  });
}

export function renderAttempts(attempts: readonly Attempt[], paint: Paint): string {
  const heads = ["AT", "DESTINATION", "STEP", "ACTION", "OUTCOME", "REASON"];
  const rows = attempts.map((attempt) => [
    instant(attempt.beganAt),
    attempt.destination,
    String(attempt.step),
    attempt.repeat ? `${attempt.action} (possible repeat)` : attempt.action,
    attempt.outcome ?? "under way",
    [attempt.reason === null ? "" : reasonWords(attempt.reason), headline(attempt.evidence ?? "")]
      .filter(Boolean)
      .join(": ") || "-",
  ]);
  return table(heads, rows, paint).replaceAll(/^(?=.)/gm, "  ");
}

export function receiptWords(receipt: Receipt, now: Instant, isAwaited = false): string {
  const { destination, remote, steps, repeats, lastDoneAt } = receipt;
  const where = isAwaited ? "received, and it has not called back yet" : (remote.url ?? remote.anchor);
  return [
    `${destination}: ${ago(lastDoneAt, now)}, ${grouped(steps)} step${steps === 1 ? "" : "s"}`,
    ...(where === null ? [] : [where]),
    ...(repeats === 0 ? [] : [`${grouped(repeats)} of them may be there twice`]),
  ].join(", ");
}

export function workWords({ destination, state, reason, evidence, sinceAt, dueAt }: Work, now: Instant): string {
  const why = `${reasonWords(reason)}${evidence === null ? "" : ` (${evidence})`}`;
  const since = `since ${ago(sinceAt, now)}`;
  switch (state) {
    case "ready":
      return `${destination}: waiting ${since}, ${dueAt > now ? `again at ${instant(dueAt)}` : "due now"}: ${why}`;
    case "sending":
      return `${destination}: a call is under way`;
    case "unknown":
      return `${destination}: unknown ${since}, looked into again at ${instant(Math.max(dueAt, now))}: ${why}`;
    case "watched":
      return `${destination}: all is told; looked at again at ${instant(Math.max(dueAt, now))}, in case what was repeated turns up twice`;
    case "listed":
      return `${destination}: ${reason === "collapsed" || reason === "digested" ? "not told by itself" : "listed with others"} ${since}: ${why}; riposte work retry tells it by itself`;
    case "shadow":
      return `${destination}: not sent, ${since}: ${why}; riposte takeover moves the block to Riposte`;
    case "hushed":
      return `${destination}: not told, ${since}, ${untilWords(dueAt)}: ${why}; riposte work retry tells it all the same`;
    case "dead":
      return `${destination}: given up: ${why}`;
  }
}

/** Later than that is no time: something else ends it, as the evidence says. */
export const ENDLESS_AT = 8_000_000_000_000_000;

function untilWords(dueAt: Instant): string {
  return dueAt > ENDLESS_AT ? "with no end in time" : `until ${instant(dueAt)}`;
}

function momentWords({ kind, by, text, count }: Moment, what: "alerts" | "incidents"): string {
  const parts = [kind, ...(by === null ? [] : [`by ${by}`]), ...(count > 1 ? [`after ${grouped(count)} ${what}`] : [])];
  return text === null ? parts.join(" ") : `${parts.join(" ")}: ${text}`;
}

export function stateWords({ state, acknowledgedBy, resolvedBy, resolvedAt, dueAt }: Incident): string {
  switch (state) {
    case "pending":
      return `held back until ${dueAt === null ? "?" : instant(dueAt)}, in case an alert clears it`;
    case "open":
      return "open";
    case "acknowledged":
      return `acknowledged by ${acknowledgedBy ?? "?"}`;
    case "resolved":
      return `resolved ${resolvedAt === null ? "" : instant(resolvedAt)} ${RESOLVED_BY[resolvedBy ?? "person"]}`;
  }
}

const RESOLVED_BY = { clear: "by an alert that clears it", quiet: "by quiet", person: "by a person" } as const;

const SEVERITY_COLOUR: Readonly<Record<Incident["severity"], Colour>> = {
  low: "dim",
  medium: "bold",
  high: "yellow",
  critical: "red",
};

function section(title: string, paint: Paint): string {
  return `\n${paint("bold", title)}\n`;
}

function cut(text: string): string {
  return text.length <= TITLE_CHARACTERS ? text : `${text.slice(0, TITLE_CHARACTERS - 1)}…`;
}
