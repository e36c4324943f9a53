import type { Bench, Findings, Setting } from "./bench.ts";
import { runScript } from "./children.ts";
import type { RoutingAnswer } from "./routing-side.ts";
import { grouped, interleave, median, medianRatio, spread } from "./rounds.ts";

/** What it costs to find an alert's policy among many. */
export const routing: Bench = {
  name: "routing",
  about: "a parsed alert against 10, 1,000 and 10,000 policies, all of which are asked",
  run: measure,
};

/** Said with each goal: an index would be built when someone has so many policies. */
const NO_INDEX = "policies are asked one after the other, there is no index over them";

async function measure({ quick, rounds }: Setting): Promise<Findings> {
  const route = async (policies: number, alerts: number): Promise<number> =>
    (await runScript<RoutingAnswer>("routing-side.ts", [`${policies}`, `${alerts}`])).nsAnAlert;
  const many = quick ? 300 : 1_000;
  const ns = await interleave(rounds, {
    ten: () => route(10, 20_000),
    thousand: () => route(1_000, 5 * many),
    tenThousand: () => route(10_000, many),
  });
  return {
    correct: ["each alert was taken by the last policy, and by no other"],
    goals: [
      {
        what: "cost of 10,000 policies, of that of 10",
        reached: medianRatio(ns.tenThousand, ns.ten),
        bound: { kind: "at_most", value: 10 },
        unit: "times",
        missedBecause: NO_INDEX,
      },
      {
        what: "an alert against 10,000 policies",
        reached: median(ns.tenThousand) / 1000,
        bound: { kind: "at_most", value: 1 },
        unit: "µs",
        missedBecause: NO_INDEX,
      },
    ],
    figures: [
      { what: "ns an alert against 10 policies", value: spread(ns.ten) },
      { what: "ns an alert against 1,000 policies", value: spread(ns.thousand) },
      { what: "ns an alert against 10,000 policies", value: spread(ns.tenThousand) },
      { what: "ns a policy and an alert, of 10,000", value: grouped(median(ns.tenThousand) / 10_000, 1) },
    ],
    notes: [
      "55 % of the policies by rule, 25 % by group and level, 15 % by agent and level, 5 % by level",
      "only lines that are not refused by their first bytes are matched at all",
    ],
  };
}
