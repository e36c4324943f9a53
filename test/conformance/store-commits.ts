// What was committed is there, all of it or nothing, as it was given.
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { GROUP_KEY_BYTES } from "../../src/core/group-key.ts";
import type { Incident } from "../../src/core/incident.ts";
import type { Plan, Store } from "../../src/store/store.ts";
import { claimOf } from "../fixtures/wrapped-store.ts";
import * as sample from "./store-rows.ts";
import { noon } from "./store-rows.ts";
import type { Begin } from "./store.ts";

export function commitSuite(name: string, begin: Begin): void {
  describe(`${name}: rows`, () => {
    it("gives back every kind of row as it was given, and again after it was opened anew", async () => {
      const { reopen, reader } = await begin(everyKind);

      const store = await reopen();
      const people = await reader();

      const facts = await store.read(
        sample.aNeed({
          sources: new Set(["alerts", "never"]),
          alerts: [["wazuh/node01", "1795435200.1"]],
          incidents: new Set([1, 99]),
          attempts: new Set([1, 99]),
          lanes: new Set(["chat", "never"]),
          actions: new Map([["its key", sample.anAction()]]),
        }),
      );
      expect(facts).toEqual({
        counters: { incident: 1, attempt: 1, audit: 1 },
        sources: [sample.aSource()],
        alerts: [sample.anIdentity()],
        incidents: [sample.anIncident(1)],
        dueIncidents: [],
        works: [
          sample.aWork(1, { state: "sending", attempt: 1, reason: "timeout", evidence: "5 s", lostSince: 1_000 }),
        ],
        receipts: [sample.aReceipt(1)],
        attempts: [sample.anAttempt(1, { repeat: true, safeToRepeat: true, completes: false })],
        lanes: [sample.aLane("chat", { nextAt: noon, holdUntil: noon + 1, failures: 3, reason: "rate_limited" })],
        actions: [sample.anAction({ explained: ["passwd"] })],
        surges: [],
        masses: [],
        reminders: [],
        digests: [],
      });
      expect(await people.alerts("wazuh/node01", "1795435200.1")).toEqual([sample.anAlert()]);
      expect(await people.bodies(1)).toEqual([{ incident: 1, slot: 0, ordinal: 1, raw: '{"id":"1"}' }]);
      expect(await people.moments(1)).toEqual([sample.aMoment(1, 1, { by: "kim", text: "look" })]);
      expect(await people.quarantine("alerts")).toEqual([
        { source: "alerts", slot: 7, at: noon, why: "not_json", raw: "{" },
      ]);
      expect(await people.audit({ limit: 10 })).toEqual([
        { id: 1, at: noon, who: "kim", what: "resolve", about: "#1" },
      ]);
    });

    it("shows a plan what is about to be committed, and commits what it adds with it", async () => {
      const { store } = await begin();

      await store.commit(sample.opened(1), async (claim) => {
        const { items } = await claim({ destination: "chat", limit: 5, now: noon });
        return items.map(({ work }): Change => ({ table: "work", row: { ...work, state: "sending", attempt: 4 } }));
      });

      const { works } = await store.read(sample.aNeed({ incidents: new Set([1]) }));
      expect(works).toEqual([sample.aWork(1, { state: "sending", attempt: 4 })]);
    });

    it("commits nothing at all when the plan fails or can't be written, and can go on", async () => {
      const { store } = await begin();
      const twice: Change = { table: "moment", row: sample.aMoment(1, 1) };

      const failed = committing(store, sample.opened(1), () => Promise.reject(new Error("no plan")));
      await expect(failed).rejects.toThrow("no plan");
      await expect(committing(store, sample.opened(1), () => [twice])).rejects.toThrow();
      expect((await store.read(sample.aNeed({ incidents: new Set([1]) }))).incidents).toEqual([]);
      await store.commit(sample.opened(1), () => []);

      expect((await store.read(sample.aNeed({ incidents: new Set([1]) }))).incidents).toHaveLength(1);
    });

    it("begins with nothing counted and nothing known", async () => {
      const { store } = await begin();

      expect(await store.read(sample.aNeed())).toEqual({
        counters: { incident: 0, attempt: 0, audit: 0 },
        sources: [],
        alerts: [],
        incidents: [],
        dueIncidents: [],
        works: [],
        receipts: [],
        attempts: [],
        lanes: [],
        actions: [],
        surges: [],
        masses: [],
        reminders: [],
        digests: [],
      });
    });

    it("keeps its install id and its counters when it is opened again", async () => {
      const { store, reopen } = await begin([{ table: "counters", row: { incident: 12, attempt: 2 ** 40, audit: 3 } }]);

      const again = await reopen();

      expect(again.install).toBe(store.install);
      expect(again.install).toMatch(/^[a-z0-9]{8}$/);
      expect((await again.read(sample.aNeed())).counters).toEqual({ incident: 12, attempt: 2 ** 40, audit: 3 });
    });

    it("puts a later row of the same key in the place of the earlier, every column of it", async () => {
      const { store, reader } = await begin(everyKind);
      const incident: Incident = {
        id: 1,
        policy: "other",
        groupKey: "[]",
        state: "resolved",
        severity: "low",
        title: "t",
        ruleId: "1",
        agentId: null,
        agentName: null,
        snapshot: "s",
        source: "b",
        count: 9,
        firstAt: 1,
        lastAt: 2,
        openedAt: null,
        resolvedAt: 3,
        resolvedBy: "person",
        acknowledgedBy: "kim",
        revision: 7,
        momentCount: 8,
        dueAt: null,
      };
      const work = sample.aWork(1, {
        wanted: 5,
        priority: 3,
        dueAt: 4,
        sinceAt: 5,
        tries: 6,
        looks: 7,
        mayLandUntil: 8,
      });
      const remote = { anchor: null, url: null };
      const receipt = sample.aReceipt(1, { remote, twins: ["K-2", "K-3:marked"], steps: 9, headDigest: null });
      const attempt = sample.anAttempt(1, { endedAt: 9, outcome: "never", reason: "too_large", evidence: "413" });
      const lane = sample.aLane("chat", {
        troubleAt: 5,
        evidence: "x",
        lastDoneAt: 6,
        actionHolds: { create: 7 },
        budgetFrom: 8,
        budgetUsed: 9,
      });
      const source = sample.aSource({ cursor: null, watermarkAt: null, seenAt: null, read: 99 });

      await store.commit([
        { table: "incident", row: incident },
        { table: "work", row: work },
        { table: "receipt", row: receipt },
        { table: "attempt", row: attempt },
        { table: "lane", row: lane },
        { table: "source", row: source },
        { table: "body", row: { incident: 1, slot: 0, ordinal: 41, raw: "later" } },
        { table: "quarantine", row: { source: "alerts", slot: 7, at: 2, why: "too_long", raw: "later" } },
      ]);

      const people = await reader();
      expect(await people.incidents({ limit: 9 })).toEqual([incident]);
      expect(await people.works(1)).toEqual([work]);
      expect(await people.receipts(1)).toEqual([receipt]);
      expect(await people.attempts({ incident: 1, limit: 9 })).toEqual([attempt]);
      expect(await people.lanes()).toEqual([lane]);
      expect(await people.sources()).toEqual([source]);
      expect(await people.bodies(1)).toEqual([{ incident: 1, slot: 0, ordinal: 41, raw: "later" }]);
      expect(await people.quarantine("alerts")).toMatchObject([{ why: "too_long", raw: "later" }]);
    });

    it("removes work that is done, and only that", async () => {
      const { store, reader } = await begin([
        ...sample.opened(1),
        { table: "work", row: sample.aWork(1, { destination: "tickets" }) },
      ]);

      await store.commit([{ table: "work_done", incident: 1, destination: "chat" }]);

      expect(await (await reader()).works(1)).toMatchObject([{ destination: "tickets" }]);
    });

    it("keeps an applied config once, and knows which was applied last", async () => {
      const { store, reader } = await begin();

      await store.putSnapshot("a", noon, '{"v":1,"a":"\u0000"}');
      await store.putSnapshot("b", noon + 1, "{}");
      await store.putSnapshot("a", noon + 2, '{"v":1,"a":"\u0000"}');

      const people = await reader();
      expect(await people.newestSnapshot()).toEqual({ hash: "a", at: noon + 2, body: '{"v":1,"a":"\u0000"}' });
      expect(await people.snapshot("b")).toMatchObject({ at: noon + 1 });
      expect(await people.snapshot("c")).toBeNull();
    });
  });

  describe(`${name}: hostile values`, () => {
    it.each([
      ["NUL", "a\u0000b\u0000"],
      ["a lone high surrogate", "a\ud800b"],
      ["a lone low surrogate", "\udc00"],
      ["surrogates the wrong way round", "\udfff\ud800"],
      ["the character that escapes are made with", "\u001a0000\u001a"],
      ["an emoji, combining marks and right-to-left", "\u{1f600}e\u0301\u202e\u05d0"],
      ["nothing", ""],
      ["SQL", `'"; DROP TABLE incident; --`],
    ])("keeps %s in every text that an alert or a person wrote", async (_, text) => {
      const incident = sample.anIncident(1, { groupKey: text, title: text, ruleId: text, agentId: text });
      const identity = sample.anIdentity({ origin: text, nativeId: text, stamp: text, ruleId: text });
      const { store, reader } = await begin([
        { table: "incident", row: { ...incident, agentName: text, acknowledgedBy: text } },
        { table: "alert", row: sample.anAlert({ identity, agentId: text }) },
        { table: "body", row: { incident: 1, slot: 0, ordinal: 1, raw: text } },
        { table: "moment", row: sample.aMoment(1, 1, { by: text, text }) },
        { table: "work", row: sample.aWork(1, { evidence: text }) },
        { table: "receipt", row: sample.aReceipt(1, { remote: { anchor: text, url: text } }) },
        { table: "attempt", row: sample.anAttempt(1, { evidence: text }) },
        { table: "lane", row: sample.aLane("chat", { evidence: text }) },
        { table: "quarantine", row: { source: "alerts", slot: 0, at: 1, why: "not_json", raw: text } },
        { table: "audit", row: { id: 1, at: 1, who: text, what: "resolve", about: text } },
      ]);

      const people = await reader();
      const claim = await claimOf(store, { destination: "chat", limit: 1, now: noon });
      const facts = await store.read(sample.aNeed({ groups: [["ssh", text]], alerts: [[text, text]] }));

      expect(facts.incidents).toEqual([{ ...incident, agentName: text, acknowledgedBy: text }]);
      expect(facts.alerts).toEqual([identity]);
      expect(claim.lane.evidence).toBe(text);
      expect(claim.items[0]).toMatchObject({
        firstRaw: text,
        newestRaw: null,
        moments: [{ by: text, text }],
        work: { evidence: text },
        receipt: { remote: { anchor: text, url: text } },
      });
      expect(await people.attempts({ incident: 1, limit: 1 })).toMatchObject([{ evidence: text }]);
      expect(await people.quarantine("alerts")).toMatchObject([{ raw: text }]);
      expect(await people.audit({ limit: 1 })).toMatchObject([{ who: text, about: text }]);
      expect(await people.alerts(text, text)).toEqual([sample.anAlert({ identity, agentId: text })]);
      expect((await people.workTallies())[0]?.evidence).toBe(text);
    });

    it("takes two ids for two although they differ only in broken characters", async () => {
      const broken = ["\ud800", "\ud801", "\ufffd"].map((nativeId) => sample.anIdentity({ nativeId }));
      const { store } = await begin(broken.map((identity) => ({ table: "alert", row: sample.anAlert({ identity }) })));

      const facts = await store.read(sample.aNeed({ alerts: [["wazuh/node01", "\ud801"]] }));

      expect(facts.alerts).toEqual([broken[1]]);
    });

    it("keeps the longest identity and group that a source makes", async () => {
      const long = (bytes: number): string => "\u{10ffff}\u6f22\u00e9x".repeat(bytes).slice(0, bytes / 3);
      const group = { groupKey: JSON.stringify([long(GROUP_KEY_BYTES)]) };
      const identity = sample.anIdentity({
        origin: long(511),
        nativeId: long(255),
        stamp: long(255),
        ruleId: long(255),
      });
      const { store } = await begin([
        { table: "incident", row: sample.anIncident(1, group) },
        { table: "alert", row: sample.anAlert({ identity }) },
      ]);

      const facts = await store.read(
        sample.aNeed({ groups: [["ssh", group.groupKey]], alerts: [[identity.origin, identity.nativeId]] }),
      );

      expect(facts.alerts).toEqual([identity]);
      expect(facts.incidents).toEqual([sample.anIncident(1, group)]);
    });

    it("keeps lines of 4 MiB", async () => {
      const raw = `{"full_log":"${"\u00e9x".repeat(1_400_000)}"}`;
      const { store } = await begin([
        ...sample.opened(1),
        { table: "body", row: { incident: 1, slot: 0, ordinal: 1, raw } },
      ]);

      const { items } = await claimOf(store, { destination: "chat", limit: 1, now: noon });

      expect(items[0]?.firstRaw.length).toBe(raw.length);
      expect(items[0]?.firstRaw === raw).toBe(true);
    });

    it("keeps numbers beyond 32 bits, and as exactly as a float can", async () => {
      const large = Number.MAX_SAFE_INTEGER;
      const incident = sample.anIncident(2 ** 40, {
        count: large,
        firstAt: -large,
        lastAt: 2 ** 31,
        revision: 2 ** 33,
      });
      const { store } = await begin([
        { table: "incident", row: incident },
        { table: "source", row: sample.aSource({ read: large, watermarkAt: 8.64e15 }) },
        { table: "work", row: sample.aWork(2 ** 40, { dueAt: 8.64e15, attempt: 2 ** 41 }) },
      ]);

      const facts = await store.read(sample.aNeed({ incidents: new Set([2 ** 40]), sources: new Set(["alerts"]) }));

      expect(facts.incidents).toEqual([incident]);
      expect(facts.sources).toMatchObject([{ read: large, watermarkAt: 8.64e15 }]);
      expect(facts.works).toMatchObject([{ incident: 2 ** 40, dueAt: 8.64e15, attempt: 2 ** 41 }]);
    });

    it("refuses a value of the wrong type rather than keeping something else", async () => {
      const { store } = await begin();

      const half: Change = { table: "work", row: sample.aWork(1, { dueAt: noon + 0.5 }) };
      const none: Change = { table: "work", row: sample.aWork(1, { dueAt: Number.NaN }) };
      const urgent: Change = { table: "work", row: sample.aWork(1, { priority: 4 }) };

      for (const change of [half, none, urgent])
        await expect(committing(store, [change])).rejects.toThrow(/constraint|column/i);
    });
  });

  describe(`${name}: one commit`, () => {
    it("leaves nothing of a turn in which one change fails", async () => {
      const { store, reopen } = await begin([{ table: "alert", row: sample.anAlert() }]);
      const before = await everything(store);

      const again: Change = { table: "alert", row: sample.anAlert() };
      await expect(committing(store, [...everyKind.filter(({ table }) => table !== "alert"), again])).rejects.toThrow();

      expect(await everything(store)).toEqual(before);
      expect(await everything(await reopen())).toEqual(before);
    });

    it("goes on after a turn that failed", async () => {
      const { store } = await begin([{ table: "alert", row: sample.anAlert() }]);
      await expect(committing(store, [{ table: "alert", row: sample.anAlert() }])).rejects.toThrow();

      await store.commit(sample.opened(1));

      expect((await store.read(sample.aNeed({ incidents: new Set([1]) }))).incidents).toHaveLength(1);
    });

    it("never has two unresolved incidents of one group", async () => {
      const group = { policy: "ssh", groupKey: '["10.0.0.1"]' };
      const { store } = await begin([{ table: "incident", row: sample.anIncident(1, group) }]);

      for (const state of ["pending", "open", "acknowledged"] as const) {
        const second: Change = { table: "incident", row: sample.anIncident(2, { ...group, state }) };
        await expect(committing(store, [second])).rejects.toThrow(/unique/i);
      }
      await store.commit([{ table: "incident", row: sample.anIncident(2, { ...group, policy: "other" }) }]);
      await store.commit([
        { table: "incident", row: sample.anIncident(1, { ...group, state: "resolved" }) },
        { table: "incident", row: sample.anIncident(3, { ...group, state: "resolved" }) },
        { table: "incident", row: sample.anIncident(4, group) },
      ]);
      const reopened: Change = { table: "incident", row: sample.anIncident(1, group) };
      await expect(committing(store, [reopened])).rejects.toThrow(/unique/i);
    });

    it("never has two alerts of one identity, nor a moment or an audit row written over", async () => {
      const { store } = await begin(everyKind);

      for (const table of ["alert", "moment", "audit"]) {
        await expect(
          committing(
            store,
            everyKind.filter((change) => change.table === table),
          ),
        ).rejects.toThrow(/unique/i);
      }
    });
  });
}

const everyKind: readonly Change[] = [
  { table: "counters", row: { incident: 1, attempt: 1, audit: 1 } },
  { table: "source", row: sample.aSource() },
  { table: "alert", row: sample.anAlert() },
  { table: "body", row: { incident: 1, slot: 0, ordinal: 1, raw: '{"id":"1"}' } },
  { table: "quarantine", row: { source: "alerts", slot: 7, at: noon, why: "not_json", raw: "{" } },
  { table: "incident", row: sample.anIncident(1) },
  { table: "moment", row: sample.aMoment(1, 1, { by: "kim", text: "look" }) },
  { table: "work", row: sample.aWork(1, { destination: "done" }) },
  {
    table: "work",
    row: sample.aWork(1, { state: "sending", attempt: 1, reason: "timeout", evidence: "5 s", lostSince: 1_000 }),
  },
  { table: "work_done", incident: 1, destination: "done" },
  { table: "receipt", row: sample.aReceipt(1) },
  { table: "attempt", row: sample.anAttempt(1, { repeat: true, safeToRepeat: true, completes: false }) },
  {
    table: "lane",
    row: sample.aLane("chat", { nextAt: noon, holdUntil: noon + 1, failures: 3, reason: "rate_limited" }),
  },
  { table: "action", row: sample.anAction({ explained: ["passwd"] }) },
  { table: "audit", row: { id: 1, at: noon, who: "kim", what: "resolve", about: "#1" } },
];

/** Whatever the promise's colour: a store may throw at once or reject. */
async function committing(store: Store, changes: readonly Change[], plan?: Plan): Promise<void> {
  await store.commit(changes, plan);
}

async function everything(store: Store): Promise<unknown> {
  const need = sample.aNeed({
    sources: new Set(["alerts"]),
    alerts: [["wazuh/node01", "1795435200.1"]],
    incidents: new Set([1]),
    attempts: new Set([1]),
    lanes: new Set(["chat"]),
    orphansExcept: [],
  });
  return [await store.read(need), await claimOf(store, { destination: "chat", limit: 9, now: noon })];
}
