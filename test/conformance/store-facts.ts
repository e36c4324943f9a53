// What a turn is told before it decides.
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { ATTEMPTS_A_STEP, DUE_INCIDENTS_A_TURN, ORPHANS_A_TURN } from "../../src/core/need.ts";
import type { Work } from "../../src/core/work.ts";
import * as sample from "./store-rows.ts";
import { noon } from "./store-rows.ts";
import type { Begin } from "./store.ts";

export function factSuite(name: string, begin: Begin): void {
  describe(`${name}: the facts of a turn`, () => {
    it("brings the works and receipts of every incident that it brings", async () => {
      const { store } = await begin([
        ...[1, 2, 3, 4, 5].flatMap((id) => sample.opened(id, { incident: id === 3 ? { dueAt: noon } : {} })),
        ...[1, 2, 3, 4, 5].map((id): Change => ({ table: "receipt", row: sample.aReceipt(id) })),
        { table: "work", row: sample.aWork(2, { destination: "tickets" }) },
        { table: "attempt", row: sample.anAttempt(1, { incident: 4, endedAt: noon, outcome: "done" }) },
      ]);

      const facts = await store.read(
        sample.aNeed({
          incidents: new Set([1]),
          groups: [["ssh", '["group 2"]']],
          due: [{ source: "alerts", before: noon }],
          attempts: new Set([1]),
        }),
      );

      expect(ids(facts.incidents)).toEqual([1, 2, 3]);
      expect(facts.works.map((work) => `${work.incident} ${work.destination}`).toSorted()).toEqual([
        "1 chat",
        "2 chat",
        "2 tickets",
        "3 chat",
      ]);
      expect(facts.receipts.map((receipt) => receipt.incident)).toEqual(facts.incidents.map(({ id }) => id));
      expect(facts.attempts).toMatchObject([{ id: 1, incident: 4 }]);
    });

    it("brings each row once, however often it was asked for", async () => {
      const { store } = await begin([
        ...sample.opened(1, { incident: { dueAt: noon } }),
        { table: "receipt", row: sample.aReceipt(1) },
        { table: "alert", row: sample.anAlert() },
        { table: "attempt", row: sample.anAttempt(1) },
        { table: "action", row: sample.anAction({ dueAt: noon }) },
      ]);

      const facts = await store.read(
        sample.aNeed({
          alerts: Array(3).fill(["wazuh/node01", "1795435200.1"]),
          groups: Array(3).fill(["ssh", '["group 1"]']),
          incidents: new Set([1]),
          attempts: new Set([1]),
          openAttempts: 5,
          orphansExcept: [],
          due: Array(3).fill({ source: "alerts", before: noon }),
          actions: new Map([1, 2, 3].map((n) => [`${n}`, sample.anAction()])),
        }),
      );

      expect(Object.entries(facts).map(([of, found]) => `${of} ${Array.isArray(found) ? found.length : 1}`)).toEqual([
        "counters 1",
        "sources 0",
        "alerts 1",
        "incidents 1",
        "dueIncidents 1",
        "works 1",
        "receipts 1",
        "attempts 1",
        "lanes 0",
        "actions 1",
        "surges 0",
        "masses 0",
        "reminders 0",
        "digests 0",
      ]);
    });

    it("brings all alerts with an origin and id, whatever their timestamp and rule", async () => {
      const same = [{}, { stamp: "later" }, { ruleId: "100" }].map((of) => sample.anIdentity(of));
      const others = [{ nativeId: "1795435200.10" }, { origin: "wazuh/node02" }].map((of) => sample.anIdentity(of));
      const { store } = await begin(
        [...same, ...others].map((identity) => ({ table: "alert", row: sample.anAlert({ identity }) })),
      );

      const { alerts } = await store.read(sample.aNeed({ alerts: [["wazuh/node01", "1795435200.1"]] }));

      expect(alerts).toHaveLength(3);
      expect(alerts).toEqual(expect.arrayContaining(same));
    });

    it("brings the newest incident of a group, resolved or not", async () => {
      const rows = [
        ...[9, 10].map((id) => sample.anIncident(id, { groupKey: "over", state: "resolved" })),
        ...[2, 11].map((id) => sample.anIncident(id, { groupKey: "on", state: id === 11 ? "pending" : "resolved" })),
      ];
      const { store } = await begin(rows.map((row) => ({ table: "incident", row })));

      const facts = await store.read(
        sample.aNeed({
          groups: [
            ["ssh", "over"],
            ["ssh", "on"],
            ["other", "on"],
          ],
        }),
      );

      expect(ids(facts.incidents)).toEqual([10, 11]);
      expect(facts.dueIncidents).toEqual([]);
    });

    it("brings the reminders that are due by what their sources have read, with their incidents", async () => {
      const due = [
        sample.aReminder(1),
        sample.aReminder(1, { kind: "escalate", dueAt: noon - 5 }),
        sample.aReminder(2, { dueAt: noon + 1 }),
        sample.aReminder(3, { source: "gone", dueAt: noon + 1 }),
        sample.aReminder(4, { source: "slow", dueAt: noon - 1 }),
      ];
      const { store } = await begin([
        ...[1, 2, 3, 4].flatMap((id) => sample.opened(id)),
        ...due.map((row): Change => ({ table: "reminder", row })),
      ]);
      const asked = [
        { source: "alerts", before: noon },
        { source: "slow", before: noon - 60_000 },
        { source: null, before: noon + 60_000 },
      ];

      const facts = await store.read(sample.aNeed({ due: asked }));
      expect(facts.reminders).toEqual([due[1], due[0], due[3]]);
      expect(ids(facts.incidents)).toEqual([1, 3]);
      expect(facts.works.map(({ incident }) => incident)).toEqual([1, 3]);

      await store.commit([
        { table: "reminder_done", incident: 1, kind: "escalate" },
        { table: "reminder", row: sample.aReminder(1, { dueAt: noon + 9, times: 3 }) },
      ]);
      expect((await store.read(sample.aNeed({ due: asked }))).reminders).toEqual([due[3]]);
    });

    it("brings how the digests of a destination stand, with the incident that the newest is", async () => {
      const { store } = await begin([
        ...[9, 10].flatMap((id) => sample.opened(id)),
        { table: "digest", row: sample.aDigest() },
        { table: "digest", row: sample.aDigest({ destination: "pager", incident: 10 }) },
        { table: "digest", row: sample.aDigest({ told: 21 }) },
      ]);

      const facts = await store.read(sample.aNeed({ digests: new Set(["chat", "never"]) }));

      expect(facts.digests).toEqual([sample.aDigest({ told: 21 })]);
      expect(ids(facts.incidents)).toEqual([9]);
      expect(facts.works.map(({ incident }) => incident)).toEqual([9]);
    });

    it("brings with a policy what is surging in it, and with an incident the mass event that it is told in", async () => {
      const [surge, mass] = [sample.aSurge(), sample.aMass(5)];
      const members = [1, 2, 3].map((id) => sample.anIncident(id, { collapsedInto: 5, dueAt: id === 3 ? noon : null }));
      const { store } = await begin([
        ...members.map((row): Change => ({ table: "incident", row })),
        { table: "incident", row: sample.anIncident(4) },
        ...sample.opened(5, { incident: { policy: "riposte:mass:ssh", groupKey: "[]" } }),
        { table: "surge", row: surge },
        { table: "surge", row: sample.aSurge({ policy: "web" }) },
        { table: "mass", row: mass },
      ]);

      const byGroup = await store.read(sample.aNeed({ groups: [["ssh", "new"]] }));
      expect(byGroup.surges).toEqual([surge]);
      expect(byGroup.incidents.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([1, 4, 5]);
      expect(byGroup.masses).toEqual([mass]);
      expect(byGroup.works.map(({ incident }) => incident)).toEqual([5]);

      const byTimer = await store.read(sample.aNeed({ due: [{ source: "alerts", before: noon }] }));
      expect(byTimer.surges).toEqual([surge]);
      expect(byTimer.dueIncidents).toEqual([3]);
      expect(byTimer.incidents.find(({ id }) => id === 3)).toEqual(members[2]);

      const byName = await store.read(sample.aNeed({ incidents: new Set([2]) }));
      expect(byName.surges).toEqual([]);
      expect(byName.masses).toEqual([mass]);
      expect(byName.incidents.map(({ id }) => id)).toEqual([2, 5]);
    });

    it("brings the newest actions of a key, the one in force, and those that are due, each with its incident", async () => {
      const action = (of: Parameters<typeof sample.anAction>[0]): Change => ({
        table: "action",
        row: sample.anAction(of),
      });
      const { store } = await begin([
        ...[1, 2, 3].flatMap((id) => sample.opened(id)),
        ...[0, 1, 2, 3, 4].map((n) => action({ beganAt: noon + n, state: "lifted", incident: 1 })),
        action({ beganAt: noon - 2, state: "received", incident: 1 }),
        action({ beganAt: noon - 1, state: "lifted", incident: 1 }),
        action({ target: "other", dueAt: noon, incident: 2 }),
        action({ target: "later", dueAt: noon + 1, incident: 3 }),
        action({ target: "elsewhere", dueAt: noon, source: "gone", incident: null }),
      ]);
      const ask = async (need: Parameters<typeof sample.aNeed>[0]): Promise<unknown[]> => {
        const { actions, incidents, works } = await store.read(sample.aNeed(need));
        const found = actions.map(({ target, beganAt }) => `${target} ${beganAt - noon}`).toSorted();
        return [found, ids(incidents), works.map(({ incident }) => incident)];
      };

      const actions = new Map([["k", sample.anAction()]]);
      expect(await ask({ actions })).toEqual([["deploy -2", "deploy 1", "deploy 2", "deploy 3", "deploy 4"], [1], [1]]);
      expect(await ask({ due: [{ source: "alerts", before: noon }] })).toEqual([["other 0"], [2], [2]]);
      const all = [
        { source: "alerts", before: noon - 1 },
        { source: null, before: noon },
      ];
      expect(await ask({ due: all })).toEqual([["elsewhere 0"], [], []]);
    });

    it("brings incidents that are due, by source and of all other sources", async () => {
      const due = (id: number, source: string, dueAt: number | null): Change => ({
        table: "incident",
        row: sample.anIncident(id, { source, dueAt }),
      });
      const { store } = await begin([
        due(1, "alerts", noon),
        due(2, "alerts", noon + 1),
        due(3, "archive", noon),
        due(4, "gone", noon),
        due(5, "gone", noon + 9),
        due(6, "zoo", noon + 9),
        due(7, "alerts", null),
        due(8, "zoo", null),
      ]);
      const ask = async (...asked: (readonly [string | null, number])[]): Promise<number[]> => {
        const need = sample.aNeed({ due: asked.map(([source, before]) => ({ source, before })) });
        const facts = await store.read(need);
        expect(facts.incidents.map(({ id }) => id)).toEqual(facts.dueIncidents);
        return facts.dueIncidents.toSorted((a, b) => a - b);
      };

      expect(await ask(["alerts", noon])).toEqual([1]);
      expect(await ask(["alerts", noon - 1])).toEqual([]);
      expect(await ask(["alerts", noon + 1], [null, noon])).toEqual([1, 2, 3, 4]);
      expect(await ask(["alerts", noon], ["archive", noon - 1], [null, noon + 9])).toEqual([1, 4, 5, 6]);
      expect(await ask([null, noon + 9])).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it("brings so many due incidents of a source at once and no more, those first that are due longest", async () => {
      const late = DUE_INCIDENTS_A_TURN + 5;
      const { store } = await begin(
        Array.from({ length: late }, (_, i) => ({
          table: "incident",
          row: sample.anIncident(i + 1, { dueAt: noon - i }),
        })),
      );

      const { dueIncidents } = await store.read(sample.aNeed({ due: [{ source: "alerts", before: noon }] }));

      expect(dueIncidents).toEqual(Array.from({ length: DUE_INCIDENTS_A_TURN }, (_, i) => late - i));
    });

    it("brings attempts that never ended, so many as asked, with the works and receipts of their incidents", async () => {
      const { store } = await begin([
        ...[1, 2, 3].flatMap((id) => sample.opened(id, { work: { state: "sending", attempt: id } })),
        ...[1, 2, 3].map((id): Change => ({ table: "attempt", row: sample.anAttempt(id, { incident: id }) })),
        ...[1, 2, 3].map((id): Change => ({ table: "receipt", row: sample.aReceipt(id) })),
        { table: "attempt", row: sample.anAttempt(4, { endedAt: noon, outcome: "done" }) },
      ]);

      const some = await store.read(sample.aNeed({ openAttempts: 2 }));
      const all = await store.read(sample.aNeed({ openAttempts: 9 }));

      expect(ids(some.attempts)).toEqual([1, 2]);
      expect(some.works.map((work) => work.incident)).toEqual([1, 2]);
      expect(some.receipts.map((receipt) => receipt.incident)).toEqual([1, 2]);
      expect(ids(all.attempts)).toEqual([1, 2, 3]);
    });

    it("brings the newest attempts of a step, once each, with the works and receipts of nobody else", async () => {
      const attempts = [
        sample.anAttempt(1, { endedAt: noon, outcome: "unknown" }),
        sample.anAttempt(2, { destination: "tickets", endedAt: noon, outcome: "done" }),
        sample.anAttempt(3, { step: 2, endedAt: noon, outcome: "done" }),
        sample.anAttempt(4, { incident: 2, endedAt: noon, outcome: "done" }),
        ...Array.from({ length: ATTEMPTS_A_STEP }, (_, i) =>
          sample.anAttempt(5 + i, { endedAt: noon, outcome: "later" }),
        ),
      ];
      const { store } = await begin(attempts.map((row) => ({ table: "attempt", row })));
      const { incident, destination, step } = sample.anAttempt(1);

      const ofOne = await store.read(sample.aNeed({ steps: Array(2).fill({ incident, destination, step }) }));
      const others = await store.read(
        sample.aNeed({
          steps: [
            { incident, destination: "tickets", step },
            { incident, destination, step: 2 },
            { incident: 2, destination, step },
            { incident: 3, destination, step },
          ],
          attempts: new Set([2]),
        }),
      );

      expect(ids(ofOne.attempts).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: ATTEMPTS_A_STEP }, (_, i) => 5 + i),
      );
      expect(ids(others.attempts).toSorted((a, b) => a - b)).toEqual([2, 3, 4]);
    });

    it("brings live and listed work of destinations that are not named, and dead letters of those that are", async () => {
      const works = [
        ...(["ready", "sending", "unknown", "listed", "dead"] as const).map((state, i) => ({
          id: i + 1,
          state,
          of: "gone",
        })),
        ...(["ready", "dead"] as const).map((state, i) => ({ id: i + 11, state, of: "chat" })),
        { id: 21, state: "ready" as const, of: "zoo" },
      ];
      const { store } = await begin(
        works.map(({ id, state, of }) => ({ table: "work", row: sample.aWork(id, { state, destination: of }) })),
      );
      const found = (rows: readonly Work[]): number[] => rows.map((work) => work.incident).toSorted((a, b) => a - b);

      const orphans = await store.read(sample.aNeed({ orphansExcept: ["chat"] }));
      const none = await store.read(sample.aNeed({ orphansExcept: ["chat", "gone", "zoo"] }));
      const dead = await store.read(
        sample.aNeed({
          deadOf: new Map([
            ["chat", null],
            ["never", null],
          ]),
        }),
      );

      expect(found(orphans.works)).toEqual([1, 2, 3, 4, 21]);
      expect(found(none.works)).toEqual([]);
      expect(found(dead.works)).toEqual([12]);
      expect(orphans.incidents).toEqual([]);
    });

    it("brings no more orphans and dead letters in a turn than their bound", async () => {
      const { store } = await begin(
        Array.from({ length: ORPHANS_A_TURN + 5 }, (_, i): Change[] => [
          { table: "work", row: sample.aWork(i, { destination: i % 2 === 0 ? "gone" : "lost" }) },
          { table: "work", row: sample.aWork(i, { destination: "chat", state: "dead" }) },
        ]).flat(),
      );

      const orphans = await store.read(sample.aNeed({ orphansExcept: ["chat"] }));
      const dead = await store.read(sample.aNeed({ deadOf: new Map([["chat", null]]) }));

      expect(orphans.works).toHaveLength(ORPHANS_A_TURN);
      expect(dead.works).toHaveLength(ORPHANS_A_TURN);
    });
  });
}

function ids(rows: readonly { readonly id: number }[]): number[] {
  return rows.map(({ id }) => id).toSorted((a, b) => a - b);
}
