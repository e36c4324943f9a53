import { describe, expect, it } from "vitest";
import { Desk } from "../../test/fixtures/desk.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";

describe("the first turn after a death", () => {
  it("makes the calls that were in flight unknown", () => {
    const desk = new Desk();
    desk.begin();

    desk.decide({ kind: "recover", destinations: ["chat"] });

    expect(desk.work).toMatchObject({ state: "unknown", reason: "engine_died", lostSince: noon });
    expect([...desk.rows.attempts.values()]).toMatchObject([{ outcome: "unknown", endedAt: noon }]);
  });

  it("shows work for a destination that is gone as a dead letter", () => {
    const desk = new Desk();

    desk.decide({ kind: "recover", destinations: ["other"] });

    expect(desk.work).toMatchObject({ state: "dead", reason: "destination_removed" });
  });

  it("lets that work go on when the destination is configured again", () => {
    const desk = new Desk();
    desk.decide({ kind: "recover", destinations: ["other"] });

    desk.decide({ kind: "recover", destinations: ["chat"] });

    expect(desk.work).toMatchObject({ state: "ready", dueAt: noon });
  });
});
