import { expect, test } from "vitest";
import { warmUpSummary, type WarmUpFacts } from "./own-warm-up.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./time.ts";

const facts: WarmUpFacts = {
  installedAt: 1_000,
  warmUpMs: DAY_MS,
  kept: 1_200,
  incidents: { pending: 1, open: 4, acknowledged: 1, resolved: 30 },
  told: 40,
  heldBack: 3,
};

test.each([
  ["before an hour nothing is said", HOUR_MS - 1, undefined],
  ["after an hour there is a summary", HOUR_MS, "Riposte after its first hour"],
  ["which stands for an hour", 2 * HOUR_MS, undefined],
  ["and another one after a day", DAY_MS + MINUTE_MS, "Riposte after its first day"],
  ["and none any more", 2 * DAY_MS, undefined],
])("%s", (_, ageMs, title) => {
  expect(warmUpSummary(facts, facts.installedAt + ageMs)[0]?.title).toBe(title);
});

test("it says what was made of the alerts, and what is held back until when", () => {
  const [summary] = warmUpSummary(facts, facts.installedAt + HOUR_MS);

  expect(summary?.says).toMatch(/^1,200 alerts were kept and made 36 incidents, of which 5 are open\. 40 were told/);
  expect(summary?.says).toContain("3 tickets are held back; what is still true is told in some 23 h");
});

test("without a warm-up, or of an install that nobody remembers, nothing is said", () => {
  expect(warmUpSummary({ ...facts, warmUpMs: 0 }, facts.installedAt + HOUR_MS)).toEqual([]);
  expect(warmUpSummary(null, HOUR_MS)).toEqual([]);
});
