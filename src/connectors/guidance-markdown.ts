import { sayPlace, sayUnreadable, sayWithheld, type Guidance, type GuidanceText } from "../core/guidance.ts";
import { PLACES } from "../core/playbook.ts";

/** All of it, for a file beside a ticket and for a terminal. What comes from an alert is one line and stays text. */
export function guidanceMarkdown(guidance: Guidance): string {
  if (guidance.kind === "unreadable") return `${sayUnreadable(guidance)}\n`;
  const steps = guidance.steps.map(({ parts }, i) => {
    const blocks = parts.map((part): string => {
      switch (part.kind) {
        case "text":
          return runsMarkdown(part.runs);
        case "command":
          return `${sayPlace(part.place)}:\n\n${fenced(part.command, PLACES[part.place].shell)}`;
        case "withheld":
          return sayWithheld(part);
      }
    });
    const number = `${i + 1}. `;
    return `${number}${indented(blocks.join("\n\n"), number.length)}`;
  });
  const before = guidance.before.map(({ runs }) => runsMarkdown(runs));
  return `${[`# ${guidance.title}`, ...before, ...steps].join("\n\n")}\n`;
}

function runsMarkdown(runs: GuidanceText["runs"]): string {
  return runs.map(({ kind, text }) => (kind === "code" ? `\`${text}\`` : text)).join("");
}

function fenced(command: string, language: string): string {
  const longest = Math.max(2, ...[...command.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${command}\n${fence}`;
}

/** Every line but the first, and none that is empty. */
function indented(text: string, by: number): string {
  return text.replaceAll(/\n(?=.)/g, `\n${" ".repeat(by)}`);
}
