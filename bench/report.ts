import { shareOfGoal, type Findings, type Goal } from "./bench.ts";
import { grouped } from "./rounds.ts";

export type Result = {
  readonly name: string;
  readonly about: string;
  readonly tookMs: number;
  /** How busy the machine was. */
  readonly before: string;
  readonly after: string;
} & ({ readonly kind: "measured"; readonly findings: Findings } | { readonly kind: "failed"; readonly why: string });

export interface Report {
  readonly at: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly data: string;
  readonly results: readonly Result[];
}

/** For the terminal, one bench at a time. */
export function resultText(result: Result): string {
  const lines = [`${result.name}: ${result.about} (${(result.tookMs / 1000).toFixed(0)} s)`];
  if (result.kind === "failed") return [...lines, `  no figures: ${result.why}`, ""].join("\n");
  const { correct, goals, figures, notes } = result.findings;
  lines.push(...correct.map((what) => `  right   ${what}`));
  lines.push(...goals.map((goal) => `  ${isMet(goal) ? "goal   " : "MISSED "} ${goal.what}: ${goalText(goal)}`));
  lines.push(...figures.map(({ what, value }) => `          ${what}: ${value}`));
  lines.push(...notes.map((note) => `  note    ${note}`), `  machine ${result.before}; afterwards ${result.after}`, "");
  return lines.join("\n");
}

/** For bench/RESULTS.md. */
export function reportPage({ at, machine, data, results }: Report): string {
  const facts = Object.entries({ ...machine, date: at, data });
  return [
    "# What was measured",
    "",
    "Written by `npm run bench`, which measures both sides of every comparison in turn within one run and takes the median.",
    "Before a figure is printed, what was done is checked to be right.",
    "Trust ratios; an absolute figure holds for this machine and what else ran on it.",
    "",
    "| | |",
    "|--|--|",
    ...facts.map(([name, value]) => `| ${name} | ${value} |`),
    "",
    ...goalTable(results),
    ...results.flatMap(resultPage),
  ].join("\n");
}

export function isMet(goal: Goal): boolean {
  return shareOfGoal(goal) >= 1;
}

function goalTable(results: readonly Result[]): string[] {
  const rows = results.flatMap((result) =>
    result.kind === "failed"
      ? [`| ${result.name} | ${result.about} | no figures: ${result.why} | no |`]
      : result.findings.goals.map(
          (goal) => `| ${result.name} | ${goal.what} | ${goalText(goal)} | ${isMet(goal) ? "yes" : "**no**"} |`,
        ),
  );
  return ["## Goals", "", "| bench | goal | reached | met |", "|--|--|--|--|", ...rows, ""];
}

function resultPage(result: Result): string[] {
  const title = [`## ${result.name}`, "", `${result.about}.`, ""];
  const busy = `The machine: ${result.before}; afterwards ${result.after}.`;
  if (result.kind === "failed") return [...title, `No figures: ${result.why}.`, "", busy, ""];
  const { correct, figures, notes } = result.findings;
  return [
    ...title,
    "| measured | value |",
    "|--|--|",
    ...figures.map(({ what, value }) => `| ${what} | ${value} |`),
    "",
    ...correct.map((what) => `- Found right: ${what}.`),
    ...notes.map((note) => `- ${note}`),
    `- ${busy}`,
    "",
  ];
}

function goalText(goal: Goal): string {
  const { reached, bound, unit, missedBecause } = goal;
  const word = bound.kind === "at_least" ? "at least" : "at most";
  const why = missedBecause === undefined || isMet(goal) ? "" : `; ${missedBecause}`;
  return `${number(reached)} ${unit} (${word} ${number(bound.value)})${why}`;
}

function number(value: number): string {
  return grouped(value, Number.isInteger(value) ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0);
}
