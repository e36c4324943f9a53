import { cutNote, head, plainLine, plainText } from "../../core/plain-text.ts";
import type { Instant } from "../../core/time.ts";
import { utcText } from "../telling.ts";

/** Somebody's text as mrkdwn that shows it and does nothing else; at most `most` units as sent, entities and all. */
export function mrkdwn(text: string, most: number): string {
  return fit(text, most, (part) => escape(plainText(part)));
}

export function mrkdwnLine(text: string, most: number): string {
  return fit(text, most, (part) => escape(plainLine(part)));
}

/** In a fixed-width block, which ends at the first three backticks. */
export function codeBlock(text: string, most: number): string {
  const inside = fit(text, most - 2 * FENCE.length, (part) => escape(plainText(part)).replaceAll(CLOSING, unlike));
  return `${FENCE}${inside}${FENCE}`;
}

/** In the reader's own time zone, where Slack knows it. */
export function slackTime(at: Instant): string {
  const seconds = Math.floor(at / 1_000);
  if (!(seconds >= 0 && seconds < MOST_SECONDS)) return utcText(at);
  return `<!date^${seconds}^{date_short_pretty} {time_secs}|${utcText(at)}>`;
}

const FENCE = "```";
// One at either end would join with the fence.
const CLOSING = /`{2,}|^`|`$/g;
// Slack's clock ends with the year 9999.
const MOST_SECONDS = 253_402_300_800;

/** Only these three mean anything to Slack's parser of mentions and links. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function unlike(backticks: string): string {
  return "ˋ".repeat(backticks.length);
}

function fit(text: string, most: number, made: (part: string) => string): string {
  const whole = made(head(text, most));
  if (text.length <= most && whole.length <= most) return whole;
  const note = cutNote(text.length);
  // An entity that was cut in half would show its letters.
  return `${head(whole, most - note.length).replace(/&[a-z]*$/, "")}${note}`;
}
