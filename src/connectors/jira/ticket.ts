import { digestOf } from "../../core/digest.ts";
import { foldMoments } from "../../core/moments.ts";
import type { Picture } from "../../core/picture.ts";
import { cutPlainLine, grouped } from "../../core/plain-text.ts";
import type { Severity } from "../../core/severity.ts";
import type { StepWords } from "../connector.ts";
import { countedIn, sayMoment, sayNoResponse, utcText } from "../telling.ts";
import { code, heading, note, paragraph, strong, text, type Block, type Inline } from "./document.ts";
import { factsOf } from "./facts.ts";
import { excerptOf } from "./fit.ts";
import { playbookBlocks } from "./playbook-blocks.ts";
import { dashboardLinks } from "./wazuh-dashboard.ts";

export interface TicketOptions {
  /** Where people look at Wazuh; null: nowhere that we know of. */
  readonly wazuhDashboard: string | null;
  /** Beside our own two. */
  readonly labels: readonly string[];
  /** Jira's names of priorities; a severity without one leaves Jira's default. */
  readonly priorities: Readonly<Partial<Record<Severity, string>>>;
  /** The file that the alerts go into; null: none is attached. */
  readonly fileName?: string | null;
  /** What Jira would not take so far. */
  readonly leftOut: readonly LeftOut[];
  /** The file in which all of the playbook stands; null: none is attached. */
  readonly playbookFile?: string | null;
}

export interface LeftOut {
  /** As a person knows it: `priority`, `labels`, `Affected host`. */
  readonly field: string;
  readonly why: string;
}

/** The head of an incident as an issue: all of it is written anew with each change, and nothing of it is a comment. */
export interface Ticket {
  /** One line of at most 255 characters; plain text, which Jira reads as nothing else. */
  readonly summary: string;
  readonly blocks: readonly Block[];
  /** `riposte`, the mark, and those of the config as Jira takes them. */
  readonly labels: readonly string[];
  /** Null: Jira's own default. */
  readonly priority: string | null;
  /** Of all that does not change from one call to the next. */
  readonly digest: string;
}

export function ticketOf(picture: Picture, words: StepWords, options: TicketOptions): Ticket {
  const summary = summaryOf(picture);
  const body = bodyOf(picture, options);
  const own = labelsOf(options.labels);
  const priority = options.priorities[picture.incident.severity] ?? null;
  const blocks = words.repeat ? [repeatNote(picture), ...body] : body;
  return {
    summary,
    blocks: withLeftOut(blocks, options.leftOut, words.mark),
    labels: [...new Set([OUR_LABEL, words.mark, ...own])],
    priority,
    digest: digestOf(JSON.stringify([summary, body, own, priority])),
  };
}

/** The same text with a word on what Jira refused. Without labels our mark must be found in the text. */
export function withLeftOut(blocks: readonly Block[], leftOut: readonly LeftOut[], mark: string): readonly Block[] {
  if (leftOut.length === 0) return blocks;
  const refused = leftOut
    .slice(0, LEFT_OUT_NAMED)
    .map(({ field, why }) => `${cutPlainLine(field, 100)} (${cutPlainLine(why, 200)})`);
  const more = leftOut.length - refused.length;
  const said = [...refused, ...(more > 0 ? [`${more} more`] : [])].join(", ");
  return [
    ...blocks,
    note(strong("Jira refused: "), text(said)),
    ...(leftOut.some(({ field }) => field === "labels") ? [paragraph(text("Riposte mark: "), code(mark))] : []),
  ];
}

/** A label has no spaces and at most 255 characters; null: nothing is left of it. */
export function labelOf(words: string): string | null {
  const label = cutPlainLine(words, SUMMARY_CHARS).replaceAll(/\s+/gu, "-");
  return label === "" ? null : label;
}

const OUR_LABEL = "riposte";
// Jira's own limit, for summaries and labels alike.
const SUMMARY_CHARS = 255;
const AGENT_CHARS = 80;
// One log nearly fills a description; with less room it is the first to be cut.
const EXCERPT_CHARS = 24_000;
/** With all that surrounds it, and escaped, it fits into the file. */
const WHOLE_IN_FILE_CHARS = 80_000;
const STORY_LINES = 6;
const STORY_CHARS = 300;
const GROUP_FIELDS = 10;
const GROUP_CHARS = 200;
const LEFT_OUT_NAMED = 20;

function summaryOf({ incident, first }: Picture): string {
  const agent = first.agentName ?? first.agentId;
  // The agent's name stands last and would be the first to be cut: it gets its room before the title does.
  const at = agent === null ? "" : ` (${cutPlainLine(agent, AGENT_CHARS)})`;
  return `${cutPlainLine(`[Wazuh] ${incident.title}`, SUMMARY_CHARS - at.length)}${at}`;
}

function bodyOf(picture: Picture, options: TicketOptions): readonly Block[] {
  const { wazuhDashboard, fileName = null, playbookFile = null } = options;
  const { first, newest } = picture;
  const links = wazuhDashboard === null ? [] : dashboardLinks(wazuhDashboard, picture);
  return [
    { kind: "facts", facts: factsOf(picture) },
    ...(links.length === 0 ? [] : [paragraph(text("In Wazuh: "), ...between(links, text(" · ")))]),
    // Before the logs, which may be long.
    ...playbookBlocks(picture, playbookFile),
    ...excerpt("Log", first.log, fileName),
    ...(newest.log === first.log ? [] : excerpt("Log of the newest alert", newest.log, null)),
    ...story(picture),
    ...wazuhsDeeds(picture),
    heading("What Riposte did"),
    { kind: "list", items: deedsOf(picture) },
  ];
}

function repeatNote({ incident }: Picture): Block {
  return note(
    strong("Possible repeat: "),
    text("an earlier sending of this ticket got no clear answer. "),
    text(`Look for another one of incident #${incident.id}.`),
  );
}

function excerpt(title: string, log: string | null, fileName: string | null): readonly Block[] {
  if (log === null || log === "") return [];
  const shown = excerptOf(log, EXCERPT_CHARS);
  const isWholeThere = fileName !== null && log.length <= WHOLE_IN_FILE_CHARS;
  return [heading(title), isWholeThere ? { ...shown, wholeIn: fileName } : shown];
}

/** In short: each moment has a comment of its own as well. */
function story({ moments }: Picture): readonly Block[] {
  const told = foldMoments(moments);
  if (told.every(({ kind }) => kind === "opened")) return [];
  const shown = told.slice(-STORY_LINES);
  const earlier = told.length - shown.length;
  const items = shown.map((moment) => [
    strong(utcText(moment.at)),
    text(` ${cutPlainLine(sayMoment(moment), STORY_CHARS)}`),
  ]);
  return [
    heading("What happened"),
    {
      kind: "list",
      items: [...(earlier > 0 ? [[text(`${grouped(earlier)} earlier ones are not shown`)]] : []), ...items],
    },
  ];
}

/** What Wazuh's own response did, as far as it can be known. */
function wazuhsDeeds(picture: Picture): readonly Block[] {
  const none = sayNoResponse(picture);
  const seen = picture.moments.filter(({ kind }) => kind === "action").slice(-STORY_LINES);
  const items = seen.map(({ at, text: said }) => [
    strong(utcText(at)),
    text(` ${cutPlainLine(said ?? "", STORY_CHARS)}`),
  ]);
  if (none !== null) items.push([text(none)]);
  return items.length === 0 ? [] : [heading("What Wazuh did"), { kind: "list", items }];
}

function deedsOf(picture: Picture): readonly (readonly Inline[])[] {
  const { incident, group } = picture;
  const fields = Object.entries(group);
  const shared = fields
    .slice(0, GROUP_FIELDS)
    .map(([field, value]) => `${cutPlainLine(field, GROUP_CHARS)} ${cutPlainLine(value, GROUP_CHARS)}`);
  const more = fields.length - shared.length;
  const by = [...shared, ...(more > 0 ? [`${more} more fields`] : [])].join(", ");
  const what = countedIn(picture).toLowerCase();
  const alerts = incident.count === 1 ? `1 ${what.slice(0, -1)}` : `${grouped(incident.count)} ${what}`;
  return [
    [text(`Put ${alerts} into this one ticket${by === "" ? "" : `, by ${by}`}.`)],
    [text("Changed nothing on any machine: this version only reports.")],
  ];
}

function labelsOf(labels: readonly string[]): readonly string[] {
  return labels.map(labelOf).filter((label) => label !== null);
}

function between(inlines: readonly Inline[], divider: Inline): readonly Inline[] {
  return inlines.flatMap((inline, index) => (index === 0 ? [inline] : [divider, inline]));
}
