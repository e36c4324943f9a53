import { describe, expect, it } from "vitest";
import { ATTACKER, block, disable, factsOf, REGISTERED, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import { LIFT_GIVEN_UP_MS } from "./respond.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "./time.ts";

const stock = { ...disable, by: "wazuh" } as const;

describe("what the agent says", () => {
  it("of Wazuh's own script is that it got the order, and never more", () => {
    const rig = new ResponseRig({ respond: [stock] });
    rig.alert(1);
    rig.pass(SOON);
    rig.says(3, 1, "add");
    rig.pass(HOUR_MS);
    rig.says(3_700, 1, "delete");

    expect(rig.states).toEqual(["lifted"]);
    expect(rig.told).toEqual([
      "the agent got the order, whether it took effect can't be proven by Wazuh's own script: disable-account of deploy on web-01 (003), for 1 h",
      "the agent got the order to lift it: disable-account of deploy on web-01 (003)",
    ]);
  });

  it("counts only from the agent that got the order", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON);
    rig.says(3, 1, {}, "004");

    expect(rig.states).toEqual(["sent"]);
  });

  it("may come before the manager's answer", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON, { order: null });
    rig.says(2, 1, {});
    rig.decide({
      kind: "order_settled",
      response: 1,
      n: 1,
      outcome: { kind: "unknown", reason: "timeout", says: "no answer" },
    });

    expect(rig.states).toEqual(["verified"]);
    expect(rig.response(1).endsAt).toBe(rig.now + HOUR_MS);
  });

  it("that it refuses, or that it is not so, is not told as done; what is half done is taken back", () => {
    const rig = (line: Parameters<ResponseRig["says"]>[2]): readonly string[] => {
      const of = new ResponseRig();
      of.alert(1);
      of.pass(SOON);
      of.says(3, 1, line);
      return [...of.states, of.told.at(-1)!.split(",")[0]!];
    };

    expect(rig({ effect: "refused", why: "protected" })).toEqual(["failed", "could not be done"]);
    expect(rig({ effect: "no", why: "no_tool" })).toEqual(["failed", "could not be done"]);
    expect(rig({ effect: "no", why: "keys_left", found: { keys: "in_place" } })).toEqual([
      "lifting",
      "could not be done",
    ]);
    expect(rig("cannot")).toEqual(["failed", "could not be done"]);
  });

  it("that it was not done so far is made sure of, since the order may still be on its way", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON, { order: { kind: "unknown", reason: "timeout", says: "no answer" } });
    rig.pass(MINUTE_MS);
    rig.says(90, 1, { verb: "check", effect: "undone", why: "never_done" });
    const before = [...rig.states];
    rig.pass(SOON);
    rig.says(95, 1, { verb: "undo", effect: "undone", why: "never_done" });

    expect(rig.verbs).toEqual(["add", "check", "undo"]);
    expect([before, rig.states]).toEqual([["lifting"], ["failed"]]);
    expect(rig.told.at(-1)).toBe(
      "could not be done, the agent never carried it out: disable-account of deploy on web-01 (003)",
    );
  });

  it("that its script can do nothing is told once, and nothing once it is over", () => {
    const rig = new ResponseRig({ respond: [stock] });
    rig.alert(1);
    rig.pass(SOON);
    rig.says(3, 1, "add");
    rig.says(4, 1, "delete");
    rig.says(5, 1, "cannot");
    rig.says(6, 1, "cannot");

    expect(rig.states).toEqual(["lifted"]);
    expect(rig.told.filter((text) => text.startsWith("could not"))).toEqual([]);
  });

  it("is asked for every hour, and told where it is not so any more", () => {
    const rig = new ResponseRig({ respond: [{ ...disable, liftAfterMs: [DAY_MS] }] });
    rig.alert(1);
    rig.pass(SOON);
    rig.says(3, 1, {});
    rig.pass(HOUR_MS);
    rig.says(3_700, 1, { verb: "check", effect: "yes", why: "in_force" });
    rig.pass(HOUR_MS);
    rig.says(7_300, 1, { verb: "check", effect: "no", why: "password_open", found: { password: "open" } });

    expect(rig.verbs).toEqual(["add", "check", "check"]);
    expect(rig.told.at(-1)).toBe(
      "no longer in force, password open: password open: disable-account of deploy on web-01 (003)",
    );
    expect(rig.states).toEqual(["lifting"]);
  });
});

describe("the end", () => {
  function inForce(): ResponseRig {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON);
    rig.says(3, 1, {});
    return rig;
  }

  it("is ordered when its time is over, until the companion says that it is so", () => {
    const rig = inForce();
    rig.pass(HOUR_MS);
    rig.pass(2 * MINUTE_MS);
    rig.says(3_800, 1, { verb: "undo", effect: "undone", why: "restored" });
    rig.pass(DAY_MS);

    expect(rig.verbs).toEqual(["add", "undo", "undo"]);
    expect(rig.states).toEqual(["lifted"]);
    expect(rig.told.at(-1)).toBe(
      "lifted, and seen on the agent (all is as it was before): disable-account of deploy on web-01 (003)",
    );
  });

  it("is driven on for an agent that is away for days", () => {
    const rig = inForce();
    const away = factsOf({ isActive: false });
    rig.pass(HOUR_MS, { facts: away });
    for (let hour = 0; hour < 72; hour += 1) rig.pass(HOUR_MS, { facts: away });
    const before = rig.states;
    rig.pass(HOUR_MS);
    rig.says(270_000, 1, { verb: "undo", effect: "undone", why: "restored" });

    expect([before, rig.states]).toEqual([["lifting"], ["lifted"]]);
    expect(rig.told.filter((text) => text.startsWith("not lifted yet"))).toHaveLength(1);
  });

  it("that never comes is a dead letter with the command for a person, who may say that it is done", () => {
    const rig = inForce();
    rig.pass(HOUR_MS, { facts: factsOf({ isActive: false }) });
    rig.pass(LIFT_GIVEN_UP_MS + DAY_MS);

    expect(rig.states).toEqual(["dead"]);
    expect(rig.told.at(-1)).toContain("By hand: passwd -u 'deploy' && chage -E -1 'deploy'");
    expect(rig.command({ kind: "lift_response", response: 1, isDone: true })).toBeNull();
    expect(rig.states).toEqual(["lifted"]);
    expect(rig.told.at(-1)).toBe("lifted by hand, says ana: disable-account of deploy on web-01 (003)");
  });

  it.each([
    ["was registered anew", factsOf({}, { registeredAt: REGISTERED + DAY_MS })],
    ["is gone", { kind: "gone", says: "no such agent" } as const],
  ])("can't be ordered of an agent that %s", (_how, facts) => {
    const rig = inForce();
    rig.pass(HOUR_MS, { facts });

    expect(rig.states).toEqual(["dead"]);
    expect(rig.verbs).toEqual(["add"]);
  });

  it("comes although no policy responds any more, responses are stopped, or the database was put back", () => {
    const rig = inForce();
    rig.command({ kind: "stop_responses", why: null });
    const { guardrails: _, ...without } = rig.snapshot;
    rig.snapshot = { ...without, policies: {} };
    rig.restoredAt = rig.now;
    rig.pass(HOUR_MS);

    expect(rig.verbs).toEqual(["add", "undo"]);
  });

  it("comes in its time where the clock was set back by days", () => {
    const rig = inForce();
    rig.now -= 5 * DAY_MS;
    rig.pass(SOON);
    rig.pass(HOUR_MS);

    expect(rig.verbs.at(-1)).toBe("undo");
  });

  it("of Wazuh's own that is not seen is a dead letter, and one that comes early is told as such", () => {
    const late = new ResponseRig({ respond: [block] });
    late.alert(1);
    late.pass(SOON);
    late.says(3, 1, "add");
    late.pass(10 * MINUTE_MS);
    late.pass(6 * MINUTE_MS);
    const early = new ResponseRig({ respond: [block] });
    early.alert(1);
    early.pass(SOON);
    early.says(3, 1, "add");
    early.says(30, 1, "delete");

    expect([late.states, early.states]).toEqual([["dead"], ["lifted"]]);
    expect(late.told.at(-1)).toContain(`By hand: iptables -D INPUT -s '${ATTACKER}' -j DROP`);
    expect(early.told.at(-1)).toContain("before its time");
  });

  it("is not believed of a companion that knows nothing of what was seen there", () => {
    const rig = inForce();
    rig.pass(HOUR_MS);
    rig.says(3_700, 1, { verb: "undo", effect: "undone", why: "never_done" });

    expect(rig.states).toEqual(["dead"]);
    expect(rig.told.at(-1)).toContain("the companion there knows nothing of it");
  });

  it("is a person's to bring forward", () => {
    const rig = inForce();
    expect(rig.command({ kind: "lift_response", response: 1, isDone: false })).toBeNull();
    rig.pass(SOON);

    expect(rig.verbs).toEqual(["add", "undo"]);
  });
});
