import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aDestination, aKeptAlert, aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import { accept } from "./accept.ts";
import type { KeptAlert } from "./alert.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { tick } from "./tick.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";
import { View } from "./view.ts";
import type { WindowTerms } from "./window.ts";

const shared = { withinMs: 60 * SECOND_MS, same: ["data.srcip"], latenessMs: 10 * SECOND_MS, keysMost: 100 };

function counting(of: { count?: number; distinct?: number; keysMost?: number } = {}): WindowTerms {
  const { count = 3, distinct, ...more } = of;
  return {
    kind: "count",
    ...shared,
    count,
    distinct: distinct === undefined ? [] : [{ field: "data.dstuser", least: distinct }],
    ...more,
  };
}

const sequence: WindowTerms = { kind: "sequence", ...shared, count: 2, distinct: [] };
const absence: WindowTerms = { kind: "absence", ...shared };
const firstSeen: WindowTerms = { kind: "first_seen", ...shared, field: "data.srcip", learnMs: 100 * SECOND_MS };

function anAlert(
  second: number,
  of: Partial<KeptAlert> & { key?: string | null; value?: string | null; ends?: true; id?: number } = {},
): KeptAlert {
  const { key = '["198.51.100.1"]', value = null, ends, id = second, ...rest } = of;
  const alert = aKeptAlert(second, rest);
  return {
    ...alert,
    identity: { ...alert.identity, nativeId: `1795435200.${id} ${key} ${value} ${ends}` },
    raw: `line ${second}`,
    matches: [
      {
        policy: "any",
        groupKey: key ?? "[null]",
        clears: false,
        window: { key, values: [value], ...(ends === true && { ends }) },
      },
    ],
  };
}

function world(window: WindowTerms, terms: Partial<PolicyTerms> = {}) {
  const rows = new MemoryRows();
  const snapshot = aSnapshot([aPolicy({ severity: "high", window, ...terms })]);
  const context = { now: noon + HOUR_MS, random: () => 0.5, snapshot };
  return {
    rows,
    take(...alerts: readonly KeptAlert[]) {
      for (const alert of alerts) {
        const view = new View(rows.facts());
        accept(view, aStretch([alert]), context);
        rows.apply(view.changes());
      }
      return [...rows.alerts.values()].slice(-alerts.length).map(({ disposition }) => disposition);
    },
    tickAt(second: number) {
      const due = [...rows.windows.values()].map(({ policy, key }) => [policy, key] as const);
      const view = new View(rows.facts([], due));
      const at = noon + second * SECOND_MS;
      tick(view, { kind: "tick", now: context.now, watermarks: { alerts: { at, reportedAt: context.now } } }, context);
      rows.apply(view.changes());
    },
    incidents: () => [...rows.incidents.values()],
  };
}

describe("a window that counts", () => {
  it("opens one incident when it is full, with all that filled it, and the ledger says which", () => {
    const { take, rows, incidents } = world(counting());

    expect(take(anAlert(0), anAlert(20), anAlert(60))).toEqual(["in_window", "in_window", "opened"]);
    expect(incidents()).toMatchObject([{ state: "open", count: 3, firstAt: noon, lastAt: noon + 60 * SECOND_MS }]);
    expect([...rows.alerts.values()].map(({ windows }) => windows)).toEqual(Array(3).fill([{ policy: "any", n: 1 }]));
    expect([...rows.windowsFilled.values()]).toEqual([{ policy: "any", n: 1, incident: 1, fromAt: noon }]);
    expect(rows.windows.size).toBe(0);
    expect(rows.windowBooks.get("any")).toMatchObject({ live: 0, n: 1 });
  });

  it("shows nobody what has not come together in time", () => {
    const { take, incidents } = world(counting());

    expect(take(anAlert(0), anAlert(30), anAlert(61), anAlert(95))).toEqual(Array(4).fill("in_window"));
    expect(incidents()).toEqual([]);
  });

  it("counts what is read late where it happened, also where that ended before the newest", () => {
    const { take, incidents } = world(counting());

    expect(take(anAlert(0), anAlert(58), anAlert(65), anAlert(59.5))).toEqual([
      ...["in_window", "in_window", "in_window"],
      "opened",
    ]);
    expect(incidents()).toMatchObject([{ count: 4, firstAt: noon }]);
  });

  it("counts what is as late as may be, and says of what is later that it is too late", () => {
    const { take } = world(counting({ count: 2 }));

    expect(take(anAlert(200), anAlert(130), anAlert(129))).toEqual(["in_window", "in_window", "window_too_late"]);
  });

  it("lets what has joined an open incident be counted by nobody", () => {
    const { take, rows, incidents } = world(counting({ count: 2 }));

    expect(take(anAlert(0), anAlert(1), anAlert(2))).toEqual(["in_window", "opened", "joined"]);
    expect(rows.windows.size).toBe(0);
    expect(incidents()).toMatchObject([{ count: 3 }]);
  });

  it("must be full again before what is over opens again", () => {
    const { take, incidents } = world(counting({ count: 2 }), { resolveAfterMs: 100 * SECOND_MS });

    expect(take(anAlert(0), anAlert(1), anAlert(150), anAlert(160))).toEqual([
      ...["in_window", "opened"],
      ...["in_window", "reopened"],
    ]);
    expect(incidents()).toMatchObject([{ state: "open", count: 4 }]);
  });

  it("asks for different values, and takes one that comes late for what it is", () => {
    const { take } = world(counting({ count: 3, distinct: 2 }));

    expect(
      take(
        ...[0, 1, 2, 3].map((n) => anAlert(n, { value: "root" })),
        anAlert(4, { value: null }),
        anAlert(5, { value: "eve" }),
      ),
    ).toEqual([...Array(5).fill("in_window"), "opened"]);
  });

  it("keeps no more of a flood than decides anything, and still says how many there were", () => {
    const { take, rows, incidents } = world(counting({ count: 3, distinct: 2 }));

    take(...Array.from({ length: 40 }, (_, n) => anAlert(n, { value: "root" })));
    expect([...rows.windows.values()][0]?.contributions).toHaveLength(8);
    take(anAlert(41, { value: "eve" }));

    expect(incidents()).toMatchObject([{ count: 41 }]);
  });

  it("keeps the newest lines of a window that is half full, and shows them with the incident", () => {
    const { take, rows } = world(counting({ count: 6 }));

    take(anAlert(0), anAlert(1));
    expect([...rows.windows.values()][0]?.bodies).toEqual([]);
    take(anAlert(2), anAlert(3), anAlert(4), anAlert(5));

    const bodies = [...rows.bodies.values()].map(({ slot, ordinal, raw }) => [slot, ordinal, raw]);
    expect(bodies).toEqual([
      [0, 4, "line 3"],
      [4, 5, "line 4"],
      [5, 6, "line 5"],
    ]);
  });

  it("counts nothing that lacks the value by which it counts", () => {
    const { take, rows } = world(counting());

    expect(take(anAlert(0, { key: null }))).toEqual(["window_key_missing"]);
    expect(rows.windows.size).toBe(0);
  });

  it("refuses new keys once as many are live as may be, goes on counting the others, and says so", () => {
    const { take, rows } = world(counting({ count: 2, keysMost: 2 }));
    const key = (n: number) => ({ key: `["198.51.100.${n}"]` });

    expect(take(anAlert(0, key(1)), anAlert(1, key(2)), anAlert(2, key(3)), anAlert(3, key(2)))).toEqual([
      ...["in_window", "in_window", "window_refused"],
      "opened",
    ]);
    expect(rows.windowBooks.get("any")).toMatchObject({ live: 1, refused: 1, refusedAt: noon + HOUR_MS });
  });

  it("forgets what can count no more when its source has read on, and makes room with that", () => {
    const { take, tickAt, rows } = world(counting({ keysMost: 1 }));
    take(anAlert(0));

    tickAt(70);
    expect(rows.windows.size).toBe(1);
    tickAt(70.001);

    expect(rows.windows.size).toBe(0);
    expect(rows.windowBooks.get("any")).toMatchObject({ live: 0 });
  });

  it("takes no alert from the future for the newest", () => {
    const { take } = world(counting());
    const day = DAY_MS / SECOND_MS;

    expect(take(anAlert(3_550), anAlert(day), anAlert(3_551))).toEqual(["in_window", "in_window", "opened"]);
  });

  it("has the severity of the worst in it where the policy says none", () => {
    const { take, incidents } = world(counting({ count: 2 }), { severity: null });

    take(anAlert(0, { level: 12 }), anAlert(1, { level: 7 }));

    expect(incidents()).toMatchObject([{ severity: "high" }]);
  });

  it("is counted on where it is full and nobody is to hear of it", () => {
    const { take, incidents } = world(counting({ count: 2 }), { severity: null });

    expect(take(anAlert(0, { level: 5 }), anAlert(1, { level: 5 }), anAlert(2, { level: 7 }))).toEqual([
      ...["in_window", "ledger_only"],
      "opened",
    ]);
    expect(incidents()).toMatchObject([{ count: 3, severity: "medium" }]);
  });

  it("holds an incident back from when it is full, where the policy holds", () => {
    const { take, incidents } = world(counting({ count: 2 }), { holdMs: HOUR_MS });

    take(anAlert(0), anAlert(5));

    expect(incidents()).toMatchObject([{ state: "pending", count: 2, dueAt: noon + 5 * SECOND_MS + HOUR_MS }]);
  });

  it("begins anew under other terms", () => {
    const before = world(counting());
    before.take(anAlert(0), anAlert(1));
    const snapshot = aSnapshot([aPolicy({ severity: "high", window: { ...counting(), same: ["agent.id"] } })]);

    const view = new View(before.rows.facts());
    accept(view, aStretch([anAlert(2)]), { now: noon + HOUR_MS, random: () => 0.5, snapshot });
    before.rows.apply(view.changes());

    expect([...before.rows.windows.values()].map(({ n, contributions }) => [n, contributions.length])).toEqual([[2, 1]]);
    expect(before.rows.windowBooks.get("any")).toMatchObject({ live: 1 });
  });

  it("is full exactly when a stretch of its length holds enough, in whatever order they are read", () => {
    const some = fc.record({ at: fc.nat(150), value: fc.constantFrom("a", "b", "c", null) });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 25 }), fc.integer({ min: 2, max: 5 }), fc.nat(3), (drawn, count, least) => {
        // Few enough that nothing is forgotten, and none so late that it is not counted.
        const terms = { ...counting({ count, ...(least > 1 && { distinct: least }) }), latenessMs: 200 * SECOND_MS };
        if (drawn.length > count) drawn = drawn.slice(0, 2 * count + (least > 1 ? least : 0));
        const { take } = world(terms);
        const taken = take(...drawn.map(({ at, value }, id) => anAlert(at, { value, id })));

        const fullAt = drawn.findIndex((_, last) =>
          drawn.slice(0, last + 1).some(({ at: from }) => {
            const stretch = drawn.slice(0, last + 1).filter(({ at }) => at >= from && at <= from + 60);
            const values = new Set(stretch.flatMap(({ value }) => value ?? []));
            return stretch.length >= count && (least < 2 || values.size >= least);
          }),
        );
        expect(taken.indexOf("opened")).toBe(fullAt);
      }),
      { numRuns: 400 },
    );
  });
});

describe("a sequence", () => {
  it("opens for the end that has enough before it, and not for one that has not", () => {
    const { take, incidents } = world(sequence);

    expect(
      take(anAlert(0, { ends: true }), anAlert(1), anAlert(2, { ends: true }), anAlert(3), anAlert(60, { ends: true })),
    ).toEqual(["sequence_not_met", "in_window", "in_window", "in_window", "opened"]);
    expect(incidents()).toMatchObject([{ count: 4, firstAt: noon + SECOND_MS }]);
  });

  it("opens for what came before the end and is read after it", () => {
    const { take } = world(sequence);

    expect(take(anAlert(0), anAlert(5, { ends: true }), anAlert(4))).toEqual(["in_window", "in_window", "opened"]);
  });

  it("does not take what came after the end for what came before it", () => {
    const { take } = world(sequence);

    expect(take(anAlert(0), anAlert(5, { ends: true }), anAlert(6), anAlert(66, { ends: true }))).toEqual([
      ...["in_window", "in_window", "in_window"],
      "in_window",
    ]);
  });
});

describe("an absence", () => {
  it("opens at the time by which it should have come again, and is over when it comes", () => {
    const { take, tickAt, incidents, rows } = world(absence);

    expect(take(anAlert(0), anAlert(50))).toEqual(["expected", "expected"]);
    tickAt(120);
    expect(incidents()).toEqual([]);
    tickAt(121);
    expect(incidents()).toMatchObject([
      { state: "open", groupKey: '["198.51.100.1"]', title: "Did not come again: sshd: brute force" },
    ]);
    expect([...rows.bodies.values()]).toMatchObject([{ raw: "line 50" }]);

    expect(take(anAlert(300))).toEqual(["cleared"]);
    expect(incidents()).toMatchObject([{ state: "resolved", resolvedBy: "clear" }]);
    expect([...rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved"]);
  });

  it("ends a backlog as it would have ended live: what came too late was absent", () => {
    const { take, rows } = world(absence);

    expect(take(anAlert(0), anAlert(100))).toEqual(["expected", "cleared"]);
    expect([...rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved"]);
  });

  it("is told once, and again only after it has come again", () => {
    const { take, tickAt, rows } = world(absence);
    take(anAlert(0));
    tickAt(100);
    tickAt(500);
    take(anAlert(600));
    tickAt(700);

    expect([...rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved", "reopened"]);
  });

  it("waits for what its source has not read yet", () => {
    const { take, tickAt, incidents } = world(absence);
    take(anAlert(0));

    tickAt(60);
    take(anAlert(59));
    tickAt(110);

    expect(incidents()).toEqual([]);
  });
});

describe("a value that was never seen", () => {
  it("is learned at first, and opens an incident from then on, once", () => {
    const { take, incidents } = world(firstSeen);
    const from = (n: number) => ({ key: `["198.51.100.${n}"]` });

    expect(
      take(anAlert(0, from(1)), anAlert(99, from(2)), anAlert(100, from(3)), anAlert(101, from(3)), anAlert(102, from(2))),
    ).toEqual(["value_learned", "value_learned", "opened", "joined", "value_known"]);
    expect(incidents()).toMatchObject([{ groupKey: '["198.51.100.3"]', count: 2 }]);
  });

  it("is forgotten when it was not seen for the time, counted from when it was seen last", () => {
    const { take } = world(firstSeen, { resolveAfterMs: SECOND_MS });
    const from = (n: number) => ({ key: `["198.51.100.${n}"]` });
    take(anAlert(0, from(1)));

    expect(
      take(anAlert(150, from(2)), anAlert(210, from(2)), anAlert(280, from(2)), anAlert(351, from(2))),
    ).toEqual(["opened", "value_known", "value_known", "reopened"]);
  });

  it("opens nothing where it can't be remembered", () => {
    const { take } = world({ ...firstSeen, keysMost: 1 });

    expect(take(anAlert(0), anAlert(500, { key: '["198.51.100.9"]' }))).toEqual(["value_learned", "window_refused"]);
  });
});

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
            const alert = anAlert(second, { key, value, level, id, ...(ends && { ends: true }) });
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

          const plain = (rows: MemoryRows) => ({ ...rows, sources: null });
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

    const alerts = Array.from({ length: 500 }, (_, n) => anAlert(n / 10, { id: n }));
    accept(view, aStretch(alerts), { now: noon + HOUR_MS, random: () => 0.5, snapshot });

    const tables = Map.groupBy(view.changes(), ({ table }) => table);
    expect([tables.get("window")?.length, tables.get("window_book")?.length]).toEqual([1, 1]);
  });
});
