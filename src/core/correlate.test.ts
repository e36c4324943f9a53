import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { aCounted, counting, windowWorld } from "../../test/fixtures/window-world.ts";
import { accept } from "./accept.ts";
import { testPolicies } from "./test-alert.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "./time.ts";
import { View } from "./view.ts";

describe("a window that counts", () => {
  it("opens one incident when it is full, with all that filled it, and the ledger says which", () => {
    const { take, rows, incidents } = windowWorld(counting());

    expect(take(aCounted(0), aCounted(20), aCounted(60))).toEqual(["in_window", "in_window", "opened"]);
    expect(incidents()).toMatchObject([{ state: "open", count: 3, firstAt: noon, lastAt: noon + 60 * SECOND_MS }]);
    expect([...rows.alerts.values()].map(({ windows }) => windows)).toEqual(Array(3).fill([{ policy: "any", n: 1 }]));
    expect([...rows.windowsFilled.values()]).toEqual([{ policy: "any", n: 1, incident: 1, fromAt: noon }]);
    expect(rows.windows.size).toBe(0);
    expect(rows.windowBooks.get("any")).toMatchObject({ live: 0, n: 1 });
  });

  it("shows nobody what has not come together in time", () => {
    const { take, incidents } = windowWorld(counting());

    expect(take(aCounted(0), aCounted(30), aCounted(61), aCounted(95))).toEqual(Array(4).fill("in_window"));
    expect(incidents()).toEqual([]);
  });

  it("counts what is read late where it happened, also where that ended before the newest", () => {
    const { take, incidents } = windowWorld(counting());

    expect(take(aCounted(0), aCounted(58), aCounted(65), aCounted(59.5))).toEqual([
      "in_window",
      "in_window",
      "in_window",
      "opened",
    ]);
    expect(incidents()).toMatchObject([{ count: 4, firstAt: noon }]);
  });

  it("counts what is as late as may be, and says of what is later that it is too late", () => {
    const { take } = windowWorld(counting({ count: 2 }));

    expect(take(aCounted(200), aCounted(130), aCounted(129))).toEqual(["in_window", "in_window", "window_too_late"]);
  });

  it("lets what has joined an open incident be counted by nobody", () => {
    const { take, rows, incidents } = windowWorld(counting({ count: 2 }));

    expect(take(aCounted(0), aCounted(1), aCounted(2))).toEqual(["in_window", "opened", "joined"]);
    expect(rows.windows.size).toBe(0);
    expect(incidents()).toMatchObject([{ count: 3 }]);
  });

  it("must be full again before what is over opens again", () => {
    const { take, incidents } = windowWorld(counting({ count: 2 }), { resolveAfterMs: 100 * SECOND_MS });

    expect(take(aCounted(0), aCounted(1), aCounted(150), aCounted(160))).toEqual([
      "in_window",
      "opened",
      "in_window",
      "reopened",
    ]);
    expect(incidents()).toMatchObject([{ state: "open", count: 4 }]);
  });

  it("asks for different values, and takes one that comes late for what it is", () => {
    const { take } = windowWorld(counting({ count: 3, distinct: 2 }));

    expect(
      take(
        ...[0, 1, 2, 3].map((n) => aCounted(n, { value: "root" })),
        aCounted(4, { value: null }),
        aCounted(5, { value: "eve" }),
      ),
    ).toEqual([...Array(5).fill("in_window"), "opened"]);
  });

  it("keeps no more of a flood than decides anything, and still says how many there were", () => {
    const { take, rows, incidents } = windowWorld(counting({ count: 3, distinct: 2 }));

    take(...Array.from({ length: 40 }, (_, n) => aCounted(n, { value: "root" })));
    expect([...rows.windows.values()][0]?.contributions).toHaveLength(8);
    take(aCounted(41, { value: "eve" }));

    expect(incidents()).toMatchObject([{ count: 41 }]);
  });

  it("keeps the newest lines of a window that is half full, and shows them with the incident", () => {
    const { take, rows } = windowWorld(counting({ count: 6 }));

    take(aCounted(0), aCounted(1));
    expect([...rows.windows.values()][0]?.bodies).toEqual([]);
    take(aCounted(2), aCounted(3), aCounted(4), aCounted(5));

    const bodies = [...rows.bodies.values()].map(({ slot, ordinal, raw }) => [slot, ordinal, raw]);
    expect(bodies).toEqual([
      [0, 4, "line 3"],
      [4, 5, "line 4"],
      [5, 6, "line 5"],
    ]);
  });

  it("counts nothing that lacks the value by which it counts", () => {
    const { take, rows } = windowWorld(counting());

    expect(take(aCounted(0, { key: null }))).toEqual(["window_key_missing"]);
    expect(rows.windows.size).toBe(0);
  });

  it("refuses new keys once as many are live as may be, goes on counting the others, and says so", () => {
    const { take, rows } = windowWorld(counting({ count: 2, keysMost: 2 }));
    const key = (n: number) => ({ key: `["198.51.100.${n}"]` });

    expect(take(aCounted(0, key(1)), aCounted(1, key(2)), aCounted(2, key(3)), aCounted(3, key(2)))).toEqual([
      "in_window",
      "in_window",
      "window_refused",
      "opened",
    ]);
    expect(rows.windowBooks.get("any")).toMatchObject({ live: 1, refused: 1, refusedAt: noon + HOUR_MS });
  });

  it("lets in a new key in the place of one that is over, tick or no tick, and of no other", () => {
    const { take, rows } = windowWorld(counting({ keysMost: 2 }));
    const key = (n: number) => ({ key: `["198.51.100.${n}"]` });
    take(aCounted(0, key(1)), aCounted(10, key(2)));

    expect(take(aCounted(70, key(3)), aCounted(71, key(4)), aCounted(72, key(5)))).toEqual([
      "window_refused",
      "in_window",
      "window_refused",
    ]);
    expect([...rows.windows.values()].map((row) => row.key)).toEqual(['["198.51.100.2"]', '["198.51.100.4"]']);
    expect(rows.windowBooks.get("any")).toMatchObject({ live: 2, refused: 2 });
  });

  it("forgets what can count no more when its source has read on, and makes room with that", () => {
    const { take, tickAt, rows } = windowWorld(counting({ keysMost: 1 }));
    take(aCounted(0));

    tickAt(70);
    expect(rows.windows.size).toBe(1);
    tickAt(70.001);

    expect(rows.windows.size).toBe(0);
    expect(rows.windowBooks.get("any")).toMatchObject({ live: 0 });
  });

  it("takes no alert from the future for the newest", () => {
    const { take } = windowWorld(counting());
    const day = DAY_MS / SECOND_MS;

    expect(take(aCounted(3_550), aCounted(day), aCounted(3_551))).toEqual(["in_window", "in_window", "opened"]);
  });

  it("has the severity of the worst in it where the policy says none", () => {
    const { take, incidents } = windowWorld(counting({ count: 2 }), { severity: null });

    take(aCounted(0, { level: 12 }), aCounted(1, { level: 7 }));

    expect(incidents()).toMatchObject([{ severity: "high" }]);
  });

  it("is counted on where it is full and nobody is to hear of it", () => {
    const { take, incidents } = windowWorld(counting({ count: 2 }), { severity: null });

    expect(take(aCounted(0, { level: 5 }), aCounted(1, { level: 5 }), aCounted(2, { level: 7 }))).toEqual([
      "in_window",
      "ledger_only",
      "opened",
    ]);
    expect(incidents()).toMatchObject([{ count: 3, severity: "medium" }]);
  });

  it("holds an incident back from when it is full, where the policy holds", () => {
    const { take, incidents } = windowWorld(counting({ count: 2 }), { holdMs: HOUR_MS });

    take(aCounted(0), aCounted(5));

    expect(incidents()).toMatchObject([{ state: "pending", count: 2, dueAt: noon + 5 * SECOND_MS + HOUR_MS }]);
  });

  it("is passed by by tests, which must open at once", () => {
    const [twin] = testPolicies([aPolicy({ window: counting() })]);

    expect(twin).toMatchObject({ name: "riposte:test:any" });
    expect(twin).not.toHaveProperty("window");
  });

  it("begins anew under other terms", () => {
    const before = windowWorld(counting());
    before.take(aCounted(0), aCounted(1));
    const snapshot = aSnapshot([aPolicy({ severity: "high", window: { ...counting(), same: ["agent.id"] } })]);

    const view = new View(before.rows.facts());
    accept(view, aStretch([aCounted(2)]), { now: noon + HOUR_MS, random: () => 0.5, snapshot });
    before.rows.apply(view.changes());

    expect([...before.rows.windows.values()].map(({ n, contributions }) => [n, contributions.length])).toEqual([
      [2, 1],
    ]);
    expect(before.rows.windowBooks.get("any")).toMatchObject({ live: 1 });
  });

  it("is full exactly when a stretch of its length holds enough, in whatever order they are read", () => {
    const some = fc.record({ at: fc.nat(150), value: fc.constantFrom("a", "b", "c", null) });
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 25 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(3),
        (drawn, count, least) => {
          // Few enough that nothing is forgotten, and none so late that it is not counted.
          const terms = { ...counting({ count, ...(least > 1 && { distinct: least }) }), latenessMs: 200 * SECOND_MS };
          if (drawn.length > count) drawn = drawn.slice(0, 2 * count + (least > 1 ? least : 0));
          const { take } = windowWorld(terms);
          const taken = take(...drawn.map(({ at, value }, id) => aCounted(at, { value, id })));

          const fullAt = drawn.findIndex((_, last) =>
            drawn.slice(0, last + 1).some(({ at: from }) => {
              const stretch = drawn.slice(0, last + 1).filter(({ at }) => at >= from && at <= from + 60);
              const values = new Set(stretch.flatMap(({ value }) => value ?? []));
              return stretch.length >= count && (least < 2 || values.size >= least);
            }),
          );
          expect(taken.indexOf("opened")).toBe(fullAt);
        },
      ),
      { numRuns: 400 },
    );
  });
});
