import { describe, expect, it } from "vitest";
import { aStretch } from "../../test/fixtures/kept-alerts.ts";
import { LostFleet, range } from "../../test/fixtures/lost-fleet.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

describe("a mass event", () => {
  function stormed(of: Partial<PolicyTerms> = {}, agents = 20): LostFleet {
    const fleet = new LostFleet(of);
    fleet.lose(...range(1, agents));
    fleet.tellAll();
    return fleet;
  }

  it("counts those that come and go, and is over with the last of them", () => {
    const fleet = stormed();
    fleet.pass(MINUTE_MS);
    fleet.lose(21, 22);
    fleet.bringBack(...range(1, 21));
    expect(fleet.mass).toMatchObject({ state: "open", count: 22 });
    expect(fleet.rows.masses.get(fleet.mass!.id)).toMatchObject({ members: 22, unresolved: 1 });
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened"]);

    fleet.pass(DAY_MS);
    fleet.bringBack(22);

    expect(fleet.mass).toMatchObject({ state: "resolved", resolvedBy: "clear", resolvedAt: fleet.now });
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened", "resolved"]);
    expect([...fleet.rows.works.values()].filter(({ state }) => state === "listed")).toEqual([]);
  });

  it("is over by quiet as its incidents are", () => {
    const fleet = stormed();
    fleet.pass(DAY_MS);
    fleet.tick();

    expect(fleet.mass).toMatchObject({ state: "resolved", resolvedBy: "quiet" });
  });

  it("keeps its leftovers, and one that is lost once it is past is told by itself", () => {
    const fleet = stormed();
    fleet.bringBack(...range(2, 20));
    fleet.pass(2 * HOUR_MS);

    fleet.lose(99, 5);
    expect(fleet.of(1).collapsedInto).toBe(fleet.mass!.id);
    expect(fleet.of(99).collapsedInto).toBeUndefined();
    expect(fleet.of(5).collapsedInto).toBeUndefined();
    expect(fleet.waiting("chat")).toEqual([fleet.of(5).id, fleet.of(99).id]);
  });

  it("hears of another wave while it has leftovers, once", () => {
    const fleet = stormed();
    fleet.bringBack(...range(2, 20));
    fleet.pass(2 * HOUR_MS);

    fleet.lose(...range(30, 50));
    fleet.lose(...range(51, 60));

    expect(fleet.masses()).toHaveLength(1);
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened", "note"]);
    expect(fleet.rows.masses.get(fleet.mass!.id)).toMatchObject({ members: 51, unresolved: 32 });
  });

  it("swallows those that flap while it lasts, and is opened again by the next storm within the policy's time", () => {
    const fleet = stormed();
    for (const _ of range(1, 5)) {
      fleet.bringBack(...range(2, 20));
      fleet.pass(30 * SECOND_MS);
      fleet.lose(...range(2, 20));
      fleet.tellAll();
    }
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened"]);

    fleet.bringBack(...range(1, 20));
    fleet.pass(HOUR_MS);
    fleet.lose(...range(1, 20));
    expect(fleet.masses()).toHaveLength(1);
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened", "resolved", "reopened"]);
    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
    expect(fleet.rows.masses.get(fleet.mass!.id)).toMatchObject({ members: 20, unresolved: 20 });
  });

  it("is another one after the policy's time to reopen", () => {
    const fleet = stormed({ reopenWithinMs: HOUR_MS });
    fleet.bringBack(...range(1, 20));
    fleet.pass(2 * HOUR_MS);
    fleet.lose(...range(1, 10));

    expect(fleet.masses().map(({ state, count }) => [state, count])).toEqual([
      ["resolved", 20],
      ["open", 10],
    ]);
  });

  it("that a person calls over stays so until its incidents are heard of again", () => {
    const fleet = stormed();
    fleet.order({ kind: "resolve", incident: fleet.mass!.id, note: null });
    fleet.tellAll();
    fleet.bringBack(1, 2);
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened", "resolved"]);
    expect(fleet.work(fleet.of(3).id, "chat")).toBe("listed collapsed");

    fleet.pass(12 * HOUR_MS);
    fleet.lose(3);
    expect(fleet.work(fleet.of(3).id, "chat")).toBe("ready");
    fleet.lose(...range(4, 20));
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened", "resolved", "reopened"]);
    expect(fleet.rows.masses.get(fleet.mass!.id)).toMatchObject({ members: 20, unresolved: 18 });
    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
  });

  it("takes in one that comes back while its ticket is still to be closed, and the ticket is closed in the end", () => {
    const fleet = new LostFleet();
    fleet.lose(1);
    fleet.tellAll();
    fleet.bringBack(1);
    fleet.lose(1, 2, 3, 4, 5);
    expect(fleet.of(1).collapsedInto).toBe(fleet.mass!.id);
    expect([fleet.work(1, "tickets"), fleet.work(1, "chat")]).toEqual(["ready", "listed collapsed"]);
    fleet.tellAll();

    fleet.bringBack(1);
    expect([fleet.work(1, "tickets"), fleet.work(1, "chat")]).toEqual(["ready", null]);
  });

  it("leaves the ticket closed of one that was over, and comes back in the storm", () => {
    const fleet = new LostFleet();
    fleet.lose(1);
    fleet.bringBack(1);
    fleet.lose(1);
    fleet.bringBack(1);
    fleet.tellAll();
    fleet.lose(2, 3, 4, 5, 1);
    expect([fleet.work(1, "tickets"), fleet.work(1, "chat")]).toEqual(["listed collapsed", "listed collapsed"]);

    fleet.bringBack(1);
    expect([fleet.work(1, "tickets"), fleet.work(1, "chat")]).toEqual([null, null]);
  });

  it("tells of one that leaves it what was not told of it meanwhile, also where it was told before", () => {
    const fleet = new LostFleet();
    fleet.lose(1);
    fleet.tellAll();
    fleet.lose(2, 3, 4, 5);
    fleet.order({ kind: "acknowledge", incident: 1 });
    fleet.order({ kind: "resolve", incident: fleet.mass!.id, note: null });
    fleet.tellAll();
    fleet.pass(HOUR_MS);
    fleet.lose(1);

    expect(fleet.of(1).collapsedInto).toBeUndefined();
    expect(fleet.waiting("chat")).toEqual([1]);
  });

  it("says when worse ones join it", () => {
    const fleet = new LostFleet({ severity: null });
    fleet.decide(aStretch(range(1, 9).map((agent) => fleet.alert(agent, { level: 8 }))));
    fleet.decide(aStretch([fleet.alert(10, { level: 13 })]));

    expect(fleet.mass).toMatchObject({ severity: "high", count: 10 });
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened", "escalated"]);
  });

  it("goes past what a person asks to be told by itself", () => {
    const fleet = stormed();
    const { id } = fleet.of(7);
    fleet.order({ kind: "retry_work", incident: id, destination: "chat" });
    fleet.lose(7);

    expect(fleet.waiting("chat")).toEqual([id]);
  });

  it("is told to its end also once the policy is gone", () => {
    const fleet = stormed();
    fleet.snapshot = { ...fleet.snapshot, policies: {} };
    fleet.bringBack(...range(1, 20));

    expect(fleet.mass).toMatchObject({ state: "resolved" });
    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
  });
});
