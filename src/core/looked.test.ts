import { describe, expect, it } from "vitest";
import { Desk, unknown } from "../../test/fixtures/desk.ts";
import type { Look } from "./outcome.ts";

describe("what a look says of the destination", () => {
  it("a look that finds nothing has found a destination that is there, and not that it takes what is new", () => {
    const desk = new Desk();
    const attempt = desk.begin();
    desk.settle(attempt, unknown);
    expect(desk.lane?.failures).toBe(1);

    const look = { kind: "absent", evidence: "" } as const;
    desk.decide({ kind: "looked", destination: "chat", incident: 1, attempt, beganAt: desk.now, look });

    expect(desk.lane).toMatchObject({ failures: 1, lastDoneAt: desk.now });
  });

  it("a look that the other side slows down holds up the other looks, and no calls", () => {
    const desk = new Desk();
    const attempt = desk.begin();
    desk.settle(attempt, unknown);
    const holdUntil = desk.lane?.holdUntil;

    const look: Look = {
      kind: "later",
      reason: "rate_limited",
      scope: "action",
      retryAfterMs: 9_000,
      evidence: "",
    };
    desk.decide({ kind: "looked", destination: "chat", incident: 1, attempt, beganAt: desk.now, look });

    expect(desk.lane).toMatchObject({ holdUntil, actionHolds: { look: desk.now + 9_000 } });
  });
});
