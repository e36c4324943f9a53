import { describe, expect, it } from "vitest";
import { block, factsOf, railsOf, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import type { GuardrailsShape } from "../config/guardrails.ts";
import type { AgentFacts } from "./guardrail.ts";

/** What comes of a response to such a user. */
function ofUser(
  user: string,
  shape: Partial<GuardrailsShape> = {},
  facts: Partial<AgentFacts> = {},
): string | undefined {
  const rig = new ResponseRig({ rails: railsOf(shape) });
  rig.alert(1, user);
  rig.pass(SOON, { facts: factsOf(facts) });
  return rig.states[0];
}

function ofAddress(
  address: string,
  shape: Partial<GuardrailsShape> = {},
  facts: Partial<AgentFacts> = {},
): string | undefined {
  const rig = new ResponseRig({ respond: [block], rails: railsOf(shape) });
  rig.alert(1, "deploy", { address });
  rig.pass(SOON, { facts: factsOf(facts) });
  return rig.states[0];
}

const member = (...groups: string[]): Partial<AgentFacts> => ({
  user: { kind: "known", user: { uid: "1001", groups } },
});

describe("guardrails about users", () => {
  it("let an ordinary account be disabled", () => {
    expect(ofUser("deploy")).toBe("sent");
  });

  it.each([
    "root",
    "Root",
    "ROOT@corp.example",
    String.raw`CORP\Administrator`,
    "administrator",
    "Guest",
    "krbtgt",
    "wazuh",
    "wazuh-indexer",
    "ossecm",
    "WEB01$",
    String.raw`CORP\WEB01$`,
  ])("protect %s from the start", (user) => {
    expect(ofUser(user)).toBe("refused protected_user");
  });

  it.each([
    ["svc-backup", "svc-*"],
    [String.raw`CORP\SVC-Backup`, "svc-*"],
    ["svc-backup@corp.example", "svc-*"],
    ["alice", String.raw`CORP\alice`],
    ["alice@other.example", "alice@corp.example"],
    ["ALICE", "alice"],
    ["bob7", "bob?"],
  ])("protect %s by %s", (user, pattern) => {
    expect(ofUser(user, { protect: { users: [pattern] } })).toBe("refused protected_user");
  });

  it("protect by uid, which only the inventory knows", () => {
    expect(ofUser("deploy", { protect: { users: ["uid:1001"] } })).toBe("refused protected_user");
    expect(ofUser("toor", {}, { user: { kind: "known", user: { uid: "0", groups: ["users"] } } })).toBe(
      "refused protected_user",
    );
    expect(ofUser("backup", {}, { user: { kind: "known", user: { uid: "999", groups: ["users"] } } })).toBe(
      "refused protected_user",
    );
    expect(
      ofUser("carol", {}, { user: { kind: "known", user: { uid: "S-1-5-21-1-2-3-500", groups: ["Users"] } } }),
    ).toBe("refused protected_user");
    expect(
      ofUser("carol", {}, { user: { kind: "known", user: { uid: "S-1-5-21-1-2-3-1104", groups: ["Users"] } } }),
    ).toBe("sent");
  });

  it.each(["sudo", "wheel", "Domain Admins", String.raw`CORP\Domain Admins`, "WHEEL"])(
    "protect members of %s",
    (group) => {
      expect(ofUser("carol", {}, member("users", group))).toBe("refused protected_user");
    },
  );

  it("protect those who approve", () => {
    expect(ofUser("ana", { approvers: { people: ["ana"] } })).toBe("refused protected_user");
    expect(ofUser(String.raw`CORP\Ana`, { approvers: { people: ["ana"] } })).toBe("refused protected_user");
  });

  it("refuse what can't be resolved", () => {
    expect(ofUser("deploy", {}, { user: { kind: "absent" } })).toBe("refused unresolvable");
    expect(ofUser("deploy", {}, { user: { kind: "unknown", says: "no inventory" } })).toBe("refused unresolvable");
    expect(ofUser("deploy", {}, { user: { kind: "not_asked" } })).toBe("refused unresolvable");
  });

  it.each([
    "a; rm -rf ~",
    "-f",
    "0",
    "1000",
    "$(id)",
    "deploy\n",
    "a b",
    "déploy",
    "../x",
    "x".repeat(80),
    "*",
    "`id`",
    "a\u0000",
  ])("refuse %j, which is no name that all read alike", (user) => {
    expect(ofUser(user)).toBe("refused unfit_target");
  });

  it("refuse where the alert names nobody", () => {
    expect(ofUser("")).toBe("refused no_target");
  });
});

describe("guardrails about addresses", () => {
  it.each(["203.0.113.9", "2600:1f18::1"])("let %s be blocked", (address) => {
    expect(ofAddress(address)).toBe("sent");
  });

  it.each([
    ["127.0.0.1"],
    ["10.1.2.3"],
    ["172.16.0.1"],
    ["192.168.1.1"],
    ["100.64.0.1"],
    ["169.254.169.254"],
    ["224.0.0.1"],
    ["255.255.255.255"],
    ["0.0.0.0"],
    ["::1"],
    ["::"],
    ["fe80::1"],
    ["fd12::1"],
    ["ff02::1"],
    ["::ffff:10.0.0.1"],
    ["::ffff:7f00:1"],
    ["64:ff9b::10.0.0.1"],
    ["2002:a00:1::1"],
    ["2001::1"],
  ])("protect %s from the start", (address) => {
    expect(ofAddress(address)).toBe("refused protected_network");
  });

  it.each([
    ["203.0.113.9", "203.0.113.0/24"],
    ["203.0.113.9", "203.0.113.9"],
    ["::ffff:203.0.113.9", "203.0.113.0/24"],
    ["203.0.113.9", "::ffff:203.0.113.0/120"],
    ["2600:1f18::1", "2600:1f18::/32"],
  ])("protect %s by %s", (address, network) => {
    expect(ofAddress(address, { protect: { networks: [network] } })).toBe("refused protected_network");
  });

  it("protect what is Wazuh's and Riposte's own", () => {
    expect(ofAddress("203.0.113.9", {}, { ownAddresses: ["wazuh-master", "203.0.113.9"] })).toBe(
      "refused protected_network",
    );
  });

  it.each(["evil.example", "203.0.113.9/24", "010.0.0.1", "203.0.113", "fe80::1%eth0", "203.0.113.9; id"])(
    "refuse %s, which is not one address",
    (address) => {
      expect(ofAddress(address)).toBe("refused unfit_target");
    },
  );

  it("refuse an address from which three accounts have logged in within a week", () => {
    const rig = new ResponseRig({ respond: [block] });
    for (const [i, user] of ["alice", String.raw`CORP\bob`, "carol"].entries()) rig.login(i + 1, user);
    rig.alert(10);
    rig.pass(SOON);

    expect(rig.states).toEqual(["refused shared_address"]);
  });

  it("count an account once, however it is written", () => {
    const rig = new ResponseRig({ respond: [block] });
    for (const [i, user] of ["alice", String.raw`CORP\Alice`, "alice@corp.example"].entries()) rig.login(i + 1, user);
    rig.alert(10);
    rig.pass(SOON);

    expect(rig.states).toEqual(["sent"]);
  });
});
