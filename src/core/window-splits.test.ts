import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aDestination, aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import { absence, aCounted, counting, firstSeen, sequence } from "../../test/fixtures/window-world.ts";
import { accept } from "./accept.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";
import { View } from "./view.ts";

describe("every window", () => {
  it("gives the same rows for every way to cut a stretch in two", () => {
    const some = fc.record({
      second: fc.nat(200),
      key: fc.constantFrom('["a"]', '["b"]', '["c"]', null),
      value: fc.constantFrom("x", "y", null),
      ends: fc.boolean(),
      clears: fc.boolean(),
      level: fc.constantFrom(5, 10),
      id: fc.nat(60),
    });
    const kinds = [
      counting({ count: 3, distinct: 2, keysMost: 2 }),
      sequence,
      absence,
      { ...firstSeen, learnMs: 20 * SECOND_MS },
    ];
    const destinations = [aDestination({ name: "chat", edits: true }), aDestination({ name: "tickets" })];
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 30 }),
        fc.nat(30),
        fc.constantFrom(...kinds),
        fc.boolean(),
        (drawn, cut, window, holds) => {
          const policy = aPolicy({
            window,
            resolveAfterMs: 60 * SECOND_MS,
            ...(holds && window.kind !== "absence" && { holdMs: 20 * SECOND_MS }),
            collapse: { above: 1, withinMs: MINUTE_MS },
          });
          const snapshot = aSnapshot([policy], destinations);
          const context = { now: noon + HOUR_MS, random: () => 0.5, snapshot };
          const alerts = drawn.map(({ second, key, value, ends, clears, level, id }) => {
            const alert = aCounted(second, { key, value, level, id, ...(ends && { ends: true }) });
            const [match] = alert.matches;
            return clears && window.kind !== "absence" ? { ...alert, matches: [{ ...match!, clears }] } : alert;
          });
          const parts = [alerts.slice(0, cut), alerts.slice(cut)].map((part) => aStretch(part));

          const apart = new MemoryRows();
          for (const part of parts) {
            const view = new View(apart.facts());
            accept(view, part, context);
            apart.apply(view.changes());
          }
          const together = new MemoryRows();
          const view = new View(together.facts());
          for (const part of parts) accept(view, part, context);
          together.apply(view.changes());
          const oneByOne = new MemoryRows();
          for (const alert of alerts) {
            const one = new View(oneByOne.facts());
            accept(one, aStretch([alert], { cursor: parts[1]!.cursor }), context);
            oneByOne.apply(one.changes());
          }

          // One turn more leaves another count of lines read.
          const plain = (rows: MemoryRows) => Object.entries(rows).filter(([of]) => of !== "sources");
          expect(plain(together)).toEqual(plain(apart));
          expect(plain(oneByOne)).toEqual(plain(apart));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("writes one row a key and turn, however many alerts there were", () => {
    const rows = new MemoryRows();
    const snapshot = aSnapshot([aPolicy({ window: counting({ count: 900 }) })]);
    const view = new View(rows.facts());

    const alerts = Array.from({ length: 500 }, (_, n) => aCounted(n / 10, { id: n }));
    accept(view, aStretch(alerts), { now: noon + HOUR_MS, random: () => 0.5, snapshot });

    const tables = Map.groupBy(view.changes(), ({ table }) => table);
    expect([tables.get("window")?.length, tables.get("window_book")?.length]).toEqual([1, 1]);
  });
});
