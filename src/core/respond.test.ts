import { describe, expect, it } from "vitest";
import { ATTACKER, block, disable, factsOf, railsOf, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import { BEGIN_WITHIN_MS } from "./respond.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

const stock = { ...disable, by: "wazuh" } as const;

describe("where the mode is to observe", () => {
  it("says what would be done, and sends nothing", () => {
    const rig = new ResponseRig({ rails: railsOf({ mode: "observe" }) });
    rig.alert(1);
    rig.pass(SOON);
    rig.pass(DAY_MS);

    expect(rig.states).toEqual(["advised"]);
    expect(rig.told).toEqual([
      "would be done, and is not (guardrails.mode: observe): disable-account of deploy on web-01 (003), for 1 h",
    ]);
    expect(rig.orders).toEqual([]);
  });

  it("says so at once where there is no API to ask", () => {
    const rig = new ResponseRig({ rails: railsOf({ mode: "observe" }, false) });
    rig.alert(1);

    expect(rig.told).toEqual([
      "would be done, and is not (guardrails.mode: observe); without wazuh.api nobody could be asked about the agent: disable-account of deploy on web-01 (003), for 1 h",
    ]);
  });

  it("says why it would not be done", () => {
    const rig = new ResponseRig({ rails: railsOf({ mode: "observe" }) });
    rig.alert(1, "root");

    expect(rig.told).toEqual(["not done, guardrails protect root: disable-account of root on web-01 (003)"]);
  });

  it("plans once for a target of an incident, however many alerts join", () => {
    const rig = new ResponseRig({ rails: railsOf({ mode: "observe" }, false) });
    for (let n = 1; n <= 20; n += 1) rig.alert(n);
    rig.alert(21, "alice");

    expect(rig.states).toEqual(["advised", "advised"]);
  });
});

describe("who was taken, and who was only attacked", () => {
  const careful = { ...disable, onlyIf: "account_taken" } as const;

  it("refuses to lock who was only attacked, and proposes to block the attacker", () => {
    const rig = new ResponseRig({ respond: [careful] });
    rig.alert(1);

    expect(rig.states).toEqual(["refused no_evidence"]);
    expect(rig.told).toEqual([
      `not done, nobody was seen to get in as it: it is the account that was attacked: disable-account of deploy on web-01 (003). Proposed instead: block-ip of ${ATTACKER}`,
    ]);
  });

  it("locks it once somebody got in as it, from where the failures came", () => {
    const rig = new ResponseRig({ respond: [careful] });
    rig.alert(1);
    rig.login(60, "deploy");
    rig.pass(SOON);

    expect(rig.states).toEqual(["refused no_evidence", "sent"]);
    expect(rig.response(2).because).toBe(`somebody got in as it from ${ATTACKER} after the failures from there`);
  });

  it.each([
    ["from elsewhere", (rig: ResponseRig) => rig.login(60, "deploy", "203.0.113.77")],
    ["on another agent", (rig: ResponseRig) => rig.login(60, "deploy", ATTACKER, "004")],
    ["as another", (rig: ResponseRig) => rig.login(60, "alice")],
    ["hours later", (rig: ResponseRig) => rig.login(3 * 3_600, "deploy")],
  ])("does not where somebody got in %s", (_where, login) => {
    const rig = new ResponseRig({ respond: [careful] });
    rig.alert(1);
    login(rig);

    expect(rig.states.filter((state) => state !== "refused no_evidence")).toEqual([]);
  });

  it("does not where the account has come from there before: the failures may be its owner's", () => {
    const rig = new ResponseRig({ respond: [careful] });
    rig.login(1, "deploy");
    rig.alert(10);
    rig.login(20, "deploy");

    expect(rig.states).toEqual(["refused no_evidence"]);
  });

  it("does not where many log in from that address", () => {
    const rig = new ResponseRig({ respond: [careful] });
    rig.alert(1);
    for (const [i, user] of ["alice", "bob", "deploy"].entries()) rig.login(20 + i, user);

    expect(rig.states).toEqual(["refused no_evidence"]);
  });

  it("locks the account on the host itself that is at it, and not the one that it is at", () => {
    const local = { kind: "failed", address: null, localUser: "mallory" } as const;
    const attacker = new ResponseRig({ respond: [careful] });
    attacker.alert(1, "mallory", { suspect: { ...local, user: "alice" } });
    const victim = new ResponseRig({ respond: [careful] });
    victim.alert(1, "alice", { suspect: { ...local, user: "alice" } });

    expect([attacker.states, victim.states]).toEqual([["planned"], ["refused no_evidence"]]);
  });

  it("always: whoever was attacked, as the original has it", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON);

    expect(rig.states).toEqual(["sent"]);
  });
});

describe("an order", () => {
  it("goes to one agent, with a token, by the companion's contract", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON);

    expect(rig.orders).toEqual([
      {
        response: 1,
        n: 1,
        verb: "add",
        agentId: "003",
        what: {
          kind: "command",
          command: "riposte-disable-account0",
          alert: {
            data: { dstuser: "deploy", riposte: { v: 1, token: "token-1-of-the-rig", verb: "add", seconds: 3_600 } },
          },
        },
      },
    ]);
  });

  it("of Wazuh's own script is by the name that has its time", () => {
    const commands = ["linux", "windows", "macos"].map((platform) => {
      const rig = new ResponseRig({ respond: [block] });
      rig.alert(1);
      rig.pass(SOON, { facts: factsOf({}, { platform: platform as "linux" }) });
      const { what } = rig.orders[0]!;
      return what.kind === "command" ? what.command : what.kind;
    });

    expect(commands).toEqual(["firewall-drop600", "netsh600", "pf600"]);
  });

  it("of the companion is by a name of its own where the agent runs Windows", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON, { facts: factsOf({}, { platform: "windows" }) });

    expect(rig.orders[0]?.what).toMatchObject({ command: "riposte-disable-account-win0" });
  });

  it("that was passed on and not answered is said after ten seconds, and after ten minutes that nobody knows", () => {
    const rig = new ResponseRig({ respond: [stock] });
    rig.alert(1);
    rig.pass(SOON);
    const sent = rig.states;
    rig.pass(10 * SECOND_MS);
    rig.pass(10 * MINUTE_MS);

    expect([sent, rig.states]).toEqual([["sent"], ["unknown"]]);
    expect(rig.told.map((text) => text.split(":")[0])).toEqual([
      "ordered, and the agent has not answered yet",
      "not known whether it was done, look on the agent",
    ]);
    expect(rig.verbs).toEqual(["add"]);
  });

  it("that may have arrived is never sent again: the companion is asked", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON, { order: { kind: "unknown", reason: "timeout", says: "no answer" } });
    rig.pass(MINUTE_MS);
    rig.says(90, 1, { verb: "check", effect: "yes", why: "in_force", found: { password: "locked" } });

    expect(rig.verbs).toEqual(["add", "check"]);
    expect(rig.states).toEqual(["verified"]);
    expect(rig.told.at(-1)).toBe(
      "done, and seen on the agent (password locked): disable-account of deploy on web-01 (003), for 1 h",
    );
  });

  it("of Wazuh's own script that may have arrived is never sent again, whatever happens", () => {
    const rig = new ResponseRig({ respond: [stock] });
    rig.alert(1);
    rig.pass(SOON, { order: { kind: "unknown", reason: "timeout", says: "no answer" } });
    for (let hour = 0; hour < 30; hour += 1) rig.pass(HOUR_MS);

    expect(rig.verbs).toEqual(["add"]);
    expect(rig.states).toEqual(["dead"]);
    expect(rig.told.at(-1)).toContain("By hand: passwd -u 'deploy'");
  });

  it("that Riposte's own end cut off may have arrived", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON, { order: null });
    rig.pass(2 * MINUTE_MS);

    expect(rig.states).toEqual(["unknown"]);
    expect(rig.verbs).toEqual(["add"]);
  });

  it("that is refused for good has failed, and says why", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON, { order: { kind: "refused", says: "there is no such command" } });

    expect(rig.states).toEqual(["failed"]);
    expect(rig.told).toEqual([
      "could not be done, there is no such command: disable-account of deploy on web-01 (003)",
    ]);
  });

  it("for an agent that is away waits ten minutes and no longer", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    const facts = factsOf({ isActive: false });
    for (let passed = 0; passed <= 2 * BEGIN_WITHIN_MS; passed += MINUTE_MS) rig.pass(MINUTE_MS, { facts });

    expect(rig.states).toEqual(["refused too_late"]);
    expect(rig.told).toEqual(["not done, the agent is not connected: disable-account of deploy on web-01 (003)"]);
    expect(rig.orders).toEqual([]);
  });

  it("goes out a little later where the API could not be asked at once", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON, { facts: { kind: "later", reason: "timeout", says: "the API is away" } });
    rig.pass(SOON, { order: { kind: "later", reason: "rate_limited", says: "slow down" } });
    rig.pass(MINUTE_MS, { order: { kind: "later", reason: "rate_limited", says: "slow down" } });
    rig.pass(MINUTE_MS);

    expect(rig.states).toEqual(["sent"]);
  });

  it("is not begun twice for the same, and is again once the first is over", () => {
    const rig = new ResponseRig({ respond: [block] });
    rig.alert(1);
    rig.pass(SOON);
    rig.alert(2, "deploy", { match: { groupKey: '["other"]' } } as never);
    rig.says(3, 1, "add");
    rig.pass(11 * MINUTE_MS);
    rig.says(700, 1, "delete");
    rig.command({ kind: "resolve", incident: 1, note: null });
    rig.alert(800);
    rig.pass(SOON);

    expect(rig.states).toEqual(["lifted", "sent"]);
    expect(rig.response(2).liftAfterMs).toBe(HOUR_MS);
  });

  it("is not sent where the policy does not list it any more, the mode was changed or the database put back", () => {
    const changes: ((rig: ResponseRig) => void)[] = [
      (rig) => (rig.snapshot = { ...rig.snapshot, policies: {} }),
      (rig) => (rig.snapshot = new ResponseRig({ respond: [stock] }).snapshot),
      (rig) => (rig.snapshot = { ...rig.snapshot, guardrails: railsOf({ mode: "observe" }) }),
      (rig) => (rig.restoredAt = rig.now + SECOND_MS),
      (rig) => rig.command({ kind: "stop_responses", why: "drill" }),
    ];
    const ends = changes.map((change) => {
      const rig = new ResponseRig();
      rig.alert(1);
      change(rig);
      rig.pass(SOON);
      return [rig.states[0], rig.orders.length];
    });

    expect(ends).toEqual([
      ["refused not_listed", 0],
      ["refused not_listed", 0],
      ["refused drifted", 0],
      ["refused restored", 0],
      ["refused stopped", 0],
    ]);
  });
});
