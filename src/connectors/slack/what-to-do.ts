import type { Moment } from "../../core/moments.ts";
import type { Picture } from "../../core/picture.ts";
import { fittingSteps, plainRuns, WHAT_TO_DO, wholeGuidanceAt, type GuidanceLine } from "../guidance-lines.ts";
import { codeBlock, mrkdwn, mrkdwnLine } from "./mrkdwn.ts";

/**
 * The playbook's steps as one text, with its title at most so many units, where the message asks somebody to act: a
 * message can't be changed later, and the steps under each note would hide the note.
 */
export function whatToDo(
  { guidance, incident }: Picture,
  told: readonly Moment[],
  mostChars: number,
  written: (line: GuidanceLine, whereAll: string) => string,
): readonly { readonly title: string; readonly text: string }[] {
  const asksToAct = told.some(({ kind }) => kind === "opened" || kind === "reopened" || kind === "escalated");
  if (guidance === undefined || !asksToAct || incident.state === "resolved") return [];
  const whereAll = wholeGuidanceAt(incident);
  const title = guidance.kind === "guidance" ? mrkdwnLine(`${WHAT_TO_DO}: ${guidance.title}`, TITLE_CHARS) : WHAT_TO_DO;
  const sizeOf = (line: GuidanceLine): number => written(line, whereAll).length + 1;
  const lines = fittingSteps(guidance, mostChars - TITLE_CHARS, sizeOf, whereAll);
  const shown = lines.map((line) => written(line, whereAll)).filter((line) => line !== "");
  const more = shown.length < lines.length ? [mrkdwn(`The commands: ${whereAll}`, TITLE_CHARS)] : [];
  return [{ title, text: [...shown, ...more].join("\n") }];
}

const TITLE_CHARS = 400;
/** More than any line has; what is longer than all that fits is left out as a whole. */
const LINE_CHARS = 20_000;

/** In blocks, with commands to copy. */
export function stepMrkdwn(line: GuidanceLine, whereAll: string): string {
  if (line.kind !== "command") return stepWords(line);
  // A fence ends at the first three backticks, and what would be shown otherwise is another command.
  const isExact = !/`{2}|^`|`$/.test(line.command);
  return isExact
    ? `${mrkdwn(line.where, LINE_CHARS)}:\n${codeBlock(line.command, LINE_CHARS)}`
    : mrkdwn(`${line.where}: Slack can't show this command as it is: ${whereAll} does.`, LINE_CHARS);
}

/** Where there are no blocks of code, in which alone a command stays what it is. */
export function stepWords(line: GuidanceLine): string {
  switch (line.kind) {
    case "text":
      return mrkdwn(proseOf(line), LINE_CHARS);
    case "step":
      return mrkdwn(`${line.isDone ? "✓ " : ""}${line.n}. ${proseOf(line)}`, LINE_CHARS);
    case "command":
      return "";
  }
}

/** With backticks an alert's value could look like one of the commands. */
function proseOf({ runs }: Exclude<GuidanceLine, { readonly kind: "command" }>): string {
  return plainRuns(runs).replaceAll("`", "ˋ");
}
