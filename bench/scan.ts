import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
import { runProgram, runScript } from "./children.ts";
import { alertsFile, HIGH_LEVEL, linesFrom, type AlertsFile } from "./generate.ts";
import { grouped, interleave, median, medianRatio, spread } from "./rounds.ts";
import type { ScanAnswer } from "./scan-side.ts";

/** How fast lines that nobody wants are read and refused, against the tools that do nothing else. */
export const scan: Bench = {
  name: "scan",
  about: "reading lines and refusing them by their first bytes",
  run: measure,
};

const LEVEL_EXPRESSION = '"rule":\\{"level":1[0-9],';

async function measure({ quick, large, rounds }: Setting): Promise<Findings> {
  const file = alertsFile({ bytes: large ? 1e9 : quick ? 3e7 : 1e8, seed: 1 });
  // So often that a program's start weighs nothing beside its work.
  const passes = Math.max(1, Math.round((quick ? 3e8 : 1e9) / file.bytes));
  const paths = Array.from({ length: passes }, () => file.path);
  const expected = { lines: file.lines * passes, hits: linesFrom(file, HIGH_LEVEL) * passes };

  const runs = await interleave(rounds, {
    wc: () => counted("wc", ["-l", ...paths], lastNumber),
    grep: () => counted("grep", ["-hcE", LEVEL_EXPRESSION, ...paths], sumOfNumbers),
    refuse: () => runScript<ScanAnswer>("scan-side.ts", ["refuse", ...paths]),
    judge: () => runScript<ScanAnswer>("scan-side.ts", ["judge", ...paths]),
    parse: () => runScript<ScanAnswer>("scan-side.ts", ["parse", file.path]),
  });

  const correct = [
    mustEqual("lines that `wc -l` counted", all(runs.wc, "hits"), expected.lines),
    mustEqual("lines that ours read", all(runs.refuse, "lines"), expected.lines),
    mustEqual(`lines that ours did not refuse (level ${HIGH_LEVEL} and more)`, all(runs.refuse, "hits"), expected.hits),
    mustEqual("lines that ours kept after parsing what was not refused", all(runs.judge, "hits"), expected.hits),
    mustEqual("lines that ours kept after parsing every line", all(runs.parse, "hits"), expected.hits / passes),
    mustEqual("lines that grep found, decoys among them", all(runs.grep, "hits"), expected.hits + file.decoys * passes),
  ];
  const ms = (side: keyof typeof runs): number[] => runs[side].map(({ tookMs }) => tookMs);
  const parseMs = ms("parse").map((took) => took * passes);
  return {
    correct,
    goals: [
      {
        what: "speed of read and refuse, of `wc -l`'s",
        reached: 100 * medianRatio(ms("wc"), ms("refuse")),
        bound: { kind: "at_least", value: 40 },
        unit: "%",
      },
      {
        what: "read and refuse against grep with a level expression",
        reached: medianRatio(ms("grep"), ms("refuse")),
        bound: { kind: "at_least", value: 1 },
        unit: "times its speed",
      },
    ],
    figures: [
      { what: "`wc -l`", value: speed(file, passes, ms("wc")) },
      { what: "grep -cE, piped", value: speed(file, passes, ms("grep")) },
      { what: "ours: read and refuse", value: speed(file, passes, ms("refuse")) },
      { what: "ours: and parse and match what is left", value: speed(file, passes, ms("judge")) },
      { what: "ours: parse and match every line", value: speed(file, 1, ms("parse")) },
      { what: "refusing, against parsing every line", value: `${medianRatio(parseMs, ms("judge")).toFixed(1)} times` },
    ],
    notes: [
      `${grouped(file.bytes / 1e6)} MB read ${passes} times, from the page cache`,
      "ours is timed inside its process without Node's start; the tools with theirs, which is about 1 ms",
      `grep also counts ${file.decoys} lines of a lower level in which a key further down looks like a high one`,
    ],
  };
}

async function counted(
  program: string,
  args: readonly string[],
  read: (stdout: string) => number,
): Promise<ScanAnswer> {
  const { stdout, tookMs } = await runProgram(program, args);
  return { lines: 0, hits: read(stdout), tookMs };
}

/** `wc` ends with a total where it was given more than one file. */
function lastNumber(stdout: string): number {
  return Number(/(\d+) \S+\n$/.exec(stdout)?.[1]);
}

function sumOfNumbers(stdout: string): number {
  return stdout
    .trim()
    .split("\n")
    .reduce((sum, number) => sum + Number(number), 0);
}

/** What every run counted; NaN where they differ. */
function all(runs: readonly ScanAnswer[], what: "lines" | "hits"): number {
  const [first = Number.NaN, ...others] = runs.map((run) => run[what]);
  return others.every((other) => other === first) ? first : Number.NaN;
}

function speed(file: AlertsFile, passes: number, ms: readonly number[]): string {
  const gigabytes = (file.bytes * passes) / 1e9;
  const seconds = median(ms) / 1000;
  return `${grouped(gigabytes / seconds, 2)} GB/s, ${grouped((file.lines * passes) / seconds / 1e6, 2)} million lines/s; ms: ${spread(ms)}`;
}
