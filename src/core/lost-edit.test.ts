import { describe, expect, it } from "vitest";
import { Desk, done } from "../../test/fixtures/desk.ts";
import { aKeptAlert, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import type { Outcome } from "./outcome.ts";
import { SECOND_MS } from "./time.ts";

describe("an edit whose answer was lost", () => {
  const lost: Outcome = { kind: "unknown", reason: "timeout", retryAfterMs: null, evidence: "" };

  it("is made again soon, and once more when the lost one can no longer land over it", () => {
    const desk = new Desk();
    desk.settle(desk.begin({ safeToRepeat: true }), lost);
    expect(desk.work).toMatchObject({ state: "ready", lostSince: null, mayLandUntil: noon + 60 * SECOND_MS });

    desk.now = desk.work!.dueAt;
    desk.settle(desk.begin({ safeToRepeat: true }), done);
    expect(desk.receipt?.headDigest).toBe("d");
    expect(desk.work).toMatchObject({ state: "ready", dueAt: noon + 60 * SECOND_MS });

    desk.now = desk.work!.dueAt;
    desk.settle(desk.begin({ safeToRepeat: true }), done);
    expect(desk.receipt?.headDigest).toBe("d");
    expect(desk.work).toBeUndefined();
  });

  it("is made sure of by what began once it could no longer land, not by what ended then", () => {
    const desk = new Desk();
    desk.settle(desk.begin({ safeToRepeat: true }), lost);
    desk.now = noon + 59 * SECOND_MS;
    const early = desk.begin({ safeToRepeat: true });

    desk.now = noon + 61 * SECOND_MS;
    desk.settle(early, done);
    expect(desk.work).toMatchObject({ state: "ready", dueAt: desk.now, mayLandUntil: noon + 60 * SECOND_MS });

    desk.settle(desk.begin({ safeToRepeat: true }), done);
    expect(desk.work).toBeUndefined();
  });

  it("with nothing to say until then waits for that", () => {
    const desk = new Desk();
    desk.settle(desk.begin({ safeToRepeat: true }), lost);
    desk.now = desk.work!.dueAt;
    desk.beginAll([{ incident: 1, revision: 1, what: { kind: "satisfied" } }]);

    expect(desk.work).toMatchObject({ state: "ready", dueAt: noon + 60 * SECOND_MS });
  });

  it("holds up no news while it may still land", () => {
    const desk = new Desk();
    desk.settle(desk.begin({ safeToRepeat: true }), lost);
    desk.now = desk.work!.dueAt;
    desk.settle(desk.begin({ safeToRepeat: true }), done);

    desk.decide(aStretch([aKeptAlert(2, { level: 15 })]));

    expect(desk.work).toMatchObject({ dueAt: desk.now, mayLandUntil: noon + 60 * SECOND_MS });
  });
});
