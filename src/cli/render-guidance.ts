import { sayPlace, sayUnreadable, sayWithheld, type Guidance, type GuidancePart } from "../core/guidance.ts";
import { visible } from "../core/visible.ts";
import type { Paint } from "./terminal.ts";

/** The playbook with the incident's values in it; a command stands as it is to be run. */
export function renderGuidance(guidance: Guidance, paint: Paint): string {
  if (guidance.kind === "unreadable") return `${paint("bold", "What to do")}\n  ${visible(sayUnreadable(guidance))}\n`;
  const before = guidance.before.flatMap((part) => linesOf(part, paint));
  const steps = guidance.steps.flatMap(({ parts }, i) => {
    const [first = "", ...more] = parts.flatMap((part) => linesOf(part, paint));
    const number = `${i + 1}. `;
    return [`${number}${first}`, ...more.map((line) => `${" ".repeat(number.length)}${line}`)];
  });
  const title = `${paint("bold", "What to do")}: ${visible(guidance.title)}`;
  return [title, ...[...before, ...steps].map((line) => `  ${line}`)].map((line) => `${line}\n`).join("");
}

function linesOf(part: GuidancePart, paint: Paint): readonly string[] {
  switch (part.kind) {
    case "text":
      return part.runs
        .map(({ text }) => text)
        .join("")
        .split("\n")
        .map(visible);
    case "command":
      return [
        paint("dim", `${sayPlace(part.place)}:`),
        ...part.command.split("\n").map((line) => `  ${visible(line)}`),
      ];
    case "withheld":
      return [visible(sayWithheld(part))];
  }
}
