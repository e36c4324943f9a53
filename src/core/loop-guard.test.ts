import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aDestination, aKeptAlert, aPolicy, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import { anEcho, aResponse, aStart, aStop } from "../../test/fixtures/response-alerts.ts";
import { accept } from "./accept.ts";
import type { KeptAlert } from "./alert.ts";
import type { Snapshot } from "./snapshot.ts";
import { tick } from "./tick.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";
import { View } from "./view.ts";

const snapshot = aSnapshot(
  [aPolicy({ expectAction: { waitMs: 15_000, liftAfterMs: MINUTE_MS } })],
  [aDestination({ name: "chat", edits: true }), aDestination({ name: "tickets" })],
);
const context = { now: noon + HOUR_MS, random: () => 0.5, snapshot };
const restart = { program: "restart-wazuh", target: "", targetKind: "agent", cause: null } as const;

function take(rows: MemoryRows, ...alerts: readonly KeptAlert[]): void {
  takeBy(snapshot, rows, ...alerts);
}

function takeBy(by: Snapshot, rows: MemoryRows, ...alerts: readonly KeptAlert[]): void {
  const view = new View(rows.facts());
  accept(view, aStretch(alerts), { ...context, snapshot: by });
  rows.apply(view.changes());
}

function tickAt(rows: MemoryRows, at: number): void {
  const due = [...rows.incidents.values()].filter(({ dueAt }) => dueAt !== null && dueAt <= at).map(({ id }) => id);
  const view = new View(rows.facts(due));
  tick(view, { kind: "tick", now: at, watermarks: { alerts: { at, reportedAt: at } } }, { ...context, now: at });
  rows.apply(view.changes());
}

function states(rows: MemoryRows): string[] {
  return [...rows.incidents.values()].map(({ groupKey, state }) => `${groupKey} ${state}`);
}

function ending(rows: MemoryRows): string | undefined {
  return [...rows.alerts.values()].at(-1)?.disposition;
}

describe("what an active response causes", () => {
  it("is explained by it where it comes after, and opens nothing", () => {
    const rows = new MemoryRows();

    take(rows, aResponse(1, { cause: null }), anEcho(2));

    expect(ending(rows)).toBe("explained_by_action");
    expect(rows.incidents.size).toBe(0);
  });

  it("is held back where it comes before, and nobody ever hears of it", () => {
    const rows = new MemoryRows();

    take(rows, anEcho(1));
    const held = states(rows);
    take(rows, aResponse(3, { cause: null }));

    expect(held).toEqual(['["echo"] pending']);
    expect(states(rows)).toEqual(['["echo"] resolved']);
    expect([rows.works.size, rows.moments.size]).toEqual([0, 0]);
  });

  it("opens after ten seconds where no response did it", () => {
    const rows = new MemoryRows();

    take(rows, anEcho(1));
    tickAt(rows, noon + 11 * SECOND_MS);
    take(rows, aResponse(12, { cause: null }));

    expect(states(rows)).toEqual(['["echo"] open']);
    expect(rows.works.size).toBe(1);
  });

  it.each([
    ["of another user", anEcho(2, { target: "root" })],
    ["on another agent", anEcho(2, { agentId: "004" })],
    ["later than ten seconds after", anEcho(12)],
  ])("that is %s is not explained by it", (_, echo) => {
    const rows = new MemoryRows();

    take(rows, aResponse(1, { cause: null }), echo);
    tickAt(rows, noon + MINUTE_MS);

    expect(states(rows)).toEqual(['["echo"] open']);
  });

  it("is explained once: whoever changes the account as well within these seconds is heard of", () => {
    const rows = new MemoryRows();

    take(rows, aResponse(1, { cause: null }), anEcho(2), anEcho(3));
    tickAt(rows, noon + MINUTE_MS);

    expect(states(rows)).toEqual(['["echo"] open']);
  });

  it("takes nothing else with it that joined the incident meanwhile", () => {
    const rows = new MemoryRows();

    take(rows, anEcho(1), aKeptAlert(2, { match: { groupKey: '["echo"]' } }), aResponse(3, { cause: null }));

    expect(states(rows)).toEqual(['["echo"] open']);
    expect(rows.incidents.get(1)).toMatchObject({ count: 2 });
  });

  it("takes nothing else with it either where the policy holds its incidents back anyway", () => {
    const rows = new MemoryRows();
    const held = aSnapshot([aPolicy({ holdMs: HOUR_MS })]);

    takeBy(held, rows, anEcho(1), aKeptAlert(2, { match: { groupKey: '["echo"]' } }), aResponse(3, { cause: null }));
    takeBy(held, rows, anEcho(4, { target: "eve", groupKey: '["eve"]' }), aResponse(5, { target: "eve", cause: null }));

    expect(states(rows)).toEqual(['["echo"] pending', '["eve"] resolved']);
  });

  it("does not reopen what was over either", () => {
    const rows = new MemoryRows();
    const clear = aKeptAlert(2, { match: { groupKey: '["echo"]', clears: true } });

    take(rows, aKeptAlert(1, { match: { groupKey: '["echo"]' } }), clear, aResponse(3, { cause: null }), anEcho(4));

    expect(ending(rows)).toBe("explained_by_action");
    expect(states(rows)).toEqual(['["echo"] resolved']);
  });
});

describe("an agent that a response restarts", () => {
  it("is not lost: its stop is held back until it is heard again", () => {
    const rows = new MemoryRows();

    take(rows, aStop(1), aStart(9), aResponse(12, restart));

    expect(states(rows)).toEqual(['["stop"] resolved', '["start"] resolved']);
    expect(rows.moments.size).toBe(0);
  });

  it("is not lost either where the agents source says the same stop, and once more is once too often", () => {
    const byApi = (n: number): KeptAlert => {
      const stop = aStop(n);
      return { ...stop, identity: { ...stop.identity, origin: "wazuh-api" } };
    };
    for (const [again, ends] of [
      [[byApi(3)], "resolved"],
      [[byApi(3), byApi(5)], "open"],
      [[aStop(3)], "open"],
    ] as const) {
      const rows = new MemoryRows();

      take(rows, aStop(1));
      for (const alert of again) {
        const view = new View(rows.facts());
        accept(view, aStretch([alert], alert.identity.origin === "wazuh-api" ? { source: "agents" } : {}), context);
        rows.apply(view.changes());
      }
      take(rows, aStart(9), aResponse(12, restart));

      expect(states(rows)[0]).toBe(`["stop"] ${ends}`);
    }
  });

  it("is lost all the same where it does not come back: a restart explains no stop beforehand", () => {
    const rows = new MemoryRows();

    take(rows, aResponse(1, restart), aStop(2));
    tickAt(rows, noon + 62 * SECOND_MS);

    expect(states(rows)).toEqual(['["stop"] open']);
  });

  it("is back when it starts, also where the order was seen first", () => {
    const rows = new MemoryRows();

    take(rows, aResponse(1, restart), aStop(2), aStart(9));
    tickAt(rows, noon + 5 * MINUTE_MS);

    expect(states(rows)).toEqual(['["stop"] resolved']);
    expect(ending(rows)).toBe("explained_by_action");
  });
});

describe("responses and what they cause", () => {
  it("give the same rows for every way to cut a stretch in two", () => {
    const n = fc.integer({ min: 1, max: 40 });
    const groupKey = fc.constantFrom('["5712","003"]', '["echo"]');
    const target = fc.constantFrom("deploy", "eve");
    const order = fc.constantFrom("add" as const, "delete" as const);
    const causeN = fc.integer({ min: 1, max: 10 });
    const some = fc.oneof(
      fc.record({ n, groupKey }).map((of) => aKeptAlert(of.n, { match: { groupKey: of.groupKey } })),
      fc.record({ n, target, order, causeN, groupKey }).map((of) => aResponse(of.n, of)),
      fc.record({ n, order }).map((of) => aResponse(of.n, { ...restart, order: of.order })),
      fc.record({ n, target, groupKey }).map((of) => anEcho(of.n, { target: of.target, groupKey: of.groupKey })),
      fc.record({ n, groupKey }).map((of) => aStop(of.n, of.groupKey)),
      fc.record({ n, groupKey }).map((of) => aStart(of.n, of.groupKey)),
    );

    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), fc.nat(30), (drawn, cutAt) => {
        const alerts = drawn.map((alert, i) => ({
          ...alert,
          identity: { ...alert.identity, nativeId: `${i}` },
        }));
        const cut = Math.min(cutAt, alerts.length);
        const apart = new MemoryRows();
        take(apart, ...alerts.slice(0, cut));
        take(apart, ...alerts.slice(cut));
        const whole = new MemoryRows();
        take(whole, ...alerts);

        expect([whole.actions, whole.incidents, whole.works, whole.moments, whole.alerts]).toEqual([
          apart.actions,
          apart.incidents,
          apart.works,
          apart.moments,
          apart.alerts,
        ]);
        for (const key of new Set([...whole.actions.values()].map(({ target: of, program }) => `${program} ${of}`))) {
          const inForce = [...whole.actions.values()].filter(
            ({ target: of, program, state }) =>
              `${program} ${of}` === key && (state === "received" || state === "overdue"),
          );
          expect(inForce.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is told of as integratord would by a block of ossec.conf, while nobody else hears of it", () => {
    const tell = { low: ["chat"], medium: ["chat"], high: ["chat"], critical: ["chat"] };
    const block = aPolicy({ name: "ossec-slack", asIntegratord: true, tell });
    const by = { ...snapshot, policies: { ...snapshot.policies, "ossec-slack": block } };
    const both = (alert: KeptAlert): KeptAlert => {
      const groupKey = JSON.stringify([alert.identity.nativeId]);
      return { ...alert, matches: ["any", "ossec-slack"].map((policy) => ({ policy, groupKey, clears: false })) };
    };
    const rows = new MemoryRows();

    takeBy(by, rows, both(aResponse(1, { cause: null })), both(anEcho(2)));
    takeBy(by, rows, both(aStop(100)));

    expect([...rows.incidents.values()].map(({ policy, state }) => `${policy} ${state}`)).toEqual([
      "ossec-slack open",
      "ossec-slack open",
      "any pending",
      "ossec-slack open",
    ]);
    expect([...rows.actions.values()].map(({ state, explained }) => [state, explained])).toEqual([
      ["received", ["passwd"]],
      ["awaited", ["stop"]],
    ]);
  });
});
