import { describe, expect, it } from "vitest";
import { Desk } from "../../test/fixtures/desk.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { heldUntil, laneAfterHold, newLane } from "./lane.ts";
import type { Outcome } from "./outcome.ts";
import { DAY_MS, HOUR_MS } from "./time.ts";

describe("a destination that slows down one kind of step", () => {
  it("holds that kind for as long as it asked, and nothing else", () => {
    const desk = new Desk();
    const slowed: Outcome = {
      kind: "later",
      reason: "rate_limited",
      scope: "action",
      retryAfterMs: 90_000,
      evidence: "",
    };
    desk.settle(desk.begin(), slowed);

    expect(desk.lane).toMatchObject({ failures: 0, holdUntil: 0, actionHolds: { post: desk.now + 90_000 } });
    expect(heldUntil(desk.lane!, "post", desk.now)).toBe(desk.now + 90_000);
    expect(heldUntil(desk.lane!, "edit", desk.now)).toBeNull();
    expect(heldUntil(desk.lane!, "post", desk.now + 90_000)).toBeNull();
  });

  it("is not believed when a clock that was set back has it wait for more than a day", () => {
    const lane = laneAfterHold(newLane("chat"), "post", HOUR_MS, noon);
    expect(heldUntil(lane, "post", noon - 2 * DAY_MS)).toBeNull();
  });
});
