import { describe, expect, it } from "vitest";
import { aDestination, aKeptAlert, aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import type { KeptAlert } from "./alert.ts";
import type { Context } from "./context.ts";
import { decide } from "./decide.ts";
import type { Incident } from "./incident.ts";
import type { Command, Input } from "./input.ts";
import { massPolicies, massPolicyName } from "./mass-event.ts";
import type { PolicyTerms, Snapshot } from "./snapshot.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";
import { View } from "./view.ts";

const all = ["chat", "tickets", "script"];

/** Up to three of an agent that is lost are told one by one within ten minutes. */
class Fleet {
  readonly rows = new MemoryRows();
  now = noon;
  snapshot: Snapshot;
  readonly policy: PolicyTerms;
  #n = 0;

  constructor(of: Partial<PolicyTerms> = {}) {
    this.policy = aPolicy({
      name: "lost",
      tell: { low: all, medium: all, high: all, critical: all },
      severity: "high",
      collapse: { above: 3, withinMs: 10 * MINUTE_MS },
      ...of,
    });
    const destinations = [
      aDestination({ name: "chat" }),
      aDestination({ name: "tickets", edits: true }),
      aDestination({ name: "script", onlyWazuh: true }),
    ];
    this.snapshot = aSnapshot([this.policy, ...massPolicies([this.policy])], destinations);
  }

  decide(...inputs: readonly Input[]): void {
    const context: Context = { now: this.now, random: () => 0.5, snapshot: this.snapshot };
    const due = [...this.rows.incidents.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= this.now);
    const view = new View(this.rows.facts(due.map(({ id }) => id)));
    for (const input of inputs) decide(view, input, context);
    this.rows.apply(view.changes());
  }

  alert(agent: number, of: Partial<KeptAlert> & { clears?: boolean } = {}): KeptAlert {
    const { clears = false, ...rest } = of;
    const match = { policy: "lost", groupKey: `["${agent}"]`, clears };
    return aKeptAlert((this.#n += 1), { at: this.now, agentId: `${agent}`, agentName: `web-${agent}`, match, ...rest });
  }

  lose(...agents: readonly number[]): void {
    this.decide(aStretch(agents.map((agent) => this.alert(agent))));
  }
  bringBack(...agents: readonly number[]): void {
    this.decide(aStretch(agents.map((agent) => this.alert(agent, { clears: true }))));
  }
  order(command: Command): void {
    this.decide({ kind: "command", who: "ana", command });
  }
  tick(): void {
    this.decide({ kind: "tick", now: this.now, watermarks: {} });
  }
  pass(ms: number): void {
    this.now += ms;
  }
  /** As if everything that is due had been told. */
  tellAll(): void {
    const { now } = this;
    for (const [key, work] of this.rows.works) {
      if (work.state !== "ready") continue;
      this.rows.works.delete(key);
      const { incident, destination } = work;
      const momentsTold = this.rows.incidents.get(incident)!.momentCount;
      const told = { incident, destination, remote: { anchor: "K-1", url: null }, twins: [], steps: 1, momentsTold };
      this.rows.receipts.set(key, { ...told, headDigest: "d", repeats: 0, firstDoneAt: now, lastDoneAt: now });
    }
  }

  of(agent: number): Incident {
    return [...this.rows.incidents.values()].findLast(({ groupKey }) => groupKey === `["${agent}"]`)!;
  }
  masses(): readonly Incident[] {
    return [...this.rows.incidents.values()].filter(({ policy }) => policy === massPolicyName("lost"));
  }
  get mass(): Incident | undefined {
    return this.masses().at(-1);
  }
  moments(id: number | undefined): readonly string[] {
    return [...this.rows.moments.values()].filter(({ incident }) => incident === id).map(({ kind }) => kind);
  }
  work(incident: number | undefined, destination: string): string | null {
    const work = this.rows.works.get(`${incident}/${destination}`);
    return work === undefined ? null : [work.state, ...(work.reason === null ? [] : [work.reason])].join(" ");
  }
  /** What waits to be told at a destination, by incident. */
  waiting(destination: string): readonly number[] {
    const works = [...this.rows.works.values()].filter((work) => work.destination === destination);
    const ready = works.filter(({ state }) => state === "ready").map(({ incident }) => incident);
    return ready.toSorted((a, b) => a - b);
  }
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

describe("many incidents of one policy at once", () => {
  it("are one mass event, and each of them says where it is told", () => {
    const fleet = new Fleet();

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
    expect(fleet.rows.surges.get("lost")?.recent).toHaveLength(3);
    expect(fleet.rows.alerts).toHaveLength(600);
  });

  it("up to the measure are told one by one, and the one beyond it takes along those that were not told yet", () => {
    const fleet = new Fleet();

    fleet.lose(1, 2, 3);
    expect(fleet.waiting("chat")).toEqual([1, 2, 3]);
    expect(fleet.masses()).toEqual([]);
    fleet.lose(4);

    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
    expect(range(1, 4).map((agent) => fleet.of(agent).collapsedInto)).toEqual(Array(4).fill(fleet.mass!.id));
  });

  it("and then fewer within the time are none", () => {
    const fleet = new Fleet();
    for (const agent of range(1, 30)) {
      fleet.lose(agent);
      fleet.pass(4 * MINUTE_MS);
    }

    expect(fleet.masses()).toEqual([]);
  });

  it("one agent that comes and goes is not many", () => {
    const fleet = new Fleet();
    for (const _ of range(1, 20)) {
      fleet.lose(1);
      fleet.pass(5 * SECOND_MS);
      fleet.bringBack(1);
    }

    expect(fleet.masses()).toEqual([]);
  });

  it("whoever was told of one by one reads in the ticket where it goes on, and in the chat nothing", () => {
    const fleet = new Fleet();
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
    const fleet = new Fleet({ holdMs: 30 * MINUTE_MS });
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
    const fleet = new Fleet();
    const hours = range(0, 19).map((n) => noon - n * HOUR_MS);
    fleet.decide(aStretch(hours.map((at, agent) => fleet.alert(agent, { at }))));

    expect(fleet.masses()).toEqual([]);
  });

  it("goes to scripts of Wazuh one by one, who know nothing but alerts", () => {
    const fleet = new Fleet();
    fleet.lose(...range(1, 8));

    expect(fleet.waiting("script")).toEqual(range(1, 8).map((agent) => fleet.of(agent).id));
  });

  it("are told one by one where the policy does not collapse", () => {
    const { collapse: _, ...plain } = new Fleet().policy;
    const fleet = new Fleet();
    fleet.snapshot = { ...fleet.snapshot, policies: { lost: plain } };
    fleet.lose(...range(1, 50));

    expect(fleet.waiting("chat")).toHaveLength(50);
    expect(fleet.rows.surges.size).toBe(0);
  });
});

describe("a mass event", () => {
  function stormed(of: Partial<PolicyTerms> = {}, agents = 20): Fleet {
    const fleet = new Fleet(of);
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

  it("says when worse ones join it", () => {
    const fleet = new Fleet({ severity: null });
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

describe("the critical", () => {
  it("is told by itself at once among those that are not", () => {
    const fleet = new Fleet({ severity: null });
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
    const fleet = new Fleet({ severity: "critical" });
    fleet.lose(...range(1, 20));

    expect(fleet.waiting("chat")).toEqual([fleet.mass!.id]);
    expect(fleet.rows.works.get(`${fleet.mass!.id}/chat`)).toMatchObject({ priority: 0, dueAt: fleet.now });
  });
});

it("six hundred in one turn change the row of the mass event once, and what waits for it once a destination", () => {
  const fleet = new Fleet();
  const context: Context = { now: fleet.now, random: () => 0.5, snapshot: fleet.snapshot };
  const view = new View(fleet.rows.facts());
  decide(view, aStretch(range(1, 600).map((agent) => fleet.alert(agent))), context);

  const ofMass = view
    .changes()
    .filter((change) => "row" in change && "incident" in change.row && change.row.incident === 5);
  expect(ofMass.map(({ table }) => table).toSorted()).toEqual(["body", "mass", "moment", "work", "work"]);
});
