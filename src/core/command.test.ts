import { describe, expect, it } from "vitest";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { Desk, unknown } from "../../test/fixtures/desk.ts";

describe("what people ask for", () => {
  it("a dead letter that is tried again is due at once, and keeps its doubt", () => {
    const desk = new Desk();
    desk.settle(desk.begin(), unknown);
    const drop = { kind: "drop_work", incident: 1, destination: "chat" } as const;
    desk.decide({ kind: "command", who: "ana", command: drop });
    expect(desk.work).toMatchObject({ state: "dead", reason: "dropped_by_person" });

    desk.decide({ kind: "command", who: "ana", command: { ...drop, kind: "retry_work" } });

    expect(desk.work).toMatchObject({ state: "unknown", lostSince: noon, dueAt: desk.now });
    expect(desk.rows.audit).toMatchObject([
      { who: "ana", what: "drop_work", about: "#1 chat" },
      { who: "ana", what: "retry_work", about: "#1 chat" },
    ]);
  });

  it("a call that may still show up is not hurried: trying it again is refused until it has had its time", () => {
    const desk = new Desk();
    desk.settle(desk.begin(), unknown);
    const before = desk.work;

    const retry = { kind: "retry_work", incident: 1, destination: "chat" } as const;
    const { refused } = desk.decide({ kind: "command", who: "ana", command: retry });

    expect(refused).toMatch(/may have arrived/);
    expect(desk.work).toEqual(before);
  });

  it("resolving twice is refused with the state, and nothing is written", () => {
    const desk = new Desk();
    const resolve = { kind: "command", who: "ana", command: { kind: "resolve", incident: 1, note: null } } as const;
    desk.decide(resolve);

    const again = desk.decide(resolve);

    expect(again.refused).toBe("incident #1 is resolved");
    expect(desk.rows.audit).toHaveLength(1);
  });

  it("work of a destination that is not configured can't be tried again, and the answer says why", () => {
    const desk = new Desk();
    desk.decide({ kind: "recover", destinations: [] });
    const retry = { kind: "retry_work", incident: 1, destination: "gone" } as const;

    expect(desk.decide({ kind: "command", who: "ana", command: retry }).refused).toMatch(/not in the config/);
    expect(
      desk.decide({ kind: "command", who: "ana", command: { kind: "retry_dead", destination: "gone" } }).refused,
    ).toMatch(/not in the config/);
  });
});
