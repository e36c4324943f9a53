// Our side of `scan`, in a process of its own: reads files as the tail reads them, and prints what was found and how
// long it took. `refuse` counts the lines that are not refused, `judge` also parses and matches those, `parse` all.
import { closeSync, openSync, readSync } from "node:fs";
import { ACTION_RULES } from "../src/core/action.ts";
import { compilePolicies, matchAlert } from "../src/core/match.ts";
import type { Policy } from "../src/core/policy.ts";
import { compileRefusal, type Refuse } from "../src/core/refusal.ts";
import { re2 } from "../src/ports/regex.ts";
import { createLineJudge, type LineJudge } from "../src/sources/line-judge.ts";
import { Lines, type LineTaker } from "../src/sources/tail-lines.ts";
import { HIGH_LEVEL } from "./generate.ts";

export interface ScanAnswer {
  readonly lines: number;
  readonly hits: number;
  readonly tookMs: number;
}

const [how = "", ...paths] = process.argv.slice(2);
const policy: Policy = {
  terms: {
    name: "high",
    groupBy: ["id"],
    severity: null,
    tell: { low: [], medium: [], high: [], critical: [] },
    holdMs: null,
    resolveAfterMs: 1,
    reopenWithinMs: 1,
  },
  when: { kind: "field", path: "rule.level", test: { kind: "compare", operator: ">=", number: HIGH_LEVEL } },
  clear: null,
  continues: false,
};

const counted = { lines: 0, hits: 0 };
const startedAt = performance.now();
const taker = takerOf(how);
for (const path of paths) scanFile(path);
const answer: ScanAnswer = { ...counted, tookMs: performance.now() - startedAt };
console.log(JSON.stringify(answer));

function scanFile(path: string): void {
  const file = openSync(path, "r");
  const lines = new Lines({ chunkBytes: 2 ** 20, lineBytes: 2 ** 22 });
  const read = (into: Buffer, offset: number, length: number, position: number): number =>
    readSync(file, into, offset, length, position);
  let more = true;
  while (more) {
    more = lines.fill(read);
    lines.take(taker);
  }
  closeSync(file);
}

function takerOf(name: string): LineTaker {
  const refuse: Refuse = name === "parse" ? () => false : compileRefusal([policy], ACTION_RULES);
  const judge = createLineJudge(compilePolicies([policy], re2), refuse, matchAlert);
  return {
    line(bytes, start, end) {
      counted.lines += 1;
      if (refuse(bytes, start, end)) return true;
      if (name === "refuse" || isKept(judge, bytes, start, end)) counted.hits += 1;
      return true;
    },
    tooLong() {
      throw new Error("no generated line is that long");
    },
  };
}

function isKept(judge: LineJudge, bytes: Buffer, start: number, end: number): boolean {
  return judge.judge(bytes.toString("utf8", start, end), 0).kind === "kept";
}
