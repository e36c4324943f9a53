import { sayPlace, sayUnreadable, sayWithheld, type Guidance, type GuidancePart } from "./guidance.ts";
import type { Instant } from "./time.ts";

/**
 * All of it as lines of plain text, for a terminal and for a file: no markup, in which an alert's value could pretend to
 * be a command. Every value is within one line, and a command stands below where it runs.
 */
export function guidanceTextLines(guidance: Guidance, sayAt?: (at: Instant) => string): readonly string[] {
  if (guidance.kind === "unreadable") return ["What to do", `  ${sayUnreadable(guidance)}`];
  const steps = guidance.steps.flatMap(({ parts, tick }, i) => {
    const done = tick?.isDone === true ? [`done by ${tick.by}${sayAt === undefined ? "" : `, ${sayAt(tick.at)}`}`] : [];
    const [first = "", ...more] = [...parts.flatMap(linesOf), ...done];
    const number = `${i + 1}. `;
    return [`${number}${first}`, ...more.map((line) => `${" ".repeat(number.length)}${line}`)];
  });
  const lines = [...guidance.before.flatMap(linesOf), ...steps].map((line) => `  ${line}`);
  return [`What to do: ${guidance.title}`, ...lines];
}

function linesOf(part: GuidancePart): readonly string[] {
  switch (part.kind) {
    case "text":
      return part.runs
        .map(({ text }) => text)
        .join("")
        .split("\n");
    case "command":
      return [`${sayPlace(part.place)}:`, ...part.command.split("\n").map((line) => `  ${line}`)];
    case "withheld":
      return [sayWithheld(part)];
  }
}
