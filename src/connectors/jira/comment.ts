import { foldMoments, type Moment } from "../../core/moments.ts";
import type { Picture } from "../../core/picture.ts";
import { cutPlainLine, grouped } from "../../core/plain-text.ts";
import { sayMoment, utcText } from "../telling.ts";
import { heading, link, note, paragraph, strong, text, type Block, type Inline } from "./document.ts";
import { excerptOf } from "./fit.ts";

/** One comment for all that waited to be told; what a later moment made old is left out. */
export function commentOf(moments: readonly Moment[], picture: Picture, isRepeat = false): readonly Block[] {
  const told = foldMoments(moments);
  const shown = told.slice(-LINES);
  const earlier = told.length - shown.length;
  const lines = shown.map(momentLine);
  const only = earlier === 0 && lines.length === 1 ? lines[0] : undefined;
  const items = earlier > 0 ? [[text(`${grouped(earlier)} earlier ones are not shown`)], ...lines] : lines;
  return [
    ...(isRepeat ? [note(text("Possible repeat: an earlier sending of this comment got no clear answer."))] : []),
    only === undefined ? { kind: "list", items } : paragraph(...only),
    ...newestLog(told, picture),
  ];
}

/** For the copy that is put away: which ticket goes on. `keptUrl` null: the address is not known. */
export function twinCommentOf(keptKey: string, keptUrl: string | null): readonly Block[] {
  const key = cutPlainLine(keptKey, KEY_CHARS);
  return [
    paragraph(
      text("This ticket is a second copy of "),
      keptUrl === null ? text(key) : link(key, keptUrl),
      text(": Riposte's call got no clear answer, and both arrived in the end. "),
      text("The other ticket goes on; Riposte writes nothing more here."),
    ),
  ];
}

const LINES = 20;
const LINE_CHARS = 1_000;
const LOG_CHARS = 2_000;
const KEY_CHARS = 255;

function momentLine(moment: Moment): readonly Inline[] {
  const { kind, at, count } = moment;
  const said = cutPlainLine(sayMoment(moment), LINE_CHARS);
  const alerts = kind === "note" || count === 1 ? "" : `, ${grouped(count)} alerts by then`;
  return [strong(said), text(` · ${utcText(at)}${alerts}`)];
}

/** What made it worse, or come back, is worth seeing without leaving the mail that Jira sends. */
function newestLog(told: readonly Moment[], { newest }: Picture): readonly Block[] {
  const last = told.findLast(({ kind }) => kind !== "note");
  if (last?.kind !== "escalated" && last?.kind !== "reopened") return [];
  if (newest.log === null || newest.log === "") return [];
  return [heading("Log of the newest alert"), excerptOf(newest.log, LOG_CHARS)];
}
