import { describe, expect, it } from "vitest";
import { aDestination, aKeptAlert, aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import { aResponse } from "../../test/fixtures/response-alerts.ts";
import { accept } from "./accept.ts";
import type { KeptAlert } from "./alert.ts";
import type { Context } from "./context.ts";
import { tick } from "./tick.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";
import { View } from "./view.ts";

const expecting = aSnapshot([aPolicy({ expectAction: { waitMs: 15 * SECOND_MS, liftAfterMs: 5 * MINUTE_MS } })]);

function take(rows: MemoryRows, alerts: readonly KeptAlert[], of: Partial<Context> = {}) {
  const view = new View(rows.facts());
  const context = { now: noon + HOUR_MS, random: () => 0.5, snapshot: expecting, ...of };
  const result = accept(view, aStretch(alerts), context);
  rows.apply(view.changes());
  return result;
}

function tickAt(rows: MemoryRows, at: number) {
  const view = new View(rows.facts());
  const watermarks = { alerts: { at, reportedAt: at } };
  const result = tick(view, { kind: "tick", now: at, watermarks }, { now: at, random: () => 0.5, snapshot: expecting });
  rows.apply(view.changes());
  return result;
}

function actions(rows: MemoryRows) {
  return [...rows.actions.values()].toSorted((a, b) => a.beganAt - b.beganAt);
}

function told(rows: MemoryRows): string[] {
  return [...rows.moments.values()].map(
    ({ kind, by, text }) => `${kind}${by === null ? "" : ` by ${by}`} ${text ?? ""}`,
  );
}

function dispositions(rows: MemoryRows): string[] {
  return [...rows.alerts.values()].map(({ disposition }) => disposition);
}

describe("a line of Wazuh's own active response", () => {
  it("joins the incident of the alert that caused it, and says only what it proves", () => {
    const rows = new MemoryRows();

    take(rows, [aKeptAlert(1), aResponse(2)]);

    expect(dispositions(rows)).toEqual(["opened", "action_noted"]);
    expect(rows.incidents.get(1)).toMatchObject({ count: 1, momentCount: 2 });
    expect(actions(rows)).toMatchObject([{ incident: 1, state: "received", expectedEndAt: noon + 302 * SECOND_MS }]);
    expect(told(rows)[1]).toBe(
      "action by Wazuh the agent got the order, whether it took effect is not known: disable-account of deploy on web-01 (003)",
    );
  });

  it("joins the incident that waits for it, or that is heard of, before one that a block of ossec.conf opened", () => {
    const match = (policy: string) => ({ policy, groupKey: '["5712","003"]', clears: false });
    const matches = [match("ossec-slack"), match("any")];
    const cause = { ruleId: "5712", at: noon + SECOND_MS, matches };
    const block = aPolicy({ name: "ossec-slack", tell: { low: [], medium: ["shown"], high: ["shown"], critical: [] } });
    const destinations = [aDestination({ name: "chat" }), aDestination({ name: "shown", shadow: true })];
    for (const own of [aPolicy(), ...Object.values(expecting.policies)]) {
      const rows = new MemoryRows();
      const snapshot = aSnapshot([block, own], destinations);

      take(rows, [{ ...aKeptAlert(1), matches }, aResponse(2, { cause })], { snapshot });

      const [action] = actions(rows);
      expect(rows.incidents.get(action?.incident ?? 0)).toMatchObject({ policy: "any", momentCount: 2 });
    }
  });

  it("is in the ledger as one that belongs to no incident where none is known, and opens none", () => {
    const rows = new MemoryRows();

    const wanted = aKeptAlert(1).matches;
    take(rows, [{ ...aResponse(2), matches: wanted }, aResponse(3, { cause: null, target: "" })]);

    expect(dispositions(rows)).toEqual(["action_alone", "action_alone"]);
    expect(rows.incidents.size).toBe(0);
    expect(actions(rows)).toMatchObject([{ incident: null }, { incident: null }]);
  });

  it("joins no incident that began after its cause, or was over before it", () => {
    const rows = new MemoryRows();

    take(rows, [aKeptAlert(100), aResponse(101, { causeN: 90 }), aResponse(300, { target: "eve", causeN: 290 })]);

    expect(dispositions(rows).slice(1)).toEqual(["action_alone", "action_alone"]);
  });

  it("is lifted when the order to lift it is seen, which is told", () => {
    const rows = new MemoryRows();

    take(rows, [aKeptAlert(1), aResponse(2), aResponse(302, { order: "delete" })]);

    expect(actions(rows)).toMatchObject([{ state: "lifted", endedAt: noon + 302 * SECOND_MS, dueAt: null }]);
    expect(told(rows)[2]).toContain("the agent got the order to lift: disable-account of deploy");
  });

  it("is lifted however much was held back since then for what a response may have done", () => {
    const rows = new MemoryRows();
    take(rows, [aKeptAlert(1), aResponse(2)]);
    const [begun] = actions(rows);
    for (let n = 1; n <= 9; n += 1)
      rows.apply([{ table: "action", row: { ...begun!, beganAt: begun!.beganAt + n, state: "awaited", dueAt: null } }]);

    take(rows, [aResponse(302, { order: "delete" })]);

    expect(actions(rows).filter(({ state }) => state !== "awaited")).toMatchObject([
      { beganAt: begun!.beganAt, state: "lifted" },
    ]);
  });

  it("is overdue when its end and a minute passed by what was read, which is told once", () => {
    const rows = new MemoryRows();
    take(rows, [aKeptAlert(1), aResponse(2)]);

    tickAt(rows, noon + 361 * SECOND_MS);
    const before = actions(rows)[0]?.state;
    const { woken } = tickAt(rows, noon + 362 * SECOND_MS);
    tickAt(rows, noon + HOUR_MS);

    expect(before).toBe("received");
    expect(woken).toEqual(["chat"]);
    expect(actions(rows)).toMatchObject([{ state: "overdue", dueAt: null }]);
    expect(told(rows).slice(2)).toEqual([
      "action by Wazuh not seen lifted 5 min after the order, look on the agent: disable-account of deploy on web-01 (003)",
    ]);
  });

  it("is overdue first where a backlog brings the order to lift it too late", () => {
    const rows = new MemoryRows();

    take(rows, [aKeptAlert(1), aResponse(2), aResponse(500, { order: "delete" })]);

    expect(told(rows).map((line) => /not seen|to lift:/.exec(line)?.[0])).toEqual([
      undefined,
      undefined,
      "not seen",
      "to lift:",
    ]);
    expect(actions(rows)).toMatchObject([{ state: "lifted" }]);
  });

  it("waits for no end that nobody named", () => {
    const rows = new MemoryRows();

    take(rows, [aKeptAlert(1), aResponse(2)], { snapshot: aSnapshot() });

    expect(actions(rows)).toMatchObject([{ state: "received", expectedEndAt: null, dueAt: null }]);
  });

  it("that comes again while it is in force renews its time and is told once", () => {
    const rows = new MemoryRows();

    take(rows, [aKeptAlert(1), aResponse(2), aResponse(60)]);

    expect(actions(rows)).toMatchObject([{ times: 2, beganAt: noon + 2_000, expectedEndAt: noon + 360 * SECOND_MS }]);
    expect(told(rows)).toHaveLength(2);
  });

  it("goes on under another incident whose alert ordered the same, and is in force once", () => {
    const rows = new MemoryRows();
    const other = '["5712","003","other"]';

    take(rows, [
      aKeptAlert(1),
      aResponse(2),
      aKeptAlert(3, { match: { groupKey: other } }),
      aResponse(4, { causeN: 3, groupKey: other }),
      aResponse(9, { causeN: 3, groupKey: other, order: "delete" }),
    ]);

    expect(actions(rows)).toMatchObject([
      { incident: 1, state: "renewed", dueAt: null },
      { incident: 2, state: "lifted" },
    ]);
  });

  it("says so where the script could do nothing", () => {
    const rows = new MemoryRows();

    take(rows, [aKeptAlert(1), aResponse(2, { failed: true, program: "netsh" })]);

    expect(actions(rows)).toMatchObject([{ state: "failed", dueAt: null }]);
    expect(told(rows)[1]).toContain("the agent says that it could do nothing: netsh");
  });

  it("is counted and not told where an incident has had very many", () => {
    const rows = new MemoryRows();
    const many = Array.from({ length: 60 }, (_, i) => aResponse(i + 2, { target: `198.51.100.${i}` }));

    take(rows, [aKeptAlert(1), ...many]);

    expect(actions(rows)).toHaveLength(60);
    expect(actions(rows).filter((action) => action.told)).toHaveLength(29);
    expect(rows.incidents.get(1)?.momentCount).toBe(30);
  });

  it("may end an incident that a policy has it end", () => {
    const rows = new MemoryRows();

    const clears = [{ policy: "any", groupKey: '["5712","003"]', clears: true }];
    take(rows, [aKeptAlert(1), { ...aResponse(9, { order: "delete" }), matches: clears }]);

    expect(rows.incidents.get(1)).toMatchObject({ state: "resolved", resolvedBy: "clear" });
  });
});

describe("the first word of an incident that Wazuh is to answer", () => {
  const now = noon + HOUR_MS;
  const board = aSnapshot(
    [aPolicy({ expectAction: { waitMs: 15 * SECOND_MS, liftAfterMs: null }, tell: toBoard(["chat", "board"]) })],
    [aDestination({ name: "chat" }), aDestination({ name: "board", edits: true })],
  );

  it("waits, and is due at once when the response is seen", () => {
    const rows = new MemoryRows();

    take(rows, [aKeptAlert(1)], { now, snapshot: board });
    const waiting = [...rows.works.values()].map(({ dueAt }) => dueAt - now);
    take(rows, [aResponse(2)], { now: now + 4_000, snapshot: board });

    expect(waiting).toEqual([15_000, 15_000]);
    expect([...rows.works.values()].map(({ dueAt }) => dueAt - now)).toEqual([4_000, 4_000]);
  });

  it("is not hurried by more of the same alerts, and not put off by them after the response", () => {
    const rows = new MemoryRows();
    take(rows, [aKeptAlert(1)], { now, snapshot: board });

    take(rows, [aKeptAlert(2)], { now: now + 4_000, snapshot: board });
    const still = rows.works.get("1/board")?.dueAt;
    take(rows, [aResponse(3)], { now: now + 5_000, snapshot: board });
    take(rows, [aKeptAlert(4)], { now: now + 6_000, snapshot: board });

    expect(still).toBe(now + 15_000);
    expect(rows.works.get("1/board")?.dueAt).toBeLessThanOrEqual(now + 6_000);
  });

  it("waits for nothing where it has become worse", () => {
    const rows = new MemoryRows();
    take(rows, [aKeptAlert(1)], { now, snapshot: board });

    take(rows, [aKeptAlert(2, { level: 15 })], { now: now + 2_000, snapshot: board });

    expect([...rows.works.values()].map(({ dueAt }) => dueAt - now)).toEqual([2_000, 2_000]);
  });

  it("waits no longer than that by a clock that was set back", () => {
    const rows = new MemoryRows();
    take(rows, [aKeptAlert(1)], { now, snapshot: board });

    take(rows, [aKeptAlert(2)], { now: now - HOUR_MS, snapshot: board });

    expect(rows.works.get("1/board")?.dueAt).toBe(now - HOUR_MS + 15_000);
  });
});

function toBoard(names: readonly string[]) {
  return { low: names, medium: names, high: names, critical: names };
}
