import { expect, it } from "vitest";
import { aDestination, aKeptAlert, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import { decide } from "../core/decide.ts";
import { groupKeyOf } from "../core/group-key.ts";
import { DAY_MS } from "../core/time.ts";
import { View } from "../core/view.ts";
import { policyOf, PolicyShape } from "./policies.ts";

it("with one_per_alert each alert is told by itself, the same again not at all, and nobody hears that it is over", () => {
  const written = { name: "purist", when: { "rule.level": ">= 3" }, one_per_alert: true, tell: ["chat"] };
  const { terms } = policyOf(PolicyShape.parse(written), [{ name: "chat", type: "slack" }]);
  const rows = new MemoryRows();
  const context = {
    now: noon,
    random: () => 0.5,
    snapshot: aSnapshot([terms], [aDestination({ name: "chat" })]),
  };
  const alert = (n: number) => {
    const kept = aKeptAlert(n);
    const groupKey = groupKeyOf({ document: JSON.parse(kept.raw) as Record<string, unknown> }, terms.groupBy);
    return { ...kept, matches: [{ policy: "purist", groupKey, clears: false }] };
  };
  const alerts = Array.from({ length: 50 }, (_, n) => alert(n));

  const view = new View(rows.facts());
  decide(view, aStretch([...alerts, alert(7)]), context);
  rows.apply(view.changes());
  expect(rows.incidents.size).toBe(50);
  expect([...rows.works.values()].filter(({ state }) => state === "ready")).toHaveLength(50);
  expect([...rows.incidents.values()].every(({ count }) => count === 1)).toBe(true);

  rows.works.clear();
  const now = noon + 2 * DAY_MS;
  const later = new View(rows.facts([...rows.incidents.keys()]));
  decide(later, { kind: "tick", now, watermarks: {} }, { ...context, now });
  rows.apply(later.changes());
  expect([...rows.incidents.values()].every(({ state }) => state === "resolved")).toBe(true);
  expect([...rows.moments.values()].map(({ kind }) => kind)).not.toContain("resolved");
  expect(rows.works.size).toBe(0);
});
