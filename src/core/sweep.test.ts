import { describe, expect, it } from "vitest";
import { Desk, done, unknown } from "../../test/fixtures/desk.ts";
import type { Look } from "./outcome.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

const SETTLE_MS = 30 * SECOND_MS;
const SWEEP_MS = 6 * HOUR_MS;

describe("a step that was done again", () => {
  it("is watched for a second copy, often at first and ever less, until the time for it is over", () => {
    const desk = repeated();
    const arrivedAt = desk.now;
    expect(desk.work).toMatchObject({ state: "watched", dueAt: arrivedAt + SETTLE_MS });

    const waits: number[] = [];
    while (desk.work !== undefined) {
      waits.push(desk.work.dueAt - desk.now);
      desk.now = desk.work.dueAt;
      sweep(desk, found());
    }
    expect(waits.slice(0, 4)).toEqual([SETTLE_MS, SETTLE_MS, 2 * SETTLE_MS, 4 * SETTLE_MS]);
    expect(Math.max(...waits)).toBe(HOUR_MS);
    expect(desk.now).toBe(arrivedAt + SWEEP_MS);
  });

  it("is not watched where nothing can be found", () => {
    expect(repeated({ finds: false }).work).toBeUndefined();
  });

  it("once a second copy turns up, the incident says so and there is a twin to put away", () => {
    const desk = repeated();
    desk.now = desk.work!.dueAt;
    sweep(desk, found("K-1", ["K-2"]));

    expect(desk.receipt).toMatchObject({ remote: { anchor: "K-1" }, twins: ["K-2"], momentsTold: 1 });
    expect(desk.work).toMatchObject({ state: "ready", dueAt: desk.now });
    expect([...desk.rows.moments.values()].at(-1)).toMatchObject({ kind: "note", by: "riposte" });
    expect([...desk.rows.moments.values()].at(-1)?.text).toContain("chat had it 2 times");
  });

  it("the older copy stays, and what the newer one was told is told to it as well", () => {
    const desk = repeated();
    desk.decide({ kind: "command", who: "ana", command: { kind: "acknowledge", incident: 1 } });
    desk.settle(desk.begin({ momentsTold: 2 }), done);
    expect(desk.receipt).toMatchObject({ momentsTold: 2, headDigest: "d" });

    desk.now = desk.work!.dueAt;
    sweep(desk, found("K-0", ["K-1"]));

    expect(desk.receipt).toMatchObject({ remote: { anchor: "K-0" }, twins: ["K-1"], momentsTold: 1, headDigest: null });
  });

  it("a copy that is already known is not a new one", () => {
    const desk = repeated();
    desk.now = desk.work!.dueAt;
    sweep(desk, found("K-1", ["K-2"]));
    const { size } = desk.rows.moments;
    sweep(desk, found("K-1", ["K-2"]));

    expect(desk.receipt?.twins).toEqual(["K-2"]);
    expect(desk.rows.moments).toHaveProperty("size", size);
  });

  it("a look that could not be made is made again, also after the time for it is over", () => {
    const desk = repeated();
    desk.now += SWEEP_MS + MINUTE_MS;
    const later = { kind: "later", reason: "server_error", retryAfterMs: null, evidence: "" } as const;
    sweep(desk, { ...later, scope: "destination" });

    expect(desk.work).toMatchObject({ state: "watched", attempt: null });
    expect(desk.lane).toMatchObject({ failures: 1 });
  });

  it("news in the meantime is told at once, and the watch goes on afterwards", () => {
    const desk = repeated();
    const [watch] = desk.work!.sweeps;
    const told = desk.decide({ kind: "command", who: "ana", command: { kind: "acknowledge", incident: 1 } });
    expect(told.woken).toEqual(["chat"]);
    expect(desk.work).toMatchObject({ state: "ready", dueAt: desk.now });

    desk.settle(desk.begin({ momentsTold: 2 }), done);
    expect(desk.work).toMatchObject({ state: "watched", sweeps: [watch] });
  });

  it("a sweep under way holds the row until it ends or its lease is over", () => {
    const desk = repeated();
    desk.now = desk.work!.dueAt;
    const { attempt } = desk.work!.sweeps[0]!;
    const what = { kind: "sweep", attempt, leaseMs: 30_000 } as const;
    expect(desk.beginAll([{ incident: 1, revision: 99, what }])).toEqual([attempt]);
    expect(desk.work).toMatchObject({ state: "watched", attempt, dueAt: desk.now + 30_000 });
  });
});

function repeated(of: { finds?: boolean } = {}): Desk {
  const desk = new Desk({ finds: of.finds ?? true, sweepMs: SWEEP_MS });
  desk.settle(desk.begin(), unknown);
  desk.now = desk.work!.dueAt;
  desk.settle(desk.begin(), done);
  return desk;
}

function found(anchor = "K-1", others: readonly string[] = []): Look {
  return { kind: "found", remote: { anchor, url: null }, others, evidence: "by its mark" };
}

function sweep(desk: Desk, look: Look): void {
  const { step, attempt } = desk.work!.sweeps[0]!;
  desk.decide({ kind: "swept", destination: "chat", incident: 1, step, attempt, beganAt: desk.now, look });
}
