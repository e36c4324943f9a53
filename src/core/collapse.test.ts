import { describe, expect, it } from "vitest";
import { aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { LostFleet, range } from "../../test/fixtures/lost-fleet.ts";
import type { Context } from "./context.ts";
import { decide } from "./decide.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";
import { View } from "./view.ts";

describe("many incidents of one policy at once", () => {
  it("are one mass event, and each of them says where it is told", () => {
    const fleet = new LostFleet();

    fleet.lose(...range(1, 600));

    const { mass } = fleet;
    expect(fleet.masses()).toHaveLength(1);
    expect(mass).toMatchObject({ state: "open", severity: "high", count: 600, dueAt: null });
    expect(fleet.waiting("chat")).toEqual([mass!.id]);
    expect(fleet.waiting("tickets")).toEqual([mass!.id]);
    expect(fleet.rows.works.get(`${fleet.of(77).id}/chat`)).toMatchObject({
      state: "listed",
      reason: "collapsed",
      evidence: `told in #${mass!.id}`,
    });
    expect(fleet.rows.masses.get(mass!.id)).toMatchObject({ members: 600, unresolved: 600 });
    expect(fleet.rows.surges.get("lost")?.recent).toHaveLength(9);
    expect(fleet.rows.alerts).toHaveLength(600);
  });

  it("up to the measure are told one by one, and the one beyond it takes along those that were not told yet", () => {
    const fleet = new LostFleet();

    fleet.lose(1, 2, 3);
    expect(fleet.waiting("chat")).toEqual([1, 2, 3]);
    expect(fleet.masses()).toEqual([]);
    fleet.lose(4);

    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
    expect(range(1, 4).map((agent) => fleet.of(agent).collapsedInto)).toEqual(Array(4).fill(fleet.mass!.id));
  });

  it("and then fewer within the time are none", () => {
    const fleet = new LostFleet();
    for (const agent of range(1, 30)) {
      fleet.lose(agent);
      fleet.pass(4 * MINUTE_MS);
    }

    expect(fleet.masses()).toEqual([]);
  });

  it("one agent that comes and goes is not many", () => {
    const fleet = new LostFleet();
    for (const _ of range(1, 20)) {
      fleet.lose(1);
      fleet.pass(5 * SECOND_MS);
      fleet.bringBack(1);
    }

    expect(fleet.masses()).toEqual([]);
  });

  it("whoever was told of one by one reads in the ticket where it goes on, and in the chat nothing", () => {
    const fleet = new LostFleet();
    fleet.lose(1, 2);
    fleet.tellAll();
    fleet.pass(MINUTE_MS);

    fleet.lose(3, 4, 5);
    expect(fleet.moments(1)).toEqual(["opened", "note"]);
    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
    expect(fleet.waiting("tickets")).toEqual([1, 2, fleet.mass!.id]);
    fleet.tellAll();

    fleet.bringBack(1, 3);
    // The ticket that is there is closed; what has none hears nothing.
    expect(fleet.waiting("tickets")).toEqual([1, fleet.mass!.id]);
    expect(fleet.waiting("chat")).toEqual([]);
    expect(fleet.work(fleet.of(3).id, "tickets")).toBeNull();
  });

  it("are counted when their hold ends, in whatever turns that is seen", () => {
    const fleet = new LostFleet({ holdMs: 30 * MINUTE_MS });
    fleet.lose(...range(1, 600));
    expect(fleet.masses()).toEqual([]);
    fleet.pass(MINUTE_MS);
    fleet.bringBack(1, 2, 3);
    fleet.pass(29 * MINUTE_MS);

    fleet.tick();

    expect(fleet.mass).toMatchObject({ count: 597, state: "open" });
    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
  });

  it("are counted by when they happened, however late they are read", () => {
    const fleet = new LostFleet();
    const hours = range(0, 19).map((n) => noon - n * HOUR_MS);
    fleet.decide(aStretch(hours.map((at, agent) => fleet.alert(agent, { at }))));

    expect(fleet.masses()).toEqual([]);
  });

  it("are counted although others come between that happened hours ago", () => {
    const fleet = new LostFleet();
    for (const agent of range(1, 40)) {
      const at = agent % 4 === 0 ? noon - 5 * HOUR_MS : noon;
      fleet.decide(aStretch([fleet.alert(agent, { at })]));
    }

    expect(fleet.masses()).toHaveLength(1);
    expect(fleet.mass?.count).toBeGreaterThan(20);
  });

  it("are told to whoever hears of the lesser of them, too", () => {
    const tell = { low: [], medium: ["chat"], high: ["tickets"], critical: ["tickets"] };
    const fleet = new LostFleet({ severity: null, tell });
    fleet.decide(
      aStretch([fleet.alert(1, { level: 12 }), ...range(2, 9).map((agent) => fleet.alert(agent, { level: 7 }))]),
    );

    expect(fleet.mass?.severity).toBe("high");
    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
    expect(fleet.waiting("tickets")).toEqual([fleet.mass!.id]);
  });

  it("are a storm for as long as it is now, however far ahead their alerts are dated", () => {
    const fleet = new LostFleet();
    fleet.decide(aStretch(range(1, 9).map((agent) => fleet.alert(agent, { at: noon + 48 * HOUR_MS }))));

    expect(fleet.rows.masses.get(fleet.mass!.id)?.surgedAt).toBe(noon);
  });

  it("stay in it when a destination leaves the config, and do not come back to it one by one", () => {
    const fleet = new LostFleet();
    fleet.lose(...range(1, 20));

    fleet.decide({ kind: "rebind", destinations: ["tickets", "script"] });
    expect(fleet.work(fleet.mass!.id, "chat")).toBe("dead destination_removed");
    expect(fleet.work(fleet.of(9).id, "chat")).toBe("listed collapsed");
    fleet.decide({ kind: "rebind", destinations: ["chat", "tickets", "script"] });

    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
  });

  it("goes to scripts of Wazuh one by one, who know nothing but alerts", () => {
    const fleet = new LostFleet();
    fleet.lose(...range(1, 8));

    expect(fleet.waiting("script")).toEqual(range(1, 8).map((agent) => fleet.of(agent).id));
  });

  it("are told one by one where the policy does not collapse", () => {
    const { collapse: _, ...plain } = new LostFleet().policy;
    const fleet = new LostFleet();
    fleet.snapshot = { ...fleet.snapshot, policies: { lost: plain } };
    fleet.lose(...range(1, 50));

    expect(fleet.waiting("chat")).toHaveLength(50);
    expect(fleet.rows.surges.size).toBe(0);
  });
});

describe("the critical", () => {
  it("is told by itself at once among those that are not", () => {
    const fleet = new LostFleet({ severity: null });
    fleet.lose(...range(1, 20));
    fleet.decide(aStretch([fleet.alert(21, { level: 15 })]));
    fleet.decide(aStretch([fleet.alert(4, { level: 15 })]));

    expect(fleet.of(21).collapsedInto).toBeUndefined();
    expect(fleet.of(4).collapsedInto).toBeUndefined();
    expect(fleet.rows.works.get(`${fleet.of(4).id}/chat`)).toMatchObject({
      state: "ready",
      priority: 0,
      dueAt: fleet.now,
    });
    expect(fleet.rows.masses.get(fleet.mass!.id)).toMatchObject({ members: 19, unresolved: 19 });
    expect(fleet.mass!.severity).not.toBe("critical");
  });

  it("is a mass event as well where the policy calls all of its incidents critical, and then does not wait", () => {
    const fleet = new LostFleet({ severity: "critical" });
    fleet.lose(...range(1, 20));

    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
    expect(fleet.rows.works.get(`${fleet.mass!.id}/chat`)).toMatchObject({ priority: 0, dueAt: fleet.now });
  });
});

it("six hundred in one turn change the row of the mass event once, and what waits for it once a destination", () => {
  const fleet = new LostFleet();
  const context: Context = { now: fleet.now, random: () => 0.5, snapshot: fleet.snapshot };
  const view = new View(fleet.rows.facts());
  decide(view, aStretch(range(1, 600).map((agent) => fleet.alert(agent))), context);

  const ofMass = view
    .changes()
    .filter((change) => "row" in change && "incident" in change.row && change.row.incident === 5);
  expect(ofMass.map(({ table }) => table).toSorted()).toEqual(["body", "mass", "moment", "work", "work"]);
});
