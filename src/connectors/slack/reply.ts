import { foldMoments, type Moment } from "../../core/moments.ts";
import type { Picture } from "../../core/picture.ts";
import { grouped } from "../../core/plain-text.ts";
import { countedIn, leadingMoment, leadOf, sayMoment } from "../telling.ts";
import { atAgent, mrkdwnObject, NOTIFICATION_CHARS, section } from "./blocks.ts";
import type { AppConfig } from "./kind.ts";
import { mentionsOf } from "./mention.ts";
import { codeBlock, mrkdwnLine, slackTime } from "./mrkdwn.ts";

// Ten such lines, with the log behind them, stay below the 13,200 that Slack takes in all blocks.
const LINES = 10;
const LINE_CHARS = 800;
const LOG_CHARS = 1_500;

export interface ReplyBody {
  readonly text: string;
  readonly unfurl_links: false;
  readonly unfurl_media: false;
  /** Also in the channel. */
  readonly reply_broadcast?: true;
  readonly blocks: readonly object[];
}

/** What happened since, told in the message's thread: one reply for all moments that wait. */
export function replyMessage(
  config: AppConfig,
  picture: Picture,
  untold: readonly Moment[],
  isRepeat: boolean,
): ReplyBody {
  const { incident, newest, first } = picture;
  const told = foldMoments(untold);
  const shown = told.slice(-LINES);
  const earlier = told.length - shown.length;
  const mentions = mentionsOf(config, picture, told);
  const isBack = told.some(({ kind }) => kind === "escalated" || kind === "reopened");
  const last = leadingMoment(told);
  const lead = last === undefined ? "" : `${leadOf(last, incident)} · `;
  const lines = [
    ...(mentions === "" ? [] : [mentions]),
    ...(earlier > 0 ? [`${grouped(earlier)} earlier ones are not shown`] : []),
    ...shown.map((moment) => lineOf(moment, picture)),
  ];
  const log = isBack && newest.log !== first.log ? newest.log : null;
  return {
    text: mrkdwnLine(`#${incident.id} ${lead}${incident.title}${atAgent(first)}`, NOTIFICATION_CHARS),
    unfurl_links: false,
    unfurl_media: false,
    ...(isBack && { reply_broadcast: true as const }),
    blocks: [
      ...lines.map(section),
      ...(log === null || log === "" ? [] : [section(codeBlock(log, LOG_CHARS))]),
      ...(isRepeat
        ? [
            {
              type: "context",
              elements: [mrkdwnObject("*Possible repeat*: an earlier sending of this reply may have arrived.")],
            },
          ]
        : []),
    ],
  };
}

function lineOf(moment: Moment, picture: Picture): string {
  const counted = `${grouped(moment.count)} ${countedIn(picture).toLowerCase()}`;
  const count = moment.count > 1 && moment.kind !== "note" && moment.kind !== "action" ? ` · ${counted} so far` : "";
  // Whatever its text brings, what it is stands out.
  const said = mrkdwnLine(sayMoment(moment), LINE_CHARS).replace(/^[^:*]+/, (what) => `*${what}*`);
  return `${said}${count} · ${slackTime(moment.at)}`;
}
