import {
  sayPlace,
  sayUnreadable,
  sayWithheld,
  type Guidance,
  type GuidancePart,
  type GuidanceText,
} from "../core/guidance.ts";
import type { Incident } from "../core/incident.ts";

/** What people are told to do, line by line, before it is put into anybody's markup. Texts may have line breaks. */
export type GuidanceLine =
  | { readonly kind: "text"; readonly runs: GuidanceText["runs"] }
  | { readonly kind: "step"; readonly n: number; readonly runs: GuidanceText["runs"]; readonly isDone: boolean }
  /** Shown exactly or not at all. */
  | { readonly kind: "command"; readonly where: string; readonly command: string };

export const WHAT_TO_DO = "What to do";

/** Step by step; `before` is what stands before the first. */
export function guidanceLines(guidance: Guidance): {
  readonly before: readonly GuidanceLine[];
  readonly steps: readonly (readonly GuidanceLine[])[];
} {
  if (guidance.kind === "unreadable") return { before: [textLine(sayUnreadable(guidance))], steps: [] };
  return {
    before: guidance.before.map(({ runs }) => ({ kind: "text", runs })),
    steps: guidance.steps.map(({ parts, tick }, i) =>
      parts.map((part, at) => lineOf(part, at === 0 ? i + 1 : null, tick?.isDone === true)),
    ),
  };
}

/** Where the rest is to be had when it did not fit, or could not be shown as it is. */
export function wholeGuidanceAt({ id }: Pick<Incident, "id">): string {
  return `riposte incidents show ${id}`;
}

export function textLine(text: string): GuidanceLine {
  return { kind: "text", runs: [{ kind: "text", text }] };
}

export function plainRuns(runs: GuidanceText["runs"]): string {
  return runs.map(({ text }) => text).join("");
}

function lineOf(part: GuidancePart, n: number | null, isDone: boolean): GuidanceLine {
  switch (part.kind) {
    case "text":
      return n === null ? { kind: "text", runs: part.runs } : { kind: "step", n, runs: part.runs, isDone };
    case "command":
      return { kind: "command", where: sayPlace(part.place), command: part.command };
    case "withheld":
      return textLine(sayWithheld(part));
  }
}

/** As many steps as fit, each whole, and a line on what is left out. `sizeOf` is what a line takes where it is shown. */
export function fittingSteps(
  guidance: Guidance,
  mostChars: number,
  sizeOf: (line: GuidanceLine) => number,
  whereAll: string,
): readonly GuidanceLine[] {
  const { before, steps } = guidanceLines(guidance);
  const room = mostChars - NOTE_CHARS;
  const beforeChars = sum(before, sizeOf);
  // The steps matter more than what leads to them.
  const lines = beforeChars <= room ? [...before] : [];
  let left = beforeChars <= room ? room - beforeChars : room;
  for (const [i, step] of steps.entries()) {
    left -= sum(step, sizeOf);
    if (left >= 0) {
      lines.push(...step);
      continue;
    }
    const count = steps.length - i;
    lines.push(textLine(`${count === 1 ? "1 more step is" : `${count} more steps are`} not shown here: ${whereAll}`));
    break;
  }
  return lines;
}

/** Room for the line that says what is missing. */
const NOTE_CHARS = 200;

function sum(lines: readonly GuidanceLine[], sizeOf: (line: GuidanceLine) => number): number {
  return lines.reduce((total, line) => total + sizeOf(line), 0);
}
