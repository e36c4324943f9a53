// What stores let go, and what they must not: a whole pass over rows of every kind.
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import type { Incident } from "../../src/core/incident.ts";
import { newNeed } from "../../src/core/need.ts";
import { newRespondNeed } from "../../src/core/respond-need.ts";
import type { Response } from "../../src/core/response.ts";
import type { TickInput } from "../../src/core/input.ts";
import type { Keep } from "../../src/core/retention.ts";
import type { PolicyTerms, Snapshot } from "../../src/core/snapshot.ts";
import { DAY_MS, HOUR_MS } from "../../src/core/time.ts";
import { sealsOf } from "../fixtures/sealed-rows.ts";
import { Retention } from "../../src/engine/retention.ts";
import type { Store } from "../../src/store/store.ts";
import { aResponse } from "./store-responses.ts";
import * as sample from "./store-rows.ts";
import { noon } from "./store-rows.ts";
import type { Begin } from "./store.ts";

const keep: Keep = { ms: 30 * DAY_MS, bytes: null };
const later = noon + 40 * DAY_MS;

function snapshot(policies: Record<string, PolicyTerms> = {}, terms: Keep = keep): Snapshot {
  return { hash: "0123456789abcdef", policies, destinations: {}, keep: terms };
}

function tickAt(now: number, readUpTo = now): TickInput {
  return { kind: "tick", now, watermarks: { alerts: { at: readUpTo, reportedAt: now } } };
}

/** More steps than a pass over so few rows takes; the rest of them find that it rests. */
async function pass(store: Store, tick: TickInput, of: Snapshot = snapshot()): Promise<readonly Change[]> {
  const retention = new Retention(store, { now: () => 0, after: () => () => {} });
  const made: Change[] = [];
  for (let i = 0; i < 8; i += 1) made.push(...(await retention.step(tick, of)));
  return made;
}

function over(id: number, of: Partial<Incident> = {}): Change[] {
  const ended = { state: "resolved", resolvedAt: noon + HOUR_MS, resolvedBy: "quiet", dueAt: null, ...of } as const;
  const identity = sample.anIdentity({ nativeId: `1795435200.${id}` });
  return [
    { table: "incident", row: sample.anIncident(id, ended) },
    { table: "moment", row: sample.aMoment(id, 1) },
    { table: "body", row: { incident: id, slot: 0, ordinal: 1, raw: `{"id":"${id}"}` } },
    { table: "receipt", row: sample.aReceipt(id) },
    { table: "attempt", row: sample.anAttempt(id, { incident: id, endedAt: noon + 1, outcome: "done" }) },
    { table: "alert", row: sample.anAlert({ identity, incidents: [id] }) },
  ];
}

/** And a newer one to something else, so that the number is not what it is kept for. */
function respondedTo(incident: number, of: Partial<Response>): readonly Change[] {
  return [
    { table: "response", row: aResponse(7, { incident, dueAt: null, ...of }) },
    { table: "response", row: aResponse(8, { incident: 99 }) },
  ];
}

const reopens: PolicyTerms = {
  name: "slow",
  groupBy: [],
  severity: null,
  tell: { low: [], medium: [], high: [], critical: [] },
  holdMs: null,
  resolveAfterMs: HOUR_MS,
  reopenWithinMs: 60 * DAY_MS,
};

/** Each is old and resolved, and something needs it. */
const NEEDED: readonly (readonly [string, readonly Change[]])[] = [
  ["it is open", over(5, { state: "open", resolvedAt: null, resolvedBy: null })],
  ["it is held back", over(5, { state: "pending", openedAt: null, resolvedAt: null, resolvedBy: null })],
  ["its news is to be told", [...over(5), { table: "work", row: sample.aWork(5) }]],
  [
    "a person must look at it",
    [...over(5), { table: "work", row: sample.aWork(5, { state: "dead", reason: "timeout" }) }],
  ],
  ["a second copy is looked for", [...over(5), { table: "work", row: sample.aWork(5, { state: "watched" }) }]],
  ["people are to be reminded", [...over(5), { table: "reminder", row: sample.aReminder(5) }]],
  ["a response is in force", [...over(5), { table: "action", row: sample.anAction({ incident: 5 }) }]],
  ["a response of Riposte's is not over", [...over(5), ...respondedTo(5, { state: "dead" })]],
  [
    "a response of Riposte's was done lately",
    [...over(5), ...respondedTo(5, { state: "lifted", at: later - 7 * DAY_MS })],
  ],
  ["the newest response of all stands in it", [...over(5), { table: "response", row: aResponse(7, { incident: 5 }) }]],
  ["a destination collects in it", [...over(5), { table: "digest", row: sample.aDigest({ incident: 5 }) }]],
  ["it may be reopened", over(5, { policy: "slow" })],
  ["it came back lately", over(5, { openedAt: later - DAY_MS })],
  ["it was told lately", [...over(5), { table: "receipt", row: sample.aReceipt(5, { lastDoneAt: later - DAY_MS }) }]],
  [
    "the digest that it is told in is not told",
    [
      ...over(5),
      ...over(9),
      { table: "told_in", row: sample.aToldIn(5, { digest: 9 }) },
      { table: "work", row: sample.aWork(9) },
    ],
  ],
  [
    "the mass event that it is told in goes on",
    [...over(5, { collapsedInto: 9 }), ...over(9, { state: "open", resolvedAt: null, resolvedBy: null })],
  ],
];

export function retentionSuite(name: string, begin: Begin): void {
  describe(`${name}: retention`, () => {
    it("takes what is over with all that hangs on it, counts it, and leaves what is younger", async () => {
      const young = over(2, { lastAt: later - DAY_MS, openedAt: later - DAY_MS, resolvedAt: later - HOUR_MS });
      const alone = sample.anAlert({ identity: sample.anIdentity({ nativeId: "x \u0000" }), incidents: [] });
      const { store, reader } = await begin([
        ...over(1),
        { table: "work", row: sample.aWork(1, { state: "shadow", reason: "shadow" }) },
        { table: "action", row: sample.anAction({ state: "lifted", endedAt: noon }) },
        { table: "action", row: sample.anAction({ agentId: "", incident: null, state: "failed" }) },
        { table: "action", row: sample.anAction({ agentId: "9", incident: null }) },
        { table: "window_filled", row: { policy: "spray", n: 3, incident: 1, fromAt: noon } },
        { table: "window_filled", row: { policy: "spray", n: 4, incident: 2, fromAt: noon } },
        { table: "alert", row: alone },
        { table: "counters", row: { incident: 2, attempt: 2, audit: 2 } },
        ...young,
      ]);

      const changes = await pass(store, tickAt(later));

      const people = await reader();
      expect((await people.incidents({ limit: 10 })).map(({ id }) => id)).toEqual([2]);
      expect(await people.moments(1)).toEqual([]);
      expect(await people.bodies(1)).toEqual([]);
      expect(await people.receipts(1)).toEqual([]);
      expect(await people.works(1)).toEqual([]);
      expect(await people.attempts({ incident: 1, limit: 9 })).toEqual([]);
      expect(await people.actions(1, 9)).toEqual([]);
      expect(await people.alerts("wazuh/node01", "1795435200.1")).toEqual([]);
      expect(await people.alerts("wazuh/node01", "x \u0000")).toEqual([]);
      expect(await people.alerts("wazuh/node01", "1795435200.2")).toHaveLength(1);
      expect(await people.bodies(2)).toHaveLength(1);
      expect(await people.windowFilled({ policy: "spray", n: 3 })).toBeNull();
      expect(await people.windowFilled({ policy: "spray", n: 4 })).not.toBeNull();
      const left = [...(await people.actionsIn("received", 9)), ...(await people.actionsIn("failed", 9))];
      expect(left.map(({ agentId }) => agentId)).toEqual(["9"]);
      expect((await store.read(sample.aNeed())).counters.incident).toBe(2);
      expect(await people.retention()).toEqual({
        at: later,
        keptFrom: later - keep.ms,
        keepMs: keep.ms,
        incidents: 1,
        alerts: 2,
      });
      expect(await store.retention()).toEqual(await people.retention());
      expect(changes.filter(({ table }) => table === "gone").length).toBeGreaterThan(2);
      expect(await pass(store, tickAt(later))).toEqual([]);
    });

    it.each(NEEDED)("keeps an incident where %s", async (_why, rows) => {
      const { store, reader } = await begin([...over(1), ...rows]);

      await pass(store, tickAt(later), snapshot({ slow: reopens }));

      const people = await reader();
      const left = (await people.incidents({ limit: 10 })).map(({ id }) => id);
      expect(left).toContain(5);
      expect(left).not.toContain(1);
      expect(await people.bodies(5)).toHaveLength(1);
    });

    it.each(["advised", "refused", "failed", "lifted"] as const)(
      "lets an incident go with its responses once they are %s and old",
      async (state) => {
        const { store, reader } = await begin([...over(5), ...respondedTo(5, { state })]);

        await pass(store, tickAt(later));

        expect((await (await reader()).incidents({ limit: 10 })).map(({ id }) => id)).toEqual([]);
        const need = { ...newNeed(), responding: { ...newRespondNeed(), ids: new Set([7, 8]) } };
        const { responding } = await store.read(need);
        expect(responding?.responses.map(({ id }) => id)).toEqual([8]);
        expect(responding?.lastId).toBe(8);
      },
    );

    it("lets a restart go that has no end to come, and not a block that was never lifted", async () => {
      const restart = { do: "restart-agent", by: "wazuh", target: null, liftAfterMs: null, onlyIf: null } as const;
      const { store, reader } = await begin([
        ...over(5),
        {
          table: "response",
          row: aResponse(6, { incident: 5, state: "verified", terms: { ...restart, command: null } }),
        },
        ...over(6),
        ...respondedTo(6, { state: "verified" }),
      ]);

      await pass(store, tickAt(later));

      expect((await (await reader()).incidents({ limit: 10 })).map(({ id }) => id)).toEqual([6]);
    });

    it("keeps a mass event and a digest as long as one that they tell of is there", async () => {
      const lately = { lastAt: later - DAY_MS, openedAt: later - DAY_MS, resolvedAt: later - DAY_MS };
      const { store, reader } = await begin([
        ...over(1),
        ...over(2),
        ...over(3, { collapsedInto: 1, ...lately }),
        ...over(4, lately),
        { table: "told_in", row: sample.aToldIn(4, { digest: 2 }) },
      ]);

      await pass(store, tickAt(later));

      expect((await (await reader()).incidents({ limit: 10 })).map(({ id }) => id)).toEqual([4, 3, 2, 1]);
    });

    it("lets nothing go that may still be met in what lies unread", async () => {
      const { store, reader } = await begin([...over(1)]);

      expect(await pass(store, tickAt(later, noon + DAY_MS))).toEqual([]);

      expect(await (await reader()).incident(1)).not.toBeNull();
    });

    it("keeps alerts of what came back lately, so that they are known again", async () => {
      const { store, reader } = await begin(over(1, { openedAt: later - HOUR_MS }));

      await pass(store, tickAt(later));

      expect(await (await reader()).alerts("wazuh/node01", "1795435200.1")).toHaveLength(1);
    });

    it("lets the old go of an incident that lasts, and not its first and newest lines", async () => {
      const { store, reader } = await begin(over(1, { state: "open", resolvedAt: null, resolvedBy: null }));

      await pass(store, tickAt(later));

      const people = await reader();
      expect(await people.alerts("wazuh/node01", "1795435200.1")).toEqual([]);
      expect(await people.bodies(1)).toHaveLength(1);
    });

    it("keeps what people did for longer, and that it was put back for ever", async () => {
      const rows = [
        { id: 1, at: noon, who: "anna", what: "resolve", about: "#1" },
        { id: 2, at: noon, who: "anna", what: "restore", about: "backup" },
        { id: 3, at: noon + 100 * DAY_MS, who: "anna", what: "resolve", about: "#2" },
      ];
      const seals = sealsOf(rows, [1, 1, 1]);
      const { store, reader } = await begin([
        ...rows.map((row) => ({ table: "audit", row }) as const),
        ...seals.map((row) => ({ table: "seal", row }) as const),
      ]);

      await pass(store, tickAt(noon + 399 * DAY_MS));
      expect(await (await reader()).audit({ limit: 9 })).toHaveLength(3);
      await pass(store, tickAt(noon + 401 * DAY_MS));

      const people = await reader();
      expect((await people.audit({ limit: 9 })).map(({ id }) => id)).toEqual([3, 2]);
      expect(await people.auditing.sealsAfter(0, 9)).toEqual(seals);
    });

    it("takes no row that is not sealed, and of a stretch all or nothing", async () => {
      const rows = [1, 2, 3].map((id) => ({ id, at: noon, who: "anna", what: "resolve", about: `#${id}` }));
      const [seal] = sealsOf(rows, [2]);
      const { store, reader } = await begin([
        ...rows.map((row) => ({ table: "audit", row }) as const),
        { table: "seal", row: { ...seal!, toAt: noon + 10 * DAY_MS } },
      ]);

      await pass(store, tickAt(noon + 405 * DAY_MS));
      expect(await (await reader()).audit({ limit: 9 })).toHaveLength(3);
      await pass(store, tickAt(noon + 411 * DAY_MS));

      expect((await (await reader()).audit({ limit: 9 })).map(({ id }) => id)).toEqual([3]);
    });

    it("goes over tables longer than a step, and meets each row once", async () => {
      const many = Array.from({ length: 450 }, (_, i) => over(i + 1)).flat();
      const { store, reader } = await begin(many);
      const retention = new Retention(store, { now: () => 0, after: () => () => {} });

      let steps = 0;
      while ((await reader().then((people) => people.retention()))?.alerts !== 450) {
        await retention.step(tickAt(later), snapshot());
        expect((steps += 1)).toBeLessThan(9);
      }

      expect((await (await reader()).retention())?.incidents).toBe(450);
      expect(await (await reader()).incidents({ limit: 9 })).toEqual([]);
    });
  });
}
