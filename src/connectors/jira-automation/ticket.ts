import { cutPlainLine, cutPlainText, grouped, plainText } from "../../core/plain-text.ts";
import { foldMoments, type Moment } from "../../core/moments.ts";
import type { AlertFacts, Picture } from "../../core/picture.ts";
import { agentWords, capital, countedIn, isoText, sayMoment, sayNoResponse, utcText } from "../telling.ts";
import type { StepWords } from "../connector.ts";
import { fittingSteps, plainRuns, WHAT_TO_DO, wholeGuidanceAt, type GuidanceLine } from "../guidance-lines.ts";
import { withoutMarkup } from "./markup.ts";

// Jira's own limits: a summary is one line of 255, a description holds 32,767.
const SUMMARY_CHARS = 255;
const LOG_CHARS = 8_000;
/** Where a playbook needs the room. */
const SHORT_LOG_CHARS = 4_000;
const STEPS_CHARS = 9_000;
const FACT_CHARS = 500;
const MOMENT_LINES = 20;
const MOMENT_CHARS = 300;

/** `data` of the call: the three fields that existing rules read, and ours beside them for rules that want more. */
export function ticketOf(picture: Picture, words: StepWords, issueType: string, project: string | null): object {
  const { incident, first } = picture;
  return {
    ...(project === null ? {} : { project: { key: project } }),
    summary: summaryOf(picture),
    description: descriptionOf(picture, words),
    issuetype: { name: issueType },
    labels: [words.mark],
    riposte: {
      incident: incident.id,
      mark: words.mark,
      possible_repeat: words.repeat,
      policy: fact(incident.policy),
      state: incident.state,
      severity: incident.severity,
      count: incident.count,
      first_at: isoText(incident.firstAt),
      last_at: isoText(incident.lastAt),
      rule: { id: fact(first.ruleId), level: first.level, groups: first.groups.slice(0, 20).map(fact) },
      agent: { id: factOrNone(first.agentId), name: factOrNone(first.agentName), ip: factOrNone(first.agentIp) },
      location: factOrNone(first.location),
      user: factOrNone(first.user),
      source_ip: factOrNone(first.sourceIp),
      ...(picture.guidance !== undefined && { playbook: fact(picture.guidance.name) }),
      mitre: first.mitre.slice(0, 20).map(({ id }) => fact(id)),
    },
  };
}

function summaryOf({ incident, first }: Picture): string {
  const agent = first.agentName ?? first.agentId;
  // The agent's name stands last and would be the first to be cut: it gets its room before the title does.
  const at = agent === null ? "" : ` (${cutPlainLine(agent, 80)})`;
  const title = cutPlainLine(`[Wazuh] ${incident.title}`, SUMMARY_CHARS - 2 * at.length);
  return cutPlainLine(withoutMarkup(`${title}${at}`), SUMMARY_CHARS);
}

function descriptionOf(picture: Picture, words: StepWords): string {
  const { incident, first, newest, moments, guidance } = picture;
  const logChars = guidance === undefined ? LOG_CHARS : SHORT_LOG_CHARS;
  const repeat = words.repeat
    ? "Possible repeat: an earlier sending of this ticket may have arrived. Look for another with the same first alert."
    : null;
  const facts = [
    `Incident: #${incident.id}, ${incident.state}, policy ${incident.policy}`,
    `Severity: ${capital(incident.severity)}`,
    `Rule: ${first.ruleId} (level ${first.level}) ${first.description}`,
    line("Agent", agentOf(first)),
    line("Manager", first.manager),
    line("Location", first.location),
    line("User", first.user),
    line("Source address", first.sourceIp),
    line(
      "MITRE ATT&CK",
      listOf(first.mitre.map(({ id, technique }) => (technique === null ? id : `${id} ${technique}`))),
    ),
    line("Rule groups", listOf(first.groups)),
    `First alert: ${utcText(incident.firstAt)} (Wazuh id ${first.id})`,
    incident.count > 1
      ? `${countedIn(picture)}: ${grouped(incident.count)}, the newest at ${utcText(incident.lastAt)}`
      : null,
    line("Response", sayNoResponse(picture)),
  ].filter((text) => text !== null);
  const parts = [
    repeat,
    facts.map((text) => cutPlainLine(text, FACT_CHARS)).join("\n"),
    whatToDo(picture),
    story(foldMoments(moments)),
    excerpt("Log", first.log, logChars),
    newest.log === first.log ? null : excerpt("Newest log", newest.log, logChars),
    `Riposte mark: ${words.mark}`,
  ];
  return withoutMarkup(parts.filter((part) => part !== null).join("\n\n"));
}

function story(moments: readonly Moment[]): string | null {
  if (moments.every(({ kind }) => kind === "opened")) return null;
  const shown = moments.slice(-MOMENT_LINES).map((moment) => {
    return `- ${utcText(moment.at)} ${cutPlainLine(sayMoment(moment), MOMENT_CHARS)}`;
  });
  const earlier = moments.length - shown.length;
  return [
    "What happened:",
    ...(earlier > 0 ? [`- ${grouped(earlier)} earlier ones are not shown`] : []),
    ...shown,
  ].join("\n");
}

function excerpt(label: string, log: string | null, mostChars: number): string | null {
  return log === null || log === "" ? null : `${label}:\n${cutPlainText(log, mostChars)}`;
}

/** The playbook's steps, each whole or not at all. */
function whatToDo({ guidance, incident }: Picture): string | null {
  if (guidance === undefined) return null;
  const whereAll = wholeGuidanceAt(incident);
  const written = (line: GuidanceLine): string => stepText(line, whereAll);
  const lines = fittingSteps(guidance, STEPS_CHARS, (line) => written(line).length + 1, whereAll);
  const title = guidance.kind === "guidance" ? `${WHAT_TO_DO} (${guidance.title}):` : `${WHAT_TO_DO}:`;
  return [title, ...lines.map(written)].join("\n");
}

function stepText(line: GuidanceLine, whereAll: string): string {
  switch (line.kind) {
    case "text":
      return plainText(plainRuns(line.runs));
    case "step":
      return `${line.n}. ${plainText(plainRuns(line.runs))}`;
    case "command":
      // What would come out as another command is not shown as one.
      return withoutMarkup(line.command) === line.command
        ? `${line.where}:\n${line.command.replaceAll(/^(?=.)/gm, "    ")}`
        : `${line.where}: Jira can't show this command as it is: ${whereAll} does.`;
  }
}

function agentOf({ agentName, agentId, agentIp, agentNote }: AlertFacts): string | null {
  const parts = [agentName, agentId === null ? null : `(${agentId})`, agentIp].filter((part) => part !== null);
  const known = agentWords(agentNote);
  return parts.length === 0 ? null : `${parts.join(" ")}${known === null ? "" : `, ${known}`}`;
}

function listOf(values: readonly string[]): string | null {
  return values.length === 0 ? null : values.join(", ");
}

function line(label: string, value: string | null): string | null {
  return value === null || value === "" ? null : `${label}: ${value}`;
}

function fact(text: string): string {
  return cutPlainLine(text, 255);
}

function factOrNone(text: string | null): string | null {
  return text === null ? null : fact(text);
}
