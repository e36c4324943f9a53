import { cutPlainLine } from "../../core/plain-text.ts";
import { foldMoments } from "../../core/moments.ts";
import type { AlertFacts, Picture } from "../../core/picture.ts";
import { SEVERITY_COLOUR } from "../../core/severity.ts";
import { familyFacts } from "../family-facts.ts";
import { capital, sayNoResponse } from "../telling.ts";
import { linksOf } from "./app-links.ts";
import { waitingLines } from "./approval-card.ts";
import { blockId, type BlockPart } from "./block-id.ts";
import {
  atAgent,
  field,
  fieldsOf,
  HEADER_CHARS,
  mrkdwnObject,
  NOTIFICATION_CHARS,
  stateLine,
  storyLines,
} from "./blocks.ts";
import { buttonsOf } from "./buttons.ts";
import type { AppConfig } from "./kind.ts";
import { mentionsOf } from "./mention.ts";
import { codeBlock, mrkdwnLine, slackTime } from "./mrkdwn.ts";
import { stepMrkdwn, whatToDo } from "./what-to-do.ts";

// docs.slack.dev, Block Kit, and the 13,200 characters in all blocks that nobody documents: with ten fields of 300 these
// add up to less than 13,000 whatever an alert and a playbook bring.
const STORY_LINES = 5;
const LOG_CHARS = 1_800;
const FAMILY_FACTS = 5;
const WHO_CHARS = 120;
const STEPS_CHARS = 2_700;
/** Of what is over nobody needs the whole log again. */
const OVER_COLOUR = "#8a8f98";

/** Why a message is there that would not be, had all gone well. */
export type Note = "none" | "repeat" | "deleted";

export interface MessageBody {
  readonly text: string;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
  readonly blocks: readonly object[];
  readonly attachments: readonly object[];
}

/** The one message of an incident, as things are now: all of it is written anew with each edit. */
export function headMessage(config: AppConfig, picture: Picture, note: Note, mark = ""): MessageBody {
  const { incident } = picture;
  const title = `${leadOf(picture)} · ${incident.title}`;
  // Who was told that it is new looks at what it began with; the newest alert is in the thread.
  const { first } = picture;
  // Deleted was the message that called; whoever was called need not be called again.
  const mentions = note === "deleted" ? "" : mentionsOf(config, picture, picture.moments);
  const links = linksOf(config, picture);
  const block = blockOf(incident.id);
  const lines = [
    ...waitingLines(config, picture),
    ...storyLines(foldMoments(picture.moments), sayNoResponse(picture), STORY_LINES),
  ];
  return {
    text: mrkdwnLine(`#${incident.id} ${title}${atAgent(first)}`, NOTIFICATION_CHARS),
    // A preview would have Slack fetch addresses that an attacker chose.
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      {
        ...block("title"),
        type: "header",
        text: { type: "plain_text", text: cutPlainLine(title, HEADER_CHARS), emoji: false },
      },
      ...(mentions === "" ? [] : [{ ...block("call"), type: "section", text: mrkdwnObject(mentions) }]),
    ],
    attachments: [
      {
        color: incident.state === "resolved" ? OVER_COLOUR : SEVERITY_COLOUR[incident.severity],
        blocks: [
          ...(lines.length === 0 ? [] : [{ ...block("story"), type: "section", text: mrkdwnObject(lines.join("\n")) }]),
          { ...block("facts"), type: "section", fields: fieldsOf(picture, first).map(mrkdwnObject) },
          ...family(first, block),
          ...(first.log === null || first.log === ""
            ? []
            : [{ ...block("log"), type: "section", text: mrkdwnObject(codeBlock(first.log, LOG_CHARS)) }]),
          ...whatToDo(picture, picture.moments, STEPS_CHARS, stepMrkdwn).map(({ title: of, text }) => ({
            ...block("steps"),
            type: "section",
            text: mrkdwnObject(`*${of}*\n${text}`),
          })),
          ...(links.length === 0
            ? []
            : [{ ...block("links"), type: "context", elements: [mrkdwnObject(links.join(" · "))] }]),
          ...buttonsOf(config, picture, mark).map((elements) => ({ ...block("actions"), type: "actions", elements })),
          {
            ...block("state"),
            type: "context",
            elements: [stateLine(picture), ...silenceLines(picture), ...progressLines(picture), ...noteLines(note)].map(
              mrkdwnObject,
            ),
          },
        ],
      },
    ],
  };
}

function blockOf(incident: number): (part: BlockPart) => { readonly block_id: string } {
  return (part) => ({ block_id: blockId(incident, part) });
}

function family(alert: AlertFacts, block: ReturnType<typeof blockOf>): readonly object[] {
  const facts = familyFacts(alert)
    .slice(0, FAMILY_FACTS)
    .flatMap(({ label, value }) => field(label, value) ?? []);
  return facts.length === 0 ? [] : [{ ...block("family"), type: "section", fields: facts.map(mrkdwnObject) }];
}

function leadOf({ incident }: Picture): string {
  switch (incident.state) {
    case "pending":
    case "open":
      return capital(incident.severity);
    case "acknowledged":
      return `${capital(incident.severity)}, acknowledged`;
    case "resolved":
      return "Resolved";
  }
}

function silenceLines({ silenced }: Picture): readonly string[] {
  if (silenced === undefined) return [];
  const { who, until } = silenced;
  const ends = until === null ? "until it is resolved" : `until ${slackTime(until)}`;
  return [`*Silenced* ${ends} by ${mrkdwnLine(who, WHO_CHARS)}: news of it is not told before then.`];
}

function progressLines({ guidance }: Picture): readonly string[] {
  if (guidance?.kind !== "guidance") return [];
  const done = guidance.steps.flatMap(({ tick }, i) => (tick?.isDone === true ? [{ ...tick, n: i + 1 }] : []));
  const [last] = done.toSorted((a, b) => b.at - a.at);
  if (last === undefined) return [];
  const by = mrkdwnLine(last.by, WHO_CHARS);
  return [
    `*Playbook* ${done.length} of ${guidance.steps.length} done, step ${last.n} by ${by} · ${slackTime(last.at)}`,
  ];
}

function noteLines(note: Note): readonly string[] {
  switch (note) {
    case "none":
      return [];
    case "repeat":
      return ["*Possible repeat*: an earlier sending of this message may have arrived."];
    case "deleted":
      return ["*Posted anew*: the earlier message of this incident was deleted, or can't be edited any more."];
  }
}
