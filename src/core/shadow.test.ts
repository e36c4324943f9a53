import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aDestination, aKeptAlert, aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import { begin } from "./begin.ts";
import { decide } from "./decide.ts";
import { isUnresolved } from "./incident.ts";
import type { Command, Input, Result } from "./input.ts";
import { SECOND_MS } from "./time.ts";
import { View } from "./view.ts";
import { isClaimable, newWork } from "./work.ts";

const TELL = ["chat"];
const policy = aPolicy({ tell: { low: TELL, medium: TELL, high: TELL, critical: TELL } });
const chat = aDestination({ name: "chat", edits: false });
const live = aSnapshot([policy], [chat]);
const shadow = aSnapshot([policy], [{ ...chat, shadow: true }]);
const yielding = aSnapshot([policy], [{ ...chat, shadow: true, yieldsTo: "own" }]);

/** Rows, and a worker that makes whatever call is due as soon as it is due; each of them arrives. */
class Desk {
  readonly rows = new MemoryRows();
  isShadow = true;
  isYielding = false;
  /** Incidents, in the order of their calls. */
  readonly called: number[] = [];
  #now = noon;
  #alerts = 0;

  get context() {
    const snapshot = this.isYielding ? yielding : this.isShadow ? shadow : live;
    return { now: this.#now, random: () => 0.5, snapshot };
  }

  alert(group: number, level = 7): void {
    const match = { groupKey: JSON.stringify([`${group}`]) };
    this.#alerts += 1;
    this.do(aStretch([aKeptAlert(this.#alerts, { level, match })]));
  }

  command(command: Command): Result {
    return this.do({ kind: "command", who: "ana", command });
  }

  do(input: Input): Result {
    this.#now += SECOND_MS;
    const view = new View(this.rows.facts());
    const result = decide(view, input, this.context);
    this.rows.apply(view.changes());
    return result;
  }

  work(incident = 1) {
    return this.rows.works.get(`${incident}/chat`);
  }

  perform(): void {
    for (const { incident, state, wanted } of this.rows.works.values()) {
      if (!isClaimable(state)) continue;
      const view = new View(this.rows.facts());
      const { steps = 0 } = this.rows.receipts.get(`${incident}/chat`) ?? {};
      const plan = { momentsTold: this.rows.incidents.get(incident)!.momentCount, headDigest: null };
      const call = { kind: "call", action: "post", step: steps + 1, safeToRepeat: false, repeat: false, plan } as const;
      const item = { incident, revision: wanted, what: { ...call, completes: true } };
      const [attempt] = begin(view, "chat", [item], this.context);
      this.rows.apply(view.changes());
      if (attempt === null || attempt === undefined) continue;
      this.called.push(incident);
      const outcome = { kind: "done", remote: { anchor: null, url: null }, evidence: "ok" } as const;
      this.do({ kind: "settle", destination: "chat", incident, attempt, outcome });
    }
  }
}

describe("a destination that somebody else tells", () => {
  it("has written down what it would be told, with the reason, and nothing that a call could begin with", () => {
    const desk = new Desk();

    desk.alert(1);

    expect(desk.work()).toMatchObject({ state: "shadow", reason: "shadow", wanted: 1 });
    expect(isClaimable("shadow")).toBe(false);
  });

  it("is still shadow after more alerts, and forgets what is over", () => {
    const desk = new Desk();
    desk.alert(1);
    desk.alert(1, 15);
    expect(desk.work()).toMatchObject({ state: "shadow", wanted: 2 });

    desk.command({ kind: "resolve", incident: 1, note: null });

    expect(desk.work()).toBeUndefined();
  });

  it("is told of an incident from the first alert on that comes when Riposte is the one who tells", () => {
    const desk = new Desk();
    desk.alert(1);
    desk.isShadow = false;
    expect(desk.work()).toMatchObject({ state: "shadow" });

    desk.alert(1);

    expect(desk.work()).toMatchObject({ state: "ready", reason: null });
    desk.perform();
    desk.alert(1);
    desk.perform();
    expect(desk.called).toEqual([1]);
  });

  it("hears nothing of the end of what it was never told by Riposte", () => {
    const desk = new Desk();
    desk.alert(1);
    desk.isShadow = false;

    desk.command({ kind: "resolve", incident: 1, note: null });

    expect(desk.work()).toBeUndefined();
  });

  it("still gets what waited for it when integratord took over again: nobody else knows of that", () => {
    const desk = new Desk();
    desk.isShadow = false;
    desk.alert(1);
    desk.isShadow = true;
    desk.alert(1, 15);
    desk.alert(2);

    desk.perform();

    expect(desk.called).toEqual([1]);
    expect(desk.work(2)).toMatchObject({ state: "shadow" });
  });

  it("is not told because a person asks for it: it would be told twice", () => {
    const desk = new Desk();
    desk.alert(1);

    const says = "integratord tells chat, and Riposte would tell it twice: riposte takeover moves the block over";
    expect(desk.command({ kind: "retry_work", incident: 1, destination: "chat" })).toMatchObject({ refused: says });
    expect(desk.command({ kind: "retry_dead", destination: "chat" })).toMatchObject({ refused: says });
    expect(desk.work()).toMatchObject({ state: "shadow" });
  });

  it("is not told either where another destination posts to its address, and the words name that one", () => {
    const desk = new Desk();
    desk.alert(1);
    desk.isYielding = true;

    const says =
      "own posts to the address of chat, where it would be told twice: take the block out of ossec.conf, or own out of the policies";
    expect(desk.command({ kind: "retry_work", incident: 1, destination: "chat" })).toMatchObject({ refused: says });
    expect(desk.command({ kind: "retry_dead", destination: "chat" })).toMatchObject({ refused: says });
    expect(desk.work()).toMatchObject({ state: "shadow" });
  });

  it("is told, once it is Riposte's, what a person asks for", () => {
    const desk = new Desk();
    desk.alert(1);
    desk.isShadow = false;

    desk.command({ kind: "retry_work", incident: 1, destination: "chat" });
    desk.perform();

    expect(desk.called).toEqual([1]);
  });

  it("keeps its dead letters of before, and gets them once it is Riposte's again", () => {
    const desk = new Desk();
    desk.isShadow = false;
    desk.alert(1);
    desk.do({ kind: "rebind", destinations: [] });
    expect(desk.work()).toMatchObject({ state: "dead", reason: "destination_removed" });
    desk.isShadow = true;

    desk.do({ kind: "rebind", destinations: TELL });
    expect(desk.work()).toMatchObject({ state: "dead", reason: "destination_removed" });
    desk.isShadow = false;
    desk.do({ kind: "rebind", destinations: TELL });
    desk.perform();

    expect(desk.called).toEqual([1]);
  });
});

type Deed =
  | { readonly kind: "alert"; readonly group: number; readonly level: number }
  | { readonly kind: "turn" }
  | { readonly kind: "command"; readonly command: Command };

const incident = fc.integer({ min: 1, max: 3 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("alert" as const), group: incident, level: fc.constantFrom(3, 7, 15) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("turn" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("command" as const),
      command: fc.oneof(
        fc.record({ kind: fc.constant("acknowledge" as const), incident }),
        fc.record({ kind: fc.constant("resolve" as const), incident, note: fc.constant(null) }),
        fc.record({ kind: fc.constant("retry_work" as const), incident, destination: fc.constant("chat") }),
        fc.record({ kind: fc.constant("retry_dead" as const), destination: fc.constant("chat") }),
      ),
    }),
  },
);

it("whatever alerts, people and takeovers do: no call while it is shadow, and none missing while it is not", () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 30 }), (deeds) => {
      const desk = new Desk();
      for (const each of deeds) {
        const before = desk.called.length;
        if (each.kind === "turn") desk.isShadow = !desk.isShadow;
        if (each.kind === "alert") desk.alert(each.group, each.level);
        if (each.kind === "command") desk.command(each.command);
        desk.perform();

        if (desk.isShadow) expect(desk.called.length).toBe(before);
        for (const one of desk.rows.incidents.values()) {
          const { id, groupKey } = one;
          const isTold = desk.rows.receipts.has(`${id}/chat`);
          if (isUnresolved(one)) expect(isTold || desk.work(id)?.state === "shadow").toBe(true);
          const isNews = each.kind === "alert" && groupKey === JSON.stringify([`${each.group}`]);
          if (isNews && !desk.isShadow) expect(isTold).toBe(true);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

describe("what a budget left over", () => {
  it.each([
    ["left the config", aSnapshot([policy], [])],
    ["became shadow", shadow],
  ])("is over with its incident, also where its destination %s", (_, snapshot) => {
    const rows = new MemoryRows();
    const turn = (input: Input): void => {
      const view = new View(rows.facts());
      decide(view, input, { now: noon, random: () => 0.5, snapshot });
      rows.apply(view.changes());
    };
    turn(aStretch([aKeptAlert(1, { level: 10 })]));
    rows.works.set("1/chat", {
      ...newWork({ id: 1, revision: 1 }, "chat", 1, noon),
      state: "listed",
      reason: "over_budget",
    });

    turn({ kind: "command", who: "ana", command: { kind: "resolve", incident: 1, note: null } });

    expect(rows.works.has("1/chat")).toBe(false);
  });
});
