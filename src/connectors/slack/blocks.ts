import { cutPlainLine, grouped } from "../../core/plain-text.ts";
import { foldMoments, type Moment } from "../../core/moments.ts";
import type { AlertFacts, Picture } from "../../core/picture.ts";
import { SEVERITY_COLOUR } from "../../core/severity.ts";
import { agentWords, capital, countedIn, leadingMoment, leadOf, sayMoment, sayNoResponse } from "../telling.ts";
import { codeBlock, mrkdwn, mrkdwnLine, slackTime } from "./mrkdwn.ts";
import { stepMrkdwn, whatToDo } from "./what-to-do.ts";

// docs.slack.dev, Block Kit: a header holds 150, a section 3,000 and 10 fields. Slack refuses a message near 13,200 in
// all its blocks (msg_blocks_too_long); these add up to less than 13,000 whatever an alert and a playbook bring.
export const HEADER_CHARS = 150;
const FIELD_CHARS = 300;
const STORY_LINES = 10;
// With the time behind it, ten such lines stay in one section.
const STORY_LINE_CHARS = 200;
const LOG_CHARS = 2_900;
const STEPS_CHARS = 2_700;
const CONTEXT_CHARS = 300;
export const NOTIFICATION_CHARS = 500;

/** The message in our own style: a title, a coloured bar with the facts beside it, and the log as it was. */
export function blocksMessage(picture: Picture, untold: readonly Moment[], isRepeat: boolean): object {
  const { incident } = picture;
  const told = foldMoments(untold);
  const last = leadingMoment(told);
  const lead = last === undefined ? capital(incident.severity) : leadOf(last, incident);
  const title = `${lead} · ${incident.title}`;
  const alert = shownAlert(picture, told);

  return {
    text: mrkdwnLine(`#${incident.id} ${title}${atAgent(alert)}`, NOTIFICATION_CHARS),
    // A preview would have Slack fetch addresses that an attacker chose.
    unfurl_links: false,
    unfurl_media: false,
    blocks: [{ type: "header", text: { type: "plain_text", text: cutPlainLine(title, HEADER_CHARS), emoji: false } }],
    attachments: [
      {
        color: SEVERITY_COLOUR[incident.severity],
        blocks: [
          ...story(told, sayNoResponse(picture)),
          { type: "section", fields: fieldsOf(picture, alert).map(mrkdwnObject) },
          ...(alert.log === null || alert.log === "" ? [] : [section(codeBlock(alert.log, LOG_CHARS))]),
          ...whatToDo(picture, told, STEPS_CHARS, stepMrkdwn).map(({ title, text }) => section(`*${title}*\n${text}`)),
          { type: "context", elements: contextOf(picture, isRepeat).map(mrkdwnObject) },
        ],
      },
    ],
  };
}

/** What just opened is shown as it began; a later word is about how it is now. */
export function shownAlert(picture: Picture, told: readonly Moment[]): AlertFacts {
  return told.every(({ kind }) => kind === "opened" || kind === "action") ? picture.first : picture.newest;
}

/** One line for each moment, where there is more to say than that it opened. */
function story(told: readonly Moment[], response: string | null): readonly object[] {
  const lines = storyLines(told, response, STORY_LINES);
  return lines.length === 0 ? [] : [section(lines.join("\n"))];
}

export function storyLines(told: readonly Moment[], response: string | null, most: number): readonly string[] {
  const shown = told.every(({ kind }) => kind === "opened") ? [] : told.slice(-most);
  const earlier = shown.length === 0 ? 0 : told.length - shown.length;
  return [
    ...(earlier > 0 ? [`• ${grouped(earlier)} earlier ones are not shown`] : []),
    ...shown.map((moment) => `• ${mrkdwnLine(sayMoment(moment), STORY_LINE_CHARS)} · ${slackTime(moment.at)}`),
    ...(response === null ? [] : [`• ${mrkdwnLine(response, STORY_LINE_CHARS)}`]),
  ];
}

export function fieldsOf(picture: Picture, alert: AlertFacts): readonly string[] {
  const { incident } = picture;
  const many = incident.count > 1;
  return [
    field("Agent", agentOf(alert)),
    field("Rule", `${alert.ruleId} (level ${alert.level})`),
    field("Severity", capital(incident.severity)),
    field(countedIn(picture), grouped(incident.count)),
    ...(many ? [timeField("First alert", incident.firstAt)] : []),
    timeField(many ? "Newest alert" : "Time", many ? incident.lastAt : alert.at),
    field("Location", alert.location),
    field("User", alert.user),
    field("Source address", alert.sourceIp),
    field(
      "MITRE ATT&CK",
      alert.mitre.map(({ id, technique }) => (technique === null ? id : `${id} ${technique}`)).join(", "),
    ),
  ].filter((text) => text !== null);
}

export function field(label: string, value: string | null): string | null {
  if (value === null || value === "") return null;
  const start = `*${mrkdwn(label, FIELD_CHARS)}*\n`;
  const shown = mrkdwnLine(value, FIELD_CHARS - start.length);
  return shown === "" ? null : `${start}${shown}`;
}

function timeField(label: string, at: number): string {
  return `*${label}*\n${slackTime(at)}`;
}

export function contextOf(picture: Picture, isRepeat: boolean): readonly string[] {
  return [
    stateLine(picture),
    ...(isRepeat ? ["*Possible repeat*: an earlier sending of this message may have arrived."] : []),
  ];
}

export function stateLine({ incident }: Picture): string {
  const state =
    incident.state === "acknowledged" ? `acknowledged by ${incident.acknowledgedBy ?? "somebody"}` : incident.state;
  const { assignee } = incident.handling ?? {};
  const has = assignee === undefined ? "" : ` · ${assignee} has it`;
  return mrkdwnLine(`Incident #${incident.id} · ${state}${has} · policy ${incident.policy}`, CONTEXT_CHARS);
}

function agentOf({ agentName, agentId, agentIp, agentNote }: AlertFacts): string | null {
  if (agentId === null && agentName === null) return null;
  const id = agentId === null ? "" : ` (${agentId})`;
  const known = agentWords(agentNote);
  return `${agentName ?? "unnamed"}${id}${agentIp === null ? "" : ` · ${agentIp}`}${known === null ? "" : ` · ${known}`}`;
}

export function atAgent({ agentName, agentId }: AlertFacts): string {
  const agent = agentName ?? agentId;
  return agent === null ? "" : ` · ${agent}`;
}

export function section(text: string): object {
  return { type: "section", text: mrkdwnObject(text) };
}

/** `verbatim`: nothing but angle brackets, which are escaped, is made live. */
export function mrkdwnObject(text: string): object {
  return { type: "mrkdwn", text, verbatim: true };
}
