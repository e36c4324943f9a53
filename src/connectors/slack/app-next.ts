import { digestOf } from "../../core/digest.ts";
import type { Picture } from "../../core/picture.ts";
import type { Receipt } from "../../core/receipt.ts";
import { coarse } from "../coarse.ts";
import type { Step, StepWords } from "../connector.ts";
import { untoldMoments } from "../telling.ts";
import { markOfPost, readAnchor, type Anchor } from "./anchor.ts";
import { askStep, cardStep, headShown, redoing } from "./app-asks.ts";
import { marked } from "./app-mark.ts";
import { headMessage, type Note } from "./app-message.ts";
import type { AppConfig } from "./kind.ts";
import { replyMessage } from "./reply.ts";

/**
 * One message for an incident, then what is second of it put away, then its text as things are now, then one reply in
 * its thread for all moments that wait, then one for each response that waits for approval, edited once that is decided.
 * A message that was deleted is posted anew, and says so. A reply that got no answer is made again before anything else.
 */
export function nextStep(config: AppConfig, picture: Picture, receipt: Receipt | null, words: StepWords): Step | null {
  if (receipt === null) return postStep("post", config, picture, words);
  // Whether anything would be left to say is also asked before the message has a name.
  const anchor = readAnchor(receipt.remote.anchor) ?? NAMELESS;
  if (anchor.isGone) return postStep("repost", config, picture, words);
  const reply = replyStep(config, picture, receipt, anchor, words);
  const ask = askStep(config, picture, receipt, anchor, words);
  if (words.repeat && (reply ?? ask) !== null) return reply ?? ask;
  const edit = editStep(config, picture, receipt, anchor, words);
  return twinStep(receipt, words) ?? edit ?? cardStep(config, picture, receipt, anchor, words) ?? reply ?? ask;
}

const NAMELESS: Anchor = { channel: "", ts: "", step: 1, isGone: false, cards: [] };

/** Where an incident is told first; it stays there. */
export function channelFor({ channel, channels }: AppConfig, { incident }: Pick<Picture, "incident">): string {
  const { policy = {}, severity = {} } = channels ?? {};
  if (Object.hasOwn(policy, incident.policy)) return policy[incident.policy] ?? channel;
  return severity[incident.severity] ?? channel;
}

/** All that incidents may be told in. */
export function channelsOf({ channel, channels }: AppConfig): readonly string[] {
  const others = [...Object.values(channels?.policy ?? {}), ...Object.values(channels?.severity ?? {})];
  return [...new Set([channel, ...others.filter((name) => name !== undefined)])];
}

function postStep(action: "post" | "repost", config: AppConfig, picture: Picture, words: StepWords): Step | null {
  const last = picture.moments.at(-1);
  if (last === undefined) return null;
  const { mark, repeat } = words;
  const note: Note = repeat ? "repeat" : action === "repost" ? "deleted" : "none";
  const body = {
    channel: channelFor(config, picture),
    ...headMessage(config, picture, note, mark),
    metadata: marked(mark),
  };
  return {
    action,
    safeToRepeat: false,
    plan: { momentsTold: last.n, headDigest: headDigest(config, picture) },
    anchor: null,
    mark,
    body: JSON.stringify(body),
  };
}

function editStep(
  config: AppConfig,
  picture: Picture,
  receipt: Receipt,
  anchor: Anchor,
  { mark }: StepWords,
): Step | null {
  const digest = headDigest(config, picture);
  if (headShown(receipt) === digest) return null;
  const { channel, ts } = anchor;
  const bears = markOfPost(mark, anchor);
  const message = headMessage(config, picture, "none", bears);
  return {
    action: "edit",
    safeToRepeat: true,
    plan: { momentsTold: receipt.momentsTold, headDigest: redoing(digest, receipt, anchor) },
    anchor: receipt.remote.anchor,
    mark,
    body: JSON.stringify({ channel, ts, ...message, metadata: marked(bears) }),
  };
}

function replyStep(
  config: AppConfig,
  picture: Picture,
  receipt: Receipt,
  { channel, ts }: Anchor,
  { mark, repeat }: StepWords,
): Step | null {
  const untold = untoldMoments(picture, receipt);
  const last = untold.at(-1);
  if (last === undefined) return null;
  const message = replyMessage(config, picture, untold, repeat);
  return {
    action: "reply",
    safeToRepeat: false,
    plan: { momentsTold: last.n, headDigest: receipt.headDigest },
    anchor: receipt.remote.anchor,
    mark,
    body: JSON.stringify({ channel, thread_ts: ts, ...message, metadata: marked(mark) }),
  };
}

function twinStep({ twins, momentsTold, headDigest: shown, remote }: Receipt, { mark }: StepWords): Step | null {
  const [twin, ...rest] = twins;
  if (twin === undefined) return null;
  const { channel = "", ts = "" } = readAnchor(twin) ?? {};
  return {
    action: "delete_twin",
    safeToRepeat: true,
    plan: { momentsTold, headDigest: shown, twins: rest },
    anchor: remote.anchor,
    mark,
    body: JSON.stringify({ channel, ts }),
  };
}

/** Of what is worth an edit: without what only a repeat says, and a flood's count to two digits. */
function headDigest(config: AppConfig, picture: Picture): string {
  return digestOf(JSON.stringify(headMessage(config, coarse(picture), "none")));
}
