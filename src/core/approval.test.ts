import { describe, expect, it } from "vitest";
import { disable, factsOf, railsOf, REGISTERED, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import { DAY_MS, MINUTE_MS } from "./time.ts";

const people = { people: ["ana", "ben"] };

function held(shape: Parameters<typeof railsOf>[0] = {}): ResponseRig {
  const rig = new ResponseRig({ rails: railsOf({ mode: "approve", approvers: people, ...shape }) });
  rig.alert(1);
  rig.pass(SOON);
  return rig;
}

function approve(rig: ResponseRig, who = "ana", digest: string | null = rig.response(1).digest): string | null {
  return rig.command({ kind: "approve_response", response: 1, digest: digest ?? "" }, who);
}

describe("an approval", () => {
  it("is waited for and said, and what it is of is done then", () => {
    const rig = held();
    const before = [...rig.told];
    const refused = approve(rig);
    rig.pass(SOON);

    expect(before).toEqual([
      "waits for approval within 30 min (riposte responses approve 1): disable-account of deploy on web-01 (003), for 1 h",
    ]);
    expect(refused).toBeNull();
    expect(rig.states).toEqual(["sent"]);
    const about = "R1 of #1: disable-account of deploy on web-01 (003)";
    expect(rig.rows.audit.map(({ who, what, about: of }) => [who, what, of])).toEqual([
      ["policy any", "response_planned", about],
      ["policy any", "response_held", about],
      ["policy any", "response_allowed", about],
      ["ana", "approve_response", `R1 ${rig.response(1).digest}`],
      ["policy any", "respond", about],
      ["policy any", "response_sent", about],
    ]);
    expect(rig.rows.audit.every(({ incident, response }) => incident === 1 && response === 1)).toBe(true);
  });

  it("not given in time is a no", () => {
    const rig = held();
    const { digest } = rig.response(1);
    rig.now += 30 * MINUTE_MS;
    const late = approve(rig, "ana", digest);
    rig.pass(SOON);

    expect(late).toBe("R1 was not approved in time, which is a no");
    expect(rig.states).toEqual(["refused expired"]);
    expect(rig.orders).toEqual([]);
  });

  it.each([
    ["of another thing", "ben", "0123456789abcdef", "R1 is not what was shown any more: look at it again"],
    ["of somebody who may not", "eve", undefined, "eve is not among guardrails.approvers"],
  ])("%s is none", (_what, who, digest, why) => {
    const rig = held();

    expect(approve(rig, who, digest)).toBe(why);
    expect(rig.states).toEqual(["held"]);
    expect(rig.rows.audit.slice(2)).toMatchObject([
      { who, what: "approval_refused", about: `R1: ${why}`, response: 1 },
    ]);
  });

  it("can't be given by who asked, and not by who it is done to", () => {
    const asked = held();
    asked.rows.responses.set(1, { ...asked.response(1), requestedBy: "ana" });
    const target = held();
    target.rows.responses.set(1, { ...target.response(1), target: { kind: "user", name: String.raw`CORP\ANA` } });

    expect(approve(asked)).toBe("who asked for it can't approve it");
    expect(approve(target)).toBe("who it is done to can't approve it");
  });

  it("given twice by one person is one, where four eyes are needed", () => {
    const rig = held({ approvers: { ...people, four_eyes: ["disable-account"] } });
    const given = [approve(rig, "ana"), approve(rig, "ana")];
    const between = rig.states;
    given.push(approve(rig, "ben"));
    rig.pass(SOON);

    expect(given).toEqual([null, "ana has approved it already: it takes somebody else", null]);
    expect([between, rig.states]).toEqual([["held"], ["sent"]]);
  });

  it("of who may not approve any more is none, neither among four eyes nor once it was enough", () => {
    const rails = (who: string[], eyes: object = {}) =>
      railsOf({ mode: "approve", approvers: { people: who, ...eyes } });
    const eyes = { four_eyes: ["disable-account" as const] };
    const counted = held({ approvers: { ...people, ...eyes } });
    approve(counted, "ana");
    counted.snapshot = { ...counted.snapshot, guardrails: rails(["ben", "cleo"], eyes) };
    approve(counted, "ben");
    const one = counted.states;
    approve(counted, "cleo");
    const sent = held();
    const { digest } = sent.response(1);
    approve(sent);
    sent.snapshot = { ...sent.snapshot, guardrails: rails(["ben"]) };
    sent.pass(SOON);

    expect([one, counted.states]).toEqual([["held"], ["allowed"]]);
    expect([sent.states, sent.orders, sent.response(1).approvals]).toEqual([["held"], [], []]);
    expect(sent.told.at(-1)).toContain("by guardrails.approvers as they are now that is not enough");
    expect(approve(sent, "ben", digest)).toBe("R1 is not what was shown any more: look at it again");
    expect(approve(sent, "ben")).toBeNull();
    sent.pass(SOON);
    expect(sent.states).toEqual(["sent"]);
  });

  it("holds for what was shown before the clock was set back, and is not waited for longer", () => {
    const back = held();
    const digest = back.response(1).digest;
    back.now -= 2 * 60 * MINUTE_MS;
    back.pass(SOON);
    back.pass(31 * MINUTE_MS);
    const late = back.states;
    const rig = held();
    rig.now -= 2 * 60 * MINUTE_MS;
    rig.pass(SOON);
    const given = approve(rig, "ana", digest);
    rig.pass(SOON);

    expect([given, rig.states]).toEqual([null, ["sent"]]);
    expect(late).toEqual(["refused expired"]);
  });

  it("is not enough where it takes four eyes by the time of sending", () => {
    const rig = held();
    approve(rig);
    rig.snapshot = {
      ...rig.snapshot,
      guardrails: railsOf({ mode: "approve", approvers: { ...people, four_eyes: ["disable-account"] } }),
    };
    rig.pass(SOON);

    expect([rig.states, rig.orders]).toEqual([["held"], []]);
  });

  it("is asked for in any mode where four eyes are needed", () => {
    expect(held({ mode: "enforce", approvers: { ...people, four_eyes: ["disable-account"] } }).states).toEqual([
      "held",
    ]);
  });

  it("is void where the agent is another one by then", () => {
    const rig = held();
    approve(rig);
    rig.pass(SOON, { facts: factsOf({}, { registeredAt: REGISTERED + DAY_MS }) });

    expect(rig.states).toEqual(["refused drifted"]);
    expect(rig.orders).toEqual([]);
  });

  it("is asked about again: what guardrails refuse by then is refused", () => {
    const rig = held();
    rig.snapshot = {
      ...rig.snapshot,
      guardrails: railsOf({ mode: "approve", approvers: people, protect: { users: ["deploy"] } }),
    };

    expect(approve(rig)).toBe("guardrails protect deploy");
    expect(rig.states).toEqual(["held"]);
  });

  it("that was given does not outlive a stop", () => {
    const rig = held();
    approve(rig);
    rig.command({ kind: "stop_responses", why: "drill" });
    rig.pass(SOON);

    expect(rig.states).toEqual(["refused stopped"]);
    expect(rig.orders).toEqual([]);
  });

  it("may be refused with a word, which is told", () => {
    const rig = held();

    expect(rig.command({ kind: "refuse_response", response: 1, note: "that is our scanner" })).toBeNull();
    expect(rig.told.at(-1)).toBe(
      "not done, ana refused it: that is our scanner: disable-account of deploy on web-01 (003)",
    );
    expect(approve(rig)).toBe("R1 is refused, and waits for no approval");
  });
});

describe("a refusal", () => {
  it("is bound to what was shown, where it was shown", () => {
    const rig = held();
    const refuse = (digest: string) => rig.command({ kind: "refuse_response", response: 1, note: null, digest }, "ana");

    expect(refuse("0123456789abcdef")).toBe("R1 is not what was shown any more: look at it again");
    expect(rig.states).toEqual(["held"]);
    expect(refuse(rig.response(1).digest ?? "")).toBeNull();
    expect(rig.states).toEqual(["refused refused_by_person"]);
  });
});

describe("the kill switch", () => {
  it("refuses all that waits, and all that comes until it is taken back", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.command({ kind: "stop_responses", why: "drill" });
    rig.alert(2, "alice");
    rig.command({ kind: "resume_responses" }, "ben");
    rig.alert(3, "bob");
    rig.pass(SOON);

    expect(rig.states).toEqual(["refused stopped", "refused stopped", "sent"]);
    expect(rig.rows.audit.map(({ what, response, who, about }) => [what, response ?? `${who}: ${about}`])).toEqual([
      ["response_planned", 1],
      ["response_refused", 1],
      ["stop_responses", "ana: drill"],
      ["response_refused", 2],
      ["resume_responses", "ben: all responses"],
      ["response_planned", 3],
      ["respond", 3],
      ["response_sent", 3],
    ]);
  });
});

describe("a lift that is asked for", () => {
  it("of Wazuh's own script is answered with what to do instead", () => {
    const rig = new ResponseRig({ respond: [{ ...disable, by: "wazuh" }] });
    rig.alert(1);
    rig.pass(SOON);
    rig.says(3, 1, "add");

    expect(rig.command({ kind: "lift_response", response: 1, isDone: false })).toContain("passwd -u 'deploy'");
    expect(rig.states).toEqual(["received_unprovable"]);
  });

  it("of what was never done is refused", () => {
    const rig = held();

    expect(rig.command({ kind: "lift_response", response: 1, isDone: true })).toBe(
      "R1 is held: there is nothing to lift",
    );
    expect(rig.command({ kind: "lift_response", response: 9, isDone: false })).toBe("there is no response R9");
  });

  it("and was done by hand counts once the order can't come after it any more", () => {
    const rig = new ResponseRig();
    rig.alert(1);
    rig.pass(SOON);
    const byHand = (): string | null => rig.command({ kind: "lift_response", response: 1, isDone: true });
    const early = byHand();
    rig.now += 10 * MINUTE_MS;

    expect(early).toBe("R1 may still be on its way to the agent, which would do it after you; ask again in 10 minutes");
    expect(byHand()).toBeNull();
    expect(rig.states).toEqual(["lifted"]);
  });
});
