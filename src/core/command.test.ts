import { describe, expect, it } from "vitest";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { Desk, unknown } from "../../test/fixtures/desk.ts";
import { playbookFrom } from "../../test/fixtures/playbooks.ts";
import type { Command } from "./input.ts";

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

  it("what was refused, ticked off, assigned and silenced is evidence of the incident, for a decision of its response", () => {
    const desk = new Desk(
      {},
      { playbook: "p" },
      { playbooks: { p: playbookFrom("---\ntitle: T\n---\n\n1. Ask.\n", "p") } },
    );
    const ask = (command: Command): void => void desk.decide({ kind: "command", who: "ana", command });
    const of = { comment: "known", condition: { kind: "always" }, written: "{}", endsAt: desk.now + 60_000 } as const;
    ask({ kind: "turned_away", incident: 1, response: 3, wanted: "approve R3", why: "you may not" });
    ask({ kind: "turned_away", incident: 77, wanted: "resolve", why: "there is no incident #77" });
    ask({ kind: "tick_step", incident: 1, step: 1, print: null, isDone: true });
    ask({ kind: "tick_step", incident: 1, step: 1, print: null, isDone: false });
    ask({ kind: "assign", incident: 1, to: "ben" });
    const silence = (): number => {
      const asked: Command = { kind: "add_silence", incident: 1, ...of };
      return desk.decide({ kind: "command", who: "ana", command: asked }).silence ?? 0;
    };
    ask({ kind: "lift_silence", incident: 1, silences: [silence()] });
    ask({ kind: "expire_silence", silence: silence() });

    expect(desk.rows.audit.map(({ what, incident, response }) => [what, incident ?? null, response ?? null])).toEqual([
      ["turned_away", 1, 3],
      ["turned_away", null, null],
      ["tick_step", 1, null],
      ["untick_step", 1, null],
      ["assign", 1, null],
      ["add_silence", 1, null],
      ["lift_silence", 1, null],
      ["add_silence", 1, null],
      ["expire_silence", 1, null],
    ]);
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
