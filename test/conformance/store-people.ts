// What people and metrics are told.
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import type { Work } from "../../src/core/work.ts";
import * as sample from "./store-rows.ts";
import { noon } from "./store-rows.ts";
import type { Begin } from "./store.ts";

export function peopleSuite(name: string, begin: Begin): void {
  describe(`${name}: reads for people`, () => {
    it("lists incidents newest first, by state, policy and severity, and on from where a page ended", async () => {
      const states = ["pending", "open", "acknowledged", "resolved"] as const;
      const { reader } = await begin(
        [1, 2, 3, 4, 5, 6, 7, 8].map((id) => ({
          table: "incident",
          row: sample.anIncident(id, {
            state: states[id % 4]!,
            policy: id > 4 ? "web" : "ssh",
            severity: id % 3 === 0 ? "critical" : "low",
            ruleId: `50${id}`,
          }),
        })),
      );
      const people = await reader();
      const list = async (filter: object): Promise<number[]> =>
        (await people.incidents({ limit: 100, ...filter })).map(({ id }) => id);

      expect(await list({})).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
      expect(await list({ state: "all", limit: 3 })).toEqual([8, 7, 6]);
      expect(await list({ before: 6, limit: 2 })).toEqual([5, 4]);
      expect(await list({ state: "resolved" })).toEqual([7, 3]);
      expect(await list({ state: "unresolved", before: 7 })).toEqual([6, 5, 4, 2, 1]);
      expect(await list({ policy: "web", severity: "critical" })).toEqual([6]);
      expect(await list({ ruleIds: ["504", "506", "\0"], state: "unresolved" })).toEqual([6, 4]);
      expect(await people.incident(5)).toMatchObject({ id: 5, policy: "web" });
      expect(await people.incident(9)).toBeNull();
    });

    it("lists what is told in a mass event, and says how many that are", async () => {
      const { reader } = await begin([
        ...[1, 2, 3, 4].map((id): Change => {
          return { table: "incident", row: sample.anIncident(id, id % 2 === 0 ? { collapsedInto: 9 } : {}) };
        }),
        { table: "mass", row: sample.aMass(9) },
      ]);
      const people = await reader();

      expect((await people.incidents({ toldIn: 9, limit: 9 })).map(({ id }) => id)).toEqual([4, 2]);
      expect(await people.mass(9)).toEqual(sample.aMass(9));
      expect(await people.mass(1)).toBeNull();
    });

    it("says in which digests an incident is told, and lists those of one", async () => {
      const rows = [1, 2, 3].map((id) => sample.aToldIn(id));
      const { reader } = await begin([
        ...[1, 2, 3, 4].flatMap((id) => sample.opened(id)),
        ...rows.map((row): Change => ({ table: "told_in", row })),
        { table: "told_in", row: sample.aToldIn(2, { digest: 12 }) },
        { table: "told_in", row: sample.aToldIn(2, { destination: "alarm" }) },
        { table: "reminder", row: sample.aReminder(2) },
      ]);
      const people = await reader();

      expect((await people.incidents({ inDigest: 9, limit: 9 })).map(({ id }) => id)).toEqual([3, 2, 1]);
      expect((await people.incidents({ inDigest: 12, limit: 9 })).map(({ id }) => id)).toEqual([2]);
      expect(await people.toldIn(2)).toEqual([
        sample.aToldIn(2, { destination: "alarm" }),
        sample.aToldIn(2, { digest: 12 }),
      ]);
      expect(await people.reminders(2)).toEqual([sample.aReminder(2)]);
      expect([await people.toldIn(4), await people.reminders(4)]).toEqual([[], []]);
    });

    it.each(["\0", "a\0b", "\ud800", "'; --", "%", "\u001a0000"])("finds nothing under the name %j", async (name) => {
      const { reader } = await begin(sample.opened(1));
      const people = await reader();

      expect(await people.incidents({ policy: name, limit: 9 })).toEqual([]);
      expect(await people.work({ destination: name, limit: 9 })).toEqual([]);
      expect(await people.attempts({ incident: 1, destination: name, limit: 9 })).toEqual([]);
      expect(await people.alerts(name, name)).toEqual([]);
      expect(await people.quarantine(name)).toEqual([]);
    });

    it("lists work that waits longest first, by state and destination", async () => {
      const works = [
        sample.aWork(1, { sinceAt: noon + 3 }),
        sample.aWork(2, { sinceAt: noon + 1, state: "dead" }),
        sample.aWork(3, { sinceAt: noon + 2, destination: "tickets" }),
        sample.aWork(3, { sinceAt: noon + 4, state: "unknown", evidence: "reset" }),
      ];
      const { reader } = await begin(works.map((row) => ({ table: "work", row })));
      const people = await reader();

      expect(await people.work({ limit: 9 })).toEqual([works[1], works[2], works[0], works[3]]);
      expect(await people.work({ limit: 2 })).toEqual([works[1], works[2]]);
      expect(await people.work({ limit: 9, destination: "chat" })).toEqual([works[1], works[0], works[3]]);
      expect(await people.work({ limit: 9, destination: "chat", state: "unknown" })).toEqual([works[3]]);
      expect(await people.works(3)).toEqual([works[3], works[2]]);
    });

    it("knows what a destination shows of unresolved incidents and has nothing to be told of", async () => {
      const shown = [1, 2, 3, 4, 5, 6].map((id) => sample.aReceipt(id));
      const { reader } = await begin([
        ...shown.map((row): Change => ({ table: "receipt", row })),
        { table: "receipt", row: sample.aReceipt(1, { destination: "tickets" }) },
        ...[1, 3, 4, 5].map((id): Change => ({ table: "incident", row: sample.anIncident(id) })),
        { table: "incident", row: sample.anIncident(2, { state: "resolved" }) },
        { table: "incident", row: sample.anIncident(6, { state: "acknowledged", openedAt: noon + 9 }) },
        { table: "work", row: sample.aWork(3, { state: "sending" }) },
        ...(["create", "edit", "resolve"] as const).map((action, i): Change => {
          const endedAt = noon + 10 * (i + 1);
          return { table: "attempt", row: sample.anAttempt(i + 1, { incident: 6, action, endedAt, outcome: "done" }) };
        }),
        {
          table: "attempt",
          row: sample.anAttempt(9, { incident: 6, action: "reopen", endedAt: noon + 99, outcome: "later" }),
        },
        { table: "work", row: sample.aWork(4, { state: "watched" }) },
        { table: "work", row: sample.aWork(5, { destination: "tickets" }) },
      ]);
      const people = await reader();
      const ids = async (after: number, limit: number): Promise<number[]> =>
        (await people.shownAt("chat", after, limit)).map(({ receipt }) => receipt.incident);

      expect(await ids(0, 9)).toEqual([1, 4, 5, 6]);
      expect(await ids(1, 2)).toEqual([4, 5]);
      expect((await people.shownAt("chat", 5, 1))[0]).toEqual({
        receipt: shown[5],
        state: "acknowledged",
        openedAt: noon + 9,
        movedAt: noon + 30,
      });
    });

    it("lists the responses of an incident and those in a state, oldest first, and counts them all", async () => {
      const seen = (["lifted", "received", "overdue", "received"] as const).map((state, i) =>
        sample.anAction({ state, beganAt: noon - i, target: `user-${i}`, incident: i === 3 ? 2 : 1 }),
      );
      const held = (["awaited", "explained"] as const).map((state) => sample.anAction({ state, target: state }));
      const { reader } = await begin([...seen, ...held].map((row): Change => ({ table: "action", row })));
      const people = await reader();

      expect(await people.actions(1, 9)).toEqual([seen[2], seen[1], seen[0]]);
      expect(await people.actions(1, 1)).toEqual([seen[2]]);
      expect(await people.actionsIn("received", 9)).toEqual([seen[3], seen[1]]);
      expect(await people.actionCounts()).toEqual({
        awaited: 1,
        explained: 1,
        received: 2,
        failed: 0,
        overdue: 1,
        lifted: 1,
        renewed: 0,
        ours: 0,
      });
    });

    it("what is only watched waits for nothing, and is listed for whoever asks for it", async () => {
      const watched = sample.aWork(1, { state: "watched" });
      const { reader } = await begin([{ table: "work", row: watched }]);
      const people = await reader();

      expect(await people.work({ limit: 9 })).toEqual([]);
      expect(await people.work({ limit: 9, state: "watched" })).toEqual([watched]);
    });

    it("lists attempts and audit rows newest first, lines and moments oldest first", async () => {
      const { reader } = await begin([
        ...[1, 2, 3].map((id): Change => ({ table: "attempt", row: sample.anAttempt(id) })),
        { table: "attempt", row: sample.anAttempt(4, { destination: "tickets" }) },
        { table: "attempt", row: sample.anAttempt(5, { incident: 2 }) },
        ...[1, 2, 3].map((id): Change => ({
          table: "audit",
          row: { id, at: noon, who: "kim", what: "resolve", about: `#${id}` },
        })),
        ...[1, 2, 3].map((n): Change => ({ table: "moment", row: sample.aMoment(1, n) })),
        ...[3, 1, 2].map((ordinal): Change => ({
          table: "body",
          row: { incident: 1, slot: 9 - ordinal, ordinal, raw: "" },
        })),
      ]);
      const people = await reader();

      expect((await people.attempts({ incident: 1, limit: 3 })).map(({ id }) => id)).toEqual([4, 3, 2]);
      expect((await people.attempts({ incident: 1, destination: "chat", limit: 2 })).map(({ id }) => id)).toEqual([
        3, 2,
      ]);
      expect((await people.audit({ limit: 2 })).map(({ id }) => id)).toEqual([3, 2]);
      expect((await people.audit({ limit: 9, before: 2 })).map(({ id }) => id)).toEqual([1]);
      expect((await people.moments(1)).map(({ n }) => n)).toEqual([1, 2, 3]);
      expect((await people.bodies(1)).map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
    });

    it("counts work by destination, state and reason, with the oldest of each and what was seen of it", async () => {
      const many: readonly Work[] = [
        sample.aWork(1, { sinceAt: noon + 5 }),
        sample.aWork(2, { sinceAt: noon + 4 }),
        sample.aWork(3, { state: "dead", reason: "bad_request", evidence: "400 later", sinceAt: noon + 2 }),
        sample.aWork(4, { state: "dead", reason: "bad_request", evidence: "400 first", sinceAt: noon + 1 }),
        sample.aWork(5, { destination: "tickets", state: "unknown", reason: "timeout", evidence: "10 s" }),
      ];
      const { reader } = await begin(many.map((row) => ({ table: "work", row })));

      expect(await (await reader()).workTallies()).toEqual([
        {
          destination: "chat",
          state: "dead",
          reason: "bad_request",
          count: 2,
          oldestAt: noon + 1,
          evidence: "400 first",
        },
        { destination: "chat", state: "ready", reason: null, count: 2, oldestAt: noon + 4, evidence: null },
        { destination: "tickets", state: "unknown", reason: "timeout", count: 1, oldestAt: noon, evidence: "10 s" },
      ]);
    });

    it("counts what destinations show, and how often they may show it twice", async () => {
      const { reader } = await begin([
        { table: "receipt", row: sample.aReceipt(1) },
        { table: "receipt", row: sample.aReceipt(2, { repeats: 2 }) },
        { table: "receipt", row: sample.aReceipt(3, { repeats: 1 }) },
        { table: "receipt", row: sample.aReceipt(3, { destination: "tickets" }) },
        { table: "lane", row: sample.aLane("chat", { lastDoneAt: noon + 7 }) },
      ]);

      expect(await (await reader()).receiptTallies()).toEqual([
        { destination: "chat", incidents: 3, repeats: 3, repeatedIncidents: 2, lastDoneAt: noon + 7 },
        { destination: "tickets", incidents: 1, repeats: 0, repeatedIncidents: 0, lastDoneAt: null },
      ]);
    });

    it("counts how calls ended as they end: an open one not yet, one that was found later twice", async () => {
      const ended = (id: number, outcome: "done" | "unknown" | "found"): Change => ({
        table: "attempt",
        row: sample.anAttempt(id, { endedAt: noon, outcome }),
      });
      const { store, reader } = await begin([{ table: "attempt", row: sample.anAttempt(1) }, ended(2, "done")]);
      await store.commit([ended(1, "unknown"), ended(3, "done")]);
      await store.commit([ended(1, "found")]);

      expect(await (await reader()).attemptTallies()).toEqual([
        { destination: "chat", outcome: "done", count: 2 },
        { destination: "chat", outcome: "found", count: 1 },
        { destination: "chat", outcome: "unknown", count: 1 },
      ]);
    });

    it("counts incidents by state, also those that there are none of", async () => {
      const { reader } = await begin([
        ...[1, 2].map((id): Change => ({ table: "incident", row: sample.anIncident(id) })),
        { table: "incident", row: sample.anIncident(3, { state: "resolved" }) },
      ]);

      expect(await (await reader()).incidentCounts()).toEqual({ pending: 0, open: 2, acknowledged: 0, resolved: 1 });
    });

    it("shows the ledger from its newest ids back, a piece at a time, whatever its texts hold", async () => {
      const texts = ["", "a", "b\ud800", "b\u0000"];
      const rows = texts.flatMap((origin) =>
        [1, 2, 3].map((n) =>
          sample.anAlert({
            identity: sample.anIdentity({ origin, nativeId: `${n}\u0000` }),
            at: noon + n,
            ...(n === 2 && {
              disposition: "ledger_only",
              incidents: [],
              endings: [{ policy: "web", disposition: "ledger_only" }],
            }),
          }),
        ),
      );
      const { reader } = await begin(rows.map((row): Change => ({ table: "alert", row })));
      const { ledger } = await reader();

      const origins = await ledger.origins(10);
      expect(origins.toSorted()).toEqual(texts.toSorted());
      expect(await ledger.origins(2)).toHaveLength(2);
      for (const origin of origins) {
        const own = rows.filter(({ identity }) => identity.origin === origin).toReversed();
        const first = await ledger.before({ origin, before: null, limit: 2 }, {});
        expect(first).toEqual({ rows: own.slice(0, 2), lookedAt: 2, isByTime: false, last: own[1] });
        const rest = await ledger.before({ origin, before: own[1]!.identity, limit: 2 }, {});
        expect(rest).toEqual({ rows: own.slice(2), lookedAt: 1, isByTime: false, last: null });
        const mild = await ledger.before({ origin, before: null, limit: 3 }, { disposition: "ledger_only" });
        expect(mild).toEqual({ rows: [own[1]], lookedAt: 3, isByTime: false, last: own[2] });
      }
      const withId = await ledger.withId("2\u0000", { origins, limit: 3 });
      expect(withId.map(({ at }) => at)).toEqual([noon + 2, noon + 2, noon + 2]);
    });

    it("sees every commit as soon as it is answered", async () => {
      const { store, reader } = await begin();
      const people = await reader();

      for (const id of [1, 2, 3]) {
        await store.commit(sample.opened(id));
        expect((await people.incidents({ limit: 9 }))[0]?.id).toBe(id);
      }
    });
  });
}
