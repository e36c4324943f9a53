import type { GuidanceText } from "../../core/guidance.ts";
import type { Picture } from "../../core/picture.ts";
import { fittingSteps, WHAT_TO_DO, wholeGuidanceAt, type GuidanceLine } from "../guidance-lines.ts";
import { code, heading, paragraph, strong, text, type Block, type Inline } from "./document.ts";

/** With what else a ticket says it stays below Jira's limit, in the longest form that it takes there. */
const STEPS_CHARS = 12_000;
/** The nodes and marks around a line. */
const LINE_CHARS = 250;

/** What the playbook wants done, below a heading of its own. */
export function playbookBlocks({ guidance, incident }: Picture, fileName: string | null): readonly Block[] {
  if (guidance === undefined) return [];
  const whereAll = fileName === null ? wholeGuidanceAt(incident) : `see ${fileName}`;
  const lines = fittingSteps(guidance, STEPS_CHARS, (line) => sizeOf(line), whereAll);
  const title = guidance.kind === "guidance" ? `${WHAT_TO_DO}: ${guidance.title}` : WHAT_TO_DO;
  return [heading(title), ...lines.flatMap((line) => blocksOf(line, wholeGuidanceAt(incident)))];
}

function sizeOf(line: GuidanceLine): number {
  const shown = line.kind === "command" ? `${line.where}${line.command}` : JSON.stringify(line.runs);
  return JSON.stringify(shown).length + LINE_CHARS;
}

function blocksOf(line: GuidanceLine, whereAll: string): readonly Block[] {
  switch (line.kind) {
    case "text":
      return [paragraph(...inlinesOf(line.runs))];
    case "step":
      return [{ kind: "task", n: line.n, inlines: inlinesOf(line.runs), ...(line.isDone && { isDone: true }) }];
    case "command":
      return isShownExactly(line.command)
        ? [paragraph(strong(`${line.where}:`)), { kind: "command", text: line.command }]
        : [paragraph(strong(`${line.where}:`), text(` Jira can't show this command as it is: ${whereAll} does.`))];
  }
}

/** In Data Center this would end the block in which it stands. */
function isShownExactly(command: string): boolean {
  return !/\{\s*noformat/i.test(command);
}

function inlinesOf(runs: GuidanceText["runs"]): readonly Inline[] {
  return runs.map((run) => (run.kind === "code" ? code(run.text) : text(run.text)));
}
