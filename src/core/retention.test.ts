import fc from "fast-check";
import { expect, it } from "vitest";
import { aReceipt, aWork, anIncident, noon } from "../../test/conformance/store-rows.ts";
import { horizonOf, isIncidentOver, nextKeepMs, type Ages, type Hold, type Keep } from "./retention.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./time.ts";

const horizon = noon;
const now = noon + 30 * DAY_MS;
const ago = fc.integer({ min: -90 * DAY_MS, max: 60 * DAY_MS }).map((ms) => noon + ms);
const holds: readonly Hold[] = ["reminder", "response", "tells", "collecting", "told_in"];

const standing = fc.record({
  incident: fc.record({
    state: fc.constantFrom("pending", "open", "acknowledged", "resolved", "resolved", "resolved"),
    lastAt: ago,
    openedAt: fc.option(ago),
    resolvedAt: fc.option(ago),
  }),
  works: fc.array(
    fc.record({
      state: fc.constantFrom("ready", "sending", "unknown", "watched", "listed", "shadow", "shadow", "dead"),
      reason: fc.constantFrom("timeout", "dropped_by_person", null),
    }),
    { maxLength: 2 },
  ),
  told: fc.array(ago, { maxLength: 2 }),
  respondedAt: fc.option(ago),
  holds: fc.subarray([...holds], { maxLength: 1 }),
  reopenWithinMs: fc.constantFrom(0, DAY_MS, 80 * DAY_MS),
});

it("nothing goes that lives, that anybody waits for, that was touched since, or that may come back", () => {
  let gone = 0;
  fc.assert(
    fc.property(standing, ({ incident: of, works: ofWorks, told, holds: by, respondedAt, reopenWithinMs }) => {
      const incident = anIncident(1, of);
      const works = ofWorks.map((work) => aWork(1, work));
      const receipts = told.map((lastDoneAt) => aReceipt(1, { lastDoneAt }));
      const policies = { ssh: { reopenWithinMs } as never };

      const isOver = isIncidentOver({ incident, works, receipts, holds: by, respondedAt }, horizon, now, { policies });

      if (!isOver) return;
      gone += 1;
      expect(incident.state).toBe("resolved");
      expect(by).toEqual([]);
      if (respondedAt !== null && respondedAt <= now) expect(now - respondedAt).toBeGreaterThan(8 * DAY_MS);
      for (const { state, reason } of works)
        expect(state === "dead" ? reason : state).toMatch(/^(shadow|listed|dropped_by_person)$/);
      for (const at of [incident.lastAt, incident.openedAt, incident.resolvedAt, ...told])
        if (at !== null && at <= now + (now - horizon)) expect(at).toBeLessThan(horizon);
      if ((incident.resolvedAt ?? 0) <= now)
        expect(Math.max(incident.resolvedAt ?? 0, incident.lastAt) + reopenWithinMs).toBeLessThan(now);
    }),
    { numRuns: 3_000 },
  );
  expect(gone).toBeGreaterThan(20);
});

it("what a clock that runs ahead has ended stays as long as anything else, and what one ends in a hundred years goes", () => {
  const policies = { ssh: { reopenWithinMs: DAY_MS } as never };
  const isOver = (at: number): boolean => {
    // Cleared while it was held: nobody saw it, and no time of it is by our own clock.
    const incident = anIncident(1, { state: "resolved", openedAt: null, lastAt: at, resolvedAt: at });
    return isIncidentOver({ incident, works: [], receipts: [], holds: [], respondedAt: null }, horizon, now, {
      policies,
    });
  };

  expect([isOver(now + 1), isOver(now + HOUR_MS), isOver(now + 29 * DAY_MS)]).toEqual([false, false, false]);
  expect(isOver(now + 36_500 * DAY_MS)).toBe(true);
});

it("the time that counts is that of the source that has read least, unless it says nothing", () => {
  const tick = (alerts: number, reportedAt = now) => ({
    kind: "tick" as const,
    now,
    watermarks: { alerts: { at: alerts, reportedAt }, agents: { at: now, reportedAt: now } },
  });

  expect(horizonOf(tick(now), DAY_MS)).toBe(now - DAY_MS);
  expect(horizonOf(tick(now - 40 * DAY_MS), DAY_MS)).toBe(now - 41 * DAY_MS);
  expect(horizonOf(tick(0, now), DAY_MS)).toBeLessThan(0);
  expect(horizonOf(tick(0, now - 11 * MINUTE_MS), DAY_MS)).toBe(now - DAY_MS);
  expect(horizonOf(tick(now + HOUR_MS), DAY_MS)).toBe(now - DAY_MS);
});

const keep: Keep = { ms: 30 * DAY_MS, bytes: 1_000 };
/** A hundred rows a day. */
const even: Ages = new Map(Array.from({ length: 30 }, (_, day) => [day, 100]));

it.each([
  ["fits: as long as the config says", 30, 990, 30],
  ["is twice too large: the older half goes, and a little more", 30, 2_000, 14],
  ["is ten times too large", 30, 10_000, 2],
  ["has no room for a day: a day stays", 30, 1_000_000, 1],
  ["has room again: a day more with each pass", 15, 500, 16],
  ["is just below: neither more nor less", 15, 950, 15],
])("what %s", (_what, days, usedBytes, expected) => {
  expect(nextKeepMs(days * DAY_MS, keep, usedBytes, even) / DAY_MS).toBe(expected);
});

it("where nobody knows the size, age alone counts", () => {
  expect(nextKeepMs(DAY_MS, keep, null, even)).toBe(keep.ms);
  expect(nextKeepMs(DAY_MS, { ...keep, bytes: null }, 9_999, even)).toBe(keep.ms);
});
