import { describe, expect, it } from "vitest";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { isListable } from "./budget.ts";
import { Desk, done, unknown } from "../../test/fixtures/desk.ts";

describe("when a destination leaves the config", () => {
  it("what waits for it becomes a dead letter with that reason, and goes on when it is back", () => {
    const desk = new Desk();

    expect(desk.decide({ kind: "rebind", destinations: [] })).toMatchObject({ more: true });
    expect(desk.work).toMatchObject({ state: "dead", reason: "destination_removed" });
    expect(desk.decide({ kind: "rebind", destinations: [] })).toMatchObject({ woken: [], more: false });

    expect(desk.decide({ kind: "rebind", destinations: ["chat"] })).toMatchObject({ woken: ["chat"] });
    expect(desk.work).toMatchObject({ state: "ready", reason: "destination_removed", tries: 0 });
  });

  it("what was only listed there is a dead letter as well, and has its turn again when it is back", () => {
    const desk = new Desk();
    desk.beginAll([{ incident: 1, revision: 1, what: { kind: "list", evidence: "over" } }]);
    expect(desk.work).toMatchObject({ state: "listed", reason: "over_budget" });

    desk.decide({ kind: "rebind", destinations: [] });
    expect(desk.work).toMatchObject({ state: "dead", reason: "destination_removed" });
    desk.decide({ kind: "rebind", destinations: ["chat"] });

    expect(desk.work).toMatchObject({ state: "ready", reason: "destination_removed" });
    expect(isListable(desk.rows.incidents.get(1)!, desk.work!)).toBe(true);
  });

  it("what was only listed there and ends while it is away is not told when it is back", () => {
    const desk = new Desk();
    desk.beginAll([{ incident: 1, revision: 1, what: { kind: "list", evidence: "over" } }]);
    desk.leave();
    desk.decide({ kind: "rebind", destinations: [] });
    expect(desk.work).toMatchObject({ state: "dead", reason: "destination_removed" });

    desk.decide({ kind: "command", who: "ana", command: { kind: "resolve", incident: 1, note: null } });
    expect(desk.work).toBeUndefined();
    desk.comeBack();

    expect(desk.decide({ kind: "rebind", destinations: ["chat"] })).toMatchObject({ woken: [] });
  });

  it("what had its turn before it and ends while it is away is told when it is back, late as it is", () => {
    const desk = new Desk();
    desk.leave();
    desk.decide({ kind: "rebind", destinations: [] });

    desk.decide({ kind: "command", who: "ana", command: { kind: "resolve", incident: 1, note: null } });
    desk.comeBack();

    expect(desk.decide({ kind: "rebind", destinations: ["chat"] })).toMatchObject({ woken: ["chat"] });
    expect(desk.work).toMatchObject({ state: "ready" });
  });

  it("a call that is on its way keeps its attempt until its outcome is in", () => {
    const desk = new Desk();
    const attempt = desk.begin();

    desk.decide({ kind: "rebind", destinations: [] });

    expect(desk.work).toMatchObject({ state: "sending", attempt });
  });

  it("what its last call completed is done with, and what that left undone is a dead letter", () => {
    const complete = new Desk();
    complete.forgetDestination();
    complete.settle(complete.begun, done);
    expect(complete.work).toBeUndefined();
    expect(complete.receipt).toMatchObject({ steps: 1 });

    const lost = new Desk();
    lost.forgetDestination();
    lost.settle(lost.begun, unknown);
    expect(lost.work).toMatchObject({ state: "dead", reason: "destination_removed", lostSince: noon });
  });

  it("who was told is owed the news of that time, and gets it when he is back", () => {
    const desk = new Desk();
    desk.settle(desk.begin(), done);
    expect(desk.work).toBeUndefined();
    desk.leave();
    desk.decide({ kind: "rebind", destinations: [] });

    desk.decide({ kind: "command", who: "ana", command: { kind: "resolve", incident: 1, note: null } });
    expect(desk.work).toMatchObject({ state: "dead", reason: "destination_removed" });
    desk.comeBack();
    expect(desk.decide({ kind: "rebind", destinations: ["chat"] })).toMatchObject({ woken: ["chat"] });
    expect(desk.work).toMatchObject({ state: "ready", wanted: 2 });
  });

  it("a step that may have arrived is still one that may have when the destination is back", () => {
    const desk = new Desk();
    desk.settle(desk.begin(), unknown);

    desk.decide({ kind: "rebind", destinations: [] });
    expect(desk.work).toMatchObject({ state: "dead", lostSince: noon });
    desk.decide({ kind: "rebind", destinations: ["chat"] });

    expect(desk.work).toMatchObject({ state: "unknown", lostSince: noon });
  });
});
