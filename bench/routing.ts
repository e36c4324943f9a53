import type { Bench, Findings, Setting } from "./bench.ts";
import { runScript } from "./children.ts";
import type { RoutingAnswer } from "./routing-side.ts";
import { grouped, interleave, median, medianRatio, spread } from "./rounds.ts";

/** What it costs to find an alert's policy among many. */
export const routing: Bench = {
  name: "routing",
  about: "a parsed alert against 10, 1,000 and 10,000 policies, of which only the last takes it",
  run: measure,
};

async function measure({ quick, rounds }: Setting): Promise<Findings> {
  const route = (form: "mixed" | "globs", policies: number, passes: number): Promise<RoutingAnswer> =>
    runScript<RoutingAnswer>("routing-side.ts", [form, `${policies}`, `${passes}`]);
  const passes = quick ? 50 : 200;
  const runs = await interleave(rounds, {
    ten: () => route("mixed", 10, passes),
    thousand: () => route("mixed", 1_000, passes),
    tenThousand: () => route("mixed", 10_000, passes),
    globs: () => route("globs", 10_000, 1),
  });
  const ns = (side: keyof typeof runs): number[] => runs[side].map(({ nsAnAlert }) => nsAnAlert);
  return {
    correct: ["each alert was taken by the last policy, and by no other"],
    goals: [
      {
        what: "cost of 10,000 policies, of that of 10",
        reached: medianRatio(ns("tenThousand"), ns("ten")),
        bound: { kind: "at_most", value: 10 },
        unit: "times",
      },
      {
        what: "an alert against 10,000 policies",
        reached: median(ns("tenThousand")) / 1000,
        bound: { kind: "at_most", value: 1 },
        unit: "µs",
      },
      {
        what: "a line that 1,000 policies refuse by its first bytes",
        reached: median(runs.thousand.map(({ nsALine }) => nsALine)) / 1000,
        bound: { kind: "at_most", value: 1 },
        unit: "µs",
      },
      {
        what: "a parsed alert that none of 1,000 policies takes",
        reached: median(runs.thousand.map(({ nsANotTaken }) => nsANotTaken)) / 1000,
        bound: { kind: "at_most", value: 1 },
        unit: "µs",
      },
    ],
    figures: [
      { what: "ns an alert against 10 policies", value: spread(ns("ten")) },
      { what: "ns an alert against 1,000 policies", value: spread(ns("thousand")) },
      { what: "ns an alert against 10,000 policies", value: spread(ns("tenThousand")) },
      { what: "ns an alert against 10,000 policies that all have to be asked", value: spread(ns("globs")) },
      { what: "the same, a policy", value: grouped(median(ns("globs")) / 10_000, 1) },
      {
        what: "ms to compile 10,000 policies, at the start and with each new config",
        value: spread(runs.tenThousand.map(({ compileMs }) => compileMs)),
      },
    ],
    notes: [
      "55 % of the policies by rule, 25 % by group and level, 15 % by agent and level, 5 % by level; those that all have to be asked look for a glob in the description",
      "the same thousand alerts again and again, each as warm as one that was just parsed; the incident's group key is in the figures",
      "only lines that are not refused by their first bytes are matched at all",
    ],
  };
}
