import { describe, expect, it } from "vitest";
import { HUSHED_A_TURN, newNeed } from "../../src/core/need.ts";
import type { Silence } from "../../src/core/silence.ts";
import type { Work } from "../../src/core/work.ts";
import { claimOf } from "../fixtures/wrapped-store.ts";
import type { Begin } from "./store.ts";
import { anIncident, aWork, noon, opened } from "./store-rows.ts";

function aSilence(id: number, of: Partial<Silence> = {}): Silence {
  const condition = { kind: "field", path: "agent.id", test: { kind: "one_of", values: ["003"] } } as const;
  return {
    id,
    who: "ana \u0000",
    comment: "moving the rack",
    createdAt: noon,
    endsAt: noon + id,
    incident: null,
    condition,
    written: '{"agent.id":"003"}',
    ...of,
  };
}

function hushed(incident: number, of: Partial<Work> = {}): Work {
  return aWork(incident, {
    state: "hushed",
    reason: "silenced",
    evidence: "silence 3",
    dueAt: noon + 1_000,
    ...of,
  });
}

const FROM_FIRST = { destination: "chat", after: null } as const;

export function hushSuite(name: string, begin: Begin): void {
  describe(`${name}: what is not told`, () => {
    it("keeps a silence as it was put, changes it and forgets it", async () => {
      const ofOne = aSilence(2, { endsAt: null, comment: null, incident: { id: 7, openedAt: noon } });
      const { store, reopen } = await begin([
        { table: "silence", row: aSilence(1) },
        { table: "silence", row: ofOne },
      ]);
      await store.commit([{ table: "silence", row: aSilence(1, { endsAt: noon }) }]);

      const again = await reopen();
      const known = await again.read({ ...newNeed(), silences: "all" });
      expect(known.silences).toEqual([aSilence(1, { endsAt: noon }), ofOne]);
      expect(known.silenceCount).toBe(2);

      await again.commit([{ table: "silence_gone", id: 1 }]);
      const left = await again.read({ ...newNeed(), silences: new Set([1, 2]) });
      expect([left.silences, left.silenceCount]).toEqual([[ofOne], 1]);
      expect((await again.read(newNeed())).silences).toBeUndefined();
    });

    it("claims what is not told once it is due, and not before", async () => {
      const { store } = await begin(opened(1, { work: hushed(1) }));

      const before = await claimOf(store, { destination: "chat", limit: 9, now: noon });
      const then = await claimOf(store, { destination: "chat", limit: 9, now: noon + 1_000 });

      expect([before.items.length, before.nextDueAt]).toEqual([0, noon + 1_000]);
      expect(then.items.map(({ work }) => work)).toEqual([hushed(1)]);
    });

    it("gives what is not told for a reason, the oldest first and from a place on", async () => {
      const rows = [
        hushed(1, { reason: "muted" }),
        hushed(2, { sinceAt: noon + 5 }),
        hushed(3, { sinceAt: noon + 5 }),
        hushed(4, { sinceAt: noon + 2 }),
        hushed(5, { destination: "tickets" }),
        aWork(6, { state: "ready", reason: null }),
      ];
      const { store } = await begin(rows.map((row) => ({ table: "work", row })));
      const ask = async (hushedOf: object): Promise<readonly number[]> => {
        const facts = await store.read({ ...newNeed(), hushed: [{ ...FROM_FIRST, reason: null, ...hushedOf }] });
        return (facts.hushed ?? []).map(({ incident }) => incident);
      };

      expect(await ask({})).toEqual([1, 4, 2, 3]);
      expect(await ask({ reason: "silenced" })).toEqual([4, 2, 3]);
      expect(await ask({ reason: "muted" })).toEqual([1]);
      expect(await ask({ reason: "silenced", after: { reason: "silenced", sinceAt: noon + 5, incident: 2 } })).toEqual([
        3,
      ]);
      expect(await ask({ after: { reason: "muted", sinceAt: noon, incident: 1 } })).toEqual([4, 2, 3]);
    });

    it("gives no more of it than a turn takes", async () => {
      const many = Array.from({ length: HUSHED_A_TURN + 1 }, (_, i) => hushed(i + 1));
      const { store } = await begin(many.map((row) => ({ table: "work", row })));

      const facts = await store.read({ ...newNeed(), hushed: [{ ...FROM_FIRST, reason: null }] });

      expect(facts.hushed?.length).toBe(HUSHED_A_TURN);
    });

    it("gives the open incidents of policies, and how an incident comes back", async () => {
      const flaps = { recent: [noon, noon + 1], told: 3 };
      const tick = { step: 2, print: "0a1b2c3d", isDone: true, changes: 3, by: "Zoë \ud83d", at: noon };
      const handling = { assignee: "Ana", assigneeChanges: 1, silenceChanges: 2, ticks: [tick] };
      const { store } = await begin([
        { table: "incident", row: anIncident(1, { policy: "rack", flaps, handling }) },
        { table: "incident", row: anIncident(2, { policy: "rack", state: "acknowledged" }) },
        { table: "incident", row: anIncident(3, { policy: "rack", state: "resolved" }) },
        { table: "incident", row: anIncident(4, { policy: "rack", state: "pending" }) },
        { table: "incident", row: anIncident(5, { policy: "other" }) },
      ]);

      const facts = await store.read({ ...newNeed(), openOf: new Set(["rack", "none"]) });

      expect(facts.open?.toSorted()).toEqual([1, 2]);
      expect(facts.incidents.find(({ id }) => id === 1)?.flaps).toEqual(flaps);
      expect(facts.incidents.find(({ id }) => id === 1)?.handling).toEqual(handling);
      expect(facts.incidents.find(({ id }) => id === 2)).not.toHaveProperty("flaps");
      expect(facts.incidents.find(({ id }) => id === 2)).not.toHaveProperty("handling");
    });

    it("shows silences to people, those that end first at the top", async () => {
      const ofOne = aSilence(1, { endsAt: null });
      const { reader } = await begin([
        { table: "silence", row: ofOne },
        { table: "silence", row: aSilence(3) },
        { table: "silence", row: aSilence(2) },
      ]);
      const read = await reader();
      const ids = async (liveAt: number | null, limit = 9): Promise<readonly number[]> =>
        (await read.silences({ liveAt, limit })).map(({ id }) => id);

      expect(await ids(null)).toEqual([2, 3, 1]);
      expect(await ids(noon + 2)).toEqual([3, 1]);
      expect(await ids(null, 1)).toEqual([2]);
      expect(await read.silence(1)).toEqual(ofOne);
      expect(await read.silence(9)).toBeNull();
    });

    it("knows when it was made, from the first config on", async () => {
      const { store, reopen } = await begin();
      expect(store.installedAt ?? null).toBeNull();

      await store.putSnapshot("a", noon, "{}");
      await store.putSnapshot("b", noon + 5, "{}");

      expect(store.installedAt).toBe(noon);
      expect((await reopen()).installedAt).toBe(noon);
    });
  });
}
