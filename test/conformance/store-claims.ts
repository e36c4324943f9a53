// What is due, in which order, and with what.
import type { Sweep } from "../../src/core/sweep.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import type { Work } from "../../src/core/work.ts";
import type { ClaimQuery } from "../../src/store/store.ts";
import { claimOf } from "../fixtures/wrapped-store.ts";
import * as sample from "./store-rows.ts";
import { noon } from "./store-rows.ts";
import type { Begin, OpenedStore } from "./store.ts";

export function claimSuite(name: string, begin: Begin, open: () => Promise<OpenedStore>): void {
  describe(`${name}: claims`, () => {
    it("brings what is due by priority, then by time, then by incident, and says when the next is", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyWork, { maxLength: 40 }), fc.integer({ min: 0, max: 12 }), async (some, limit) => {
          const opened = await open();
          try {
            const works = some.map((work, i) => sample.aWork(i + 1, work));
            await opened.store.commit(works.flatMap((work) => sample.opened(work.incident, { work })));

            const claim = await claimOf(opened.store, { destination: "chat", limit, now: noon });

            expect(claim.items.map(({ work }) => work)).toEqual(claimable(works).slice(0, limit));
            expect(claim.nextDueAt).toBe(nextDueAt(works));
          } finally {
            await opened.cleanup();
          }
        }),
        { numRuns: 40 },
      );
    });

    it("goes on behind a place of each priority, where one is named", async () => {
      const due = (priority: number, dueAt: number): Partial<Work> => ({ priority, dueAt });
      const works = [due(1, 10), due(1, 20), due(1, 20), due(2, 5), due(2, 30), due(0, 7)];
      const { store } = await begin(works.flatMap((work, i) => sample.opened(i + 1, { work })));
      const after = [null, { dueAt: 20, incident: 2 }, { dueAt: 5, incident: 4 }, null];

      const { items } = await claimOf(store, { destination: "chat", limit: 5, now: noon, after });

      expect(items.map(({ work }) => work.incident)).toEqual([6, 3, 5]);
    });

    it("brings what is to be looked for by itself, the one that has waited longest first", async () => {
      const lost = (dueAt: number, more: Partial<Work> = {}): Partial<Work> => {
        return { state: "unknown", dueAt, lostSince: 1, ...more };
      };
      const works = [{ dueAt: 1 }, lost(30), lost(20, { priority: 3 }), lost(10, { looks: 2 }), lost(noon + 1)];
      const { store } = await begin(works.flatMap((work, i) => sample.opened(i + 1, { work })));

      const { items } = await claimOf(store, { destination: "chat", limit: 5, now: noon, lostOnly: true });

      expect(items.map(({ work }) => work.incident)).toEqual([3, 2]);
    });

    it("brings with a mass event how many it stands for, and the first of those that are not over", async () => {
      const states = ["resolved", "open", "pending", "acknowledged", "open"] as const;
      const members = [1, 2, 3, 4, 5].map((id) => sample.anIncident(id, { collapsedInto: 6, state: states[id - 1]! }));
      const others = Array.from({ length: 40 }, (_, i) => sample.anIncident(10 + i, { collapsedInto: 7 }));
      const mass = { policy: "riposte:mass:ssh", groupKey: "[]" };
      const { store } = await begin([
        ...[...members, ...others].map((row): Change => ({ table: "incident", row })),
        ...sample.opened(6, { incident: mass }),
        ...sample.opened(7, { incident: { ...mass, policy: "riposte:mass:web" } }),
        ...sample.opened(8),
        { table: "mass", row: sample.aMass(6, { members: 5, unresolved: 3 }) },
        { table: "mass", row: sample.aMass(7, { members: 40, unresolved: 40 }) },
      ]);

      const { items } = await claimOf(store, { destination: "chat", limit: 5, now: noon });

      expect(items.map(({ mass: of }) => of?.shown.map(({ id }) => id) ?? null)).toEqual([
        [2, 5, 4],
        Array.from({ length: 20 }, (_, i) => 10 + i),
        null,
      ]);
      expect(items[0]!.mass).toMatchObject({ members: 5, unresolved: 3 });
    });

    it("brings with a digest how many are in it, and the worst of those that are not over", async () => {
      const states = ["resolved", "open", "open", "acknowledged"] as const;
      const severities = ["medium", "medium", "high", "low"] as const;
      const members = [1, 2, 3, 4].map((id) =>
        sample.anIncident(id, { state: states[id - 1]!, severity: severities[id - 1]! }),
      );
      const digest = { policy: "riposte:digest:chat" };
      const { store } = await begin([
        ...members.map((row): Change => ({ table: "incident", row })),
        ...sample.opened(9, { incident: digest }),
        ...sample.opened(10, { incident: digest }),
        ...[1, 2, 3, 4].map((id): Change => ({ table: "told_in", row: sample.aToldIn(id) })),
        { table: "told_in", row: sample.aToldIn(4, { destination: "pager", digest: 10 }) },
      ]);

      const { items } = await claimOf(store, { destination: "chat", limit: 5, now: noon });

      expect(items.map(({ mass }) => [mass?.members, mass?.unresolved, mass?.shown.map(({ id }) => id)])).toEqual([
        [4, 3, [3, 2, 4]],
        [1, 1, [4]],
      ]);
    });

    it("changes nothing: the same question has the same answer", async () => {
      const { store } = await begin([...sample.opened(1), ...sample.opened(2)]);
      const query: ClaimQuery = { destination: "chat", limit: 5, now: noon };

      expect(await claimOf(store, query)).toEqual(await claimOf(store, query));
    });

    it("brings what is due without its pictures where its lane lets nothing begin", async () => {
      const lane = sample.aLane("chat", { failures: 2 });
      const { store } = await begin([...sample.opened(2), ...sample.opened(1), { table: "lane", row: lane }]);
      const query: ClaimQuery = { destination: "chat", limit: 5, now: noon };
      const { items, nextDueAt } = await claimOf(store, query);

      expect(await claimOf(store, { ...query, mayBegin: ({ failures }) => failures !== 2 })).toEqual({
        lane,
        items: [],
        waiting: items.map(({ work }) => work),
        nextDueAt,
      });
      expect(await claimOf(store, { ...query, mayBegin: ({ failures }) => failures === 2 })).toMatchObject({ items });
      expect(items.map(({ work }) => work.incident)).toEqual([1, 2]);
    });

    it("brings all that a picture takes: moments in order, the first and the newest line, receipt and attempt", async () => {
      const ring = Array.from({ length: 12 }, (_, i) => ({ slot: i, ordinal: i === 3 ? 40 : i + 1 }));
      const { store } = await begin([
        ...sample.opened(1, {
          incident: { count: 40 },
          work: { state: "watched", attempt: 7, lostSince: 1_000, sweeps: [aSweep] },
        }),
        ...[3, 2].map((n): Change => ({ table: "moment", row: sample.aMoment(1, n, { kind: "escalated" }) })),
        ...ring.map((at): Change => ({ table: "body", row: { incident: 1, ...at, raw: `line ${at.ordinal}` } })),
        { table: "receipt", row: sample.aReceipt(1) },
        { table: "receipt", row: sample.aReceipt(1, { destination: "tickets", steps: 9 }) },
        { table: "attempt", row: sample.anAttempt(7) },
        { table: "lane", row: sample.aLane("chat", { failures: 2 }) },
      ]);

      const claim = await claimOf(store, { destination: "chat", limit: 5, now: noon });

      expect(claim).toEqual({
        lane: sample.aLane("chat", { failures: 2 }),
        items: [
          {
            work: sample.aWork(1, { state: "watched", attempt: 7, lostSince: 1_000, sweeps: [aSweep] }),
            incident: sample.anIncident(1, { count: 40 }),
            moments: [
              sample.aMoment(1, 1),
              sample.aMoment(1, 2, { kind: "escalated" }),
              sample.aMoment(1, 3, { kind: "escalated" }),
            ],
            firstRaw: "line 1",
            newestRaw: "line 40",
            receipt: sample.aReceipt(1),
            receipts: [sample.aReceipt(1), sample.aReceipt(1, { destination: "tickets", steps: 9 })],
            attempt: sample.anAttempt(7),
          },
        ],
        nextDueAt: null,
      });
    });

    it("brings what others show of an incident that nobody was told of here, and not what stands here alone", async () => {
      const { store } = await begin([
        ...sample.opened(1),
        ...sample.opened(2),
        { table: "receipt", row: sample.aReceipt(1, { destination: "tickets" }) },
        { table: "receipt", row: sample.aReceipt(2) },
      ]);

      const { items } = await claimOf(store, { destination: "chat", limit: 5, now: noon });

      expect(items.map(({ receipt, receipts }) => [receipt, receipts])).toEqual([
        [null, [sample.aReceipt(1, { destination: "tickets" })]],
        [sample.aReceipt(2), undefined],
      ]);
    });

    it("has a lane for a destination that was never used, and no receipt or attempt where there is none", async () => {
      const { store } = await begin(sample.opened(1));

      const claim = await claimOf(store, { destination: "chat", limit: 1, now: noon });
      const never = await claimOf(store, { destination: "never", limit: 1, now: noon });

      expect(claim.items).toMatchObject([{ receipt: null, attempt: null, firstRaw: '{"id":"1"}' }]);
      expect(never).toEqual({ lane: sample.aLane("never"), items: [], nextDueAt: null });
    });
  });
}

const anyWork = fc.record({
  state: fc.constantFrom("ready", "sending", "unknown", "dead"),
  destination: fc.constantFrom("chat", "chat", "chat", "tickets"),
  priority: fc.integer({ min: 0, max: 3 }),
  dueAt: fc.integer({ min: noon - 2, max: noon + 2 }),
});

function claimable(works: readonly Work[]): Work[] {
  return works
    .filter((work) => mayBeClaimed(work) && work.dueAt <= noon)
    .toSorted((a, b) => a.priority - b.priority || a.dueAt - b.dueAt || a.incident - b.incident);
}

function nextDueAt(works: readonly Work[]): number | null {
  const later = works.filter((work) => mayBeClaimed(work) && work.dueAt > noon).map((work) => work.dueAt);
  return later.length === 0 ? null : Math.min(...later);
}

function mayBeClaimed(work: Work): boolean {
  return work.destination === "chat" && (work.state === "ready" || work.state === "unknown");
}

const aSweep: Sweep = {
  step: 1,
  action: "create",
  attempt: 7,
  momentsTold: 2,
  since: 1_000,
  arrivedAt: 2_000,
  until: 9_000,
  at: 3_000,
};
