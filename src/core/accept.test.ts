import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aDestination, aKeptAlert, aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import { accept } from "./accept.ts";
import type { KeptAlert } from "./alert.ts";
import type { Context } from "./context.ts";
import { DAY_MS, HOUR_MS, SECOND_MS } from "./time.ts";
import { View } from "./view.ts";

function context(of: Partial<Context> = {}): Context {
  return { now: noon + HOUR_MS, random: () => 0.5, snapshot: aSnapshot(), ...of };
}

function acceptInto(rows: MemoryRows, alerts: readonly KeptAlert[], of: Partial<Context> = {}) {
  const view = new View(rows.facts());
  const result = accept(view, aStretch(alerts), context(of));
  rows.apply(view.changes());
  return result;
}

describe("accept", () => {
  it("opens one incident for a group, tells those of its severity, and wakes them", () => {
    const rows = new MemoryRows();

    const result = acceptInto(rows, [aKeptAlert(1), aKeptAlert(2)]);

    expect([...rows.incidents.values()]).toMatchObject([{ id: 1, state: "open", count: 2, severity: "medium" }]);
    expect([...rows.works.keys()]).toEqual(["1/chat"]);
    expect([...rows.moments.values()].map((moment) => moment.kind)).toEqual(["opened"]);
    expect(result.woken).toEqual(["chat"]);
  });

  it("counts an alert that it has already taken as a duplicate and changes nothing else", () => {
    const rows = new MemoryRows();
    acceptInto(rows, [aKeptAlert(1)]);
    const incident = rows.incidents.get(1);

    acceptInto(rows, [aKeptAlert(1), aKeptAlert(1)]);

    expect(rows.sources.get("alerts")).toMatchObject({ read: 3, kept: 1, duplicate: 2 });
    expect(rows.incidents.get(1)).toEqual(incident);
  });

  it("keeps an alert whose id is known with another timestamp, and counts the collision", () => {
    const rows = new MemoryRows();
    acceptInto(rows, [aKeptAlert(1)]);
    const again = aKeptAlert(1);

    acceptInto(rows, [{ ...again, identity: { ...again.identity, stamp: "another" } }]);

    expect(rows.sources.get("alerts")).toMatchObject({ kept: 2, duplicate: 0, collision: 1 });
    expect(rows.incidents.get(1)?.count).toBe(2);
  });

  it("refuses a stretch that does not account for every line", () => {
    const view = new View(new MemoryRows().facts());

    expect(() => accept(view, aStretch([aKeptAlert(1)], { read: 3 }), context())).toThrow(/account for every line/);
  });

  it("keeps an alert that nobody is to hear of in the ledger, without an incident", () => {
    const rows = new MemoryRows();

    acceptInto(rows, [aKeptAlert(1, { level: 3 })]);

    const endings = [{ policy: "any", disposition: "ledger_only" }];
    expect([...rows.alerts.values()]).toMatchObject([{ disposition: "ledger_only", incidents: [], endings }]);
    expect(rows.incidents.size).toBe(0);
  });

  it("escalates when a worse alert joins, and then tells those of the new severity too", () => {
    const rows = new MemoryRows();
    acceptInto(rows, [aKeptAlert(1)]);

    acceptInto(rows, [aKeptAlert(2, { level: 15 })]);

    expect([...rows.moments.values()].map((moment) => moment.kind)).toEqual(["opened", "escalated"]);
    expect([...rows.works.values()].map((work) => [work.destination, work.priority])).toEqual([
      ["chat", 0],
      ["tickets", 0],
    ]);
  });

  it("shows nobody a held incident, and forgets it quietly when it is cleared in time", () => {
    const snapshot = aSnapshot([aPolicy({ holdMs: HOUR_MS })]);
    const rows = new MemoryRows();

    acceptInto(rows, [aKeptAlert(1)], { snapshot });
    acceptInto(rows, [aKeptAlert(2, { match: { clears: true } })], { snapshot });

    expect([...rows.incidents.values()]).toMatchObject([{ state: "resolved", resolvedBy: "clear", openedAt: null }]);
    expect(rows.works.size).toBe(0);
    expect(rows.moments.size).toBe(0);
  });

  it.each([
    ["first", [0, 1]],
    ["second", [1, 0]],
  ] as const)("counts a hold from when it began, where the alert that knows it comes %s", (_, order) => {
    const snapshot = aSnapshot([aPolicy({ holdMs: HOUR_MS })]);
    const rows = new MemoryRows();
    const alerts = [aKeptAlert(600, { since: noon }), aKeptAlert(602)];

    for (const n of order) acceptInto(rows, [alerts[n]!], { snapshot });

    expect([...rows.incidents.values()]).toMatchObject([{ state: "pending", count: 2, dueAt: noon + HOUR_MS }]);
  });

  it("lets no alert put the end of a hold off, nor one of an earlier time bring it forward", () => {
    const snapshot = aSnapshot([aPolicy({ holdMs: HOUR_MS })]);
    const rows = new MemoryRows();

    acceptInto(rows, [aKeptAlert(600, { since: noon }), aKeptAlert(700, { since: noon + 5 * SECOND_MS })], {
      snapshot,
    });
    acceptInto(rows, [aKeptAlert(1)], { snapshot });

    expect(rows.incidents.get(1)).toMatchObject({ count: 3, dueAt: noon + HOUR_MS });
  });

  it("reopens within the policy's window, and opens a new incident after it", () => {
    const snapshot = aSnapshot([aPolicy({ reopenWithinMs: DAY_MS })]);
    const rows = new MemoryRows();
    acceptInto(rows, [aKeptAlert(1), aKeptAlert(2, { match: { clears: true } })], { snapshot });

    acceptInto(rows, [aKeptAlert(3)], { snapshot });
    expect(rows.incidents.get(1)).toMatchObject({ state: "open", count: 2, resolvedAt: null });

    acceptInto(rows, [aKeptAlert(4, { match: { clears: true } })], { snapshot });
    acceptInto(rows, [aKeptAlert(5 + DAY_MS / SECOND_MS)], { snapshot });
    expect(rows.incidents.get(2)).toMatchObject({ state: "open", count: 1 });
  });

  it("does not reopen for an alert that its own clear overtook", () => {
    const rows = new MemoryRows();
    acceptInto(rows, [aKeptAlert(1), aKeptAlert(9, { match: { clears: true } })]);

    acceptInto(rows, [aKeptAlert(5)]);

    expect(rows.incidents.get(1)).toMatchObject({ state: "resolved", count: 2 });
  });

  it("holds an incident again that comes back after it was cleared", () => {
    const snapshot = aSnapshot([aPolicy({ holdMs: HOUR_MS })]);
    const rows = new MemoryRows();
    acceptInto(rows, [aKeptAlert(1), aKeptAlert(2, { match: { clears: true } })], { snapshot });

    acceptInto(rows, [aKeptAlert(3)], { snapshot });

    expect(rows.incidents.get(1)).toMatchObject({ state: "pending", dueAt: noon + 3 * SECOND_MS + HOUR_MS });
    expect(rows.works.size).toBe(0);
  });

  it("lets no clear end what happened after it", () => {
    const rows = new MemoryRows();
    acceptInto(rows, [aKeptAlert(5)]);

    acceptInto(rows, [aKeptAlert(3, { match: { clears: true } })]);

    expect(rows.incidents.get(1)).toMatchObject({ state: "open" });
    expect([...rows.alerts.values()].at(-1)).toMatchObject({ disposition: "nothing_to_clear" });
  });

  it("ends a backlog as it would have ended live: a timer that was due between two alerts fires between them", () => {
    const snapshot = aSnapshot([aPolicy({ holdMs: 10 * SECOND_MS, resolveAfterMs: DAY_MS })]);
    const rows = new MemoryRows();

    acceptInto(rows, [aKeptAlert(1), aKeptAlert(30, { match: { clears: true } })], { snapshot });

    expect([...rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved"]);
  });

  it("gives new counts to those who can edit, and only moments to those who can't", () => {
    const snapshot = aSnapshot(
      [aPolicy({ tell: { low: [], medium: ["board", "chat"], high: [], critical: [] } })],
      [aDestination({ name: "board", edits: true }), aDestination({ name: "chat" })],
    );
    const rows = new MemoryRows();
    acceptInto(rows, [aKeptAlert(1)], { snapshot });
    rows.works.clear();

    acceptInto(rows, [aKeptAlert(2)], { snapshot });

    expect([...rows.works.keys()]).toEqual(["1/board"]);
  });

  it("gives the same rows for every way to cut a stretch in two", () => {
    const someAlert = fc.record({
      n: fc.integer({ min: 1, max: 12 }),
      level: fc.constantFrom(3, 7, 10, 12, 15),
      group: fc.constantFrom('["a"]', '["b"]'),
      clears: fc.boolean(),
      other: fc.boolean(),
    });
    const snapshot = aSnapshot(
      [
        aPolicy({ reopenWithinMs: 4 * SECOND_MS }),
        aPolicy({ name: "held", holdMs: HOUR_MS, tell: { low: ["board"], medium: ["board"], high: [], critical: [] } }),
      ],
      [aDestination({ name: "board", edits: true }), aDestination({ name: "chat" }), aDestination({ name: "tickets" })],
    );

    fc.assert(
      fc.property(fc.array(someAlert, { maxLength: 30 }), fc.nat(30), fc.nat(5), (drawn, cutAt, malformed) => {
        const alerts = drawn.map(({ n, level, group, clears, other }) => {
          const alert = aKeptAlert(n, { level, match: { groupKey: group, clears, policy: other ? "held" : "any" } });
          return { ...alert, identity: { ...alert.identity, stamp: `${alert.identity.stamp} ${group}` } };
        });
        const lines = Array.from({ length: malformed }, (_, i) => ({ why: "not_json" as const, raw: `line ${i}` }));
        const cut = Math.min(cutAt, alerts.length);
        const parts = [aStretch(alerts.slice(0, cut)), aStretch(alerts.slice(cut), { malformed, quarantine: lines })];

        const apart = new MemoryRows();
        for (const part of parts) {
          const view = new View(apart.facts());
          accept(view, part, context({ snapshot }));
          apart.apply(view.changes());
        }
        const together = new MemoryRows();
        const view = new View(together.facts());
        for (const part of parts) accept(view, part, context({ snapshot }));
        together.apply(view.changes());
        const whole = new MemoryRows();
        const wholeView = new View(whole.facts());
        accept(
          wholeView,
          aStretch(alerts, { malformed, quarantine: lines, cursor: parts[1]!.cursor }),
          context({ snapshot }),
        );
        whole.apply(wholeView.changes());

        expect(together).toEqual(apart);
        expect(whole).toEqual(apart);
      }),
      { numRuns: 300 },
    );
  });
});
