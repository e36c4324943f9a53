import { describe, expect, test } from "vitest";
import type { Alert } from "../core/alert.ts";
import { alertFromWazuh4, factsOf } from "./wazuh4.ts";

const NOW = Date.UTC(2026, 4, 26, 9, 0, 0);

const DOCUMENT = {
  timestamp: "2026-05-26T08:53:41.577+0000",
  rule: {
    level: 10,
    description: "sshd: brute force trying to get access to the system.",
    id: "5712",
    mitre: { id: ["T1110"], tactic: ["Credential Access"], technique: ["Brute Force"] },
    groups: ["syslog", "sshd", "authentication_failures"],
  },
  agent: { id: "031", name: "host06", ip: "10.20.0.4" },
  manager: { name: "manager-0" },
  id: "1779785621.19536797123456789",
  cluster: { name: "soc", node: "worker-1" },
  full_log: "May 26 08:53:41 host06 sshd[17]: Invalid user paco from 203.0.113.7 port 56404",
  decoder: { name: "sshd" },
  data: { srcip: "203.0.113.7", srcport: "56404", srcuser: "paco" },
  location: "/var/log/auth.log",
};

function alertOf(document: unknown): Alert {
  const read = alertFromWazuh4(typeof document === "string" ? document : JSON.stringify(document), NOW);
  if (read.kind !== "alert") throw new Error(`malformed: ${read.why}`);
  return read.alert;
}

describe("an alert", () => {
  test("is what Wazuh wrote, with cluster and node for its origin", () => {
    const line = JSON.stringify(DOCUMENT);

    expect(alertOf(line)).toEqual({
      identity: {
        origin: "soc/worker-1",
        nativeId: "1779785621.19536797123456789",
        stamp: "2026-05-26T08:53:41.577+0000",
        ruleId: "5712",
      },
      at: Date.UTC(2026, 4, 26, 8, 53, 41, 577),
      level: 10,
      ruleId: "5712",
      title: "sshd: brute force trying to get access to the system.",
      agentId: "031",
      agentName: "host06",
      document: DOCUMENT,
      raw: line,
    });
  });

  test("of a manager without a cluster has the manager's name for its origin", () => {
    const { cluster: _, ...document } = DOCUMENT;

    expect(alertOf(document).identity.origin).toBe("manager-0");
    expect(alertOf({ ...document, manager: {} }).identity.origin).toBe("");
  });

  test("without an id gets one from its line, the same each time and another for another line", () => {
    const { id: _, ...document } = DOCUMENT;

    const { nativeId } = alertOf(document).identity;
    expect(nativeId).toMatch(/^sha256:[0-9a-f]{16}$/);
    expect(alertOf(document).identity.nativeId).toBe(nativeId);
    expect(alertOf({ ...document, location: "elsewhere" }).identity.nativeId).not.toBe(nativeId);
    expect(alertOf({ ...document, id: "" }).identity.nativeId).toMatch(/^sha256:/);
    expect(alertOf({ ...document, id: 1779785621.5 }).identity.nativeId).toMatch(/^sha256:/);
  });

  test.each([
    ["missing", undefined, ""],
    ["unreadable", "yesterday", "yesterday"],
    ["no text", 1779785621, ""],
  ])("whose timestamp is %s happened now, and keeps what was written", (_, timestamp, stamp) => {
    const alert = alertOf({ ...DOCUMENT, timestamp });

    expect(alert.at).toBe(NOW);
    expect(alert.identity.stamp).toBe(stamp);
  });

  test.each([
    [3, 3],
    ["12", 12],
    [0, 0],
    [undefined, 0],
    [null, 0],
    ["high", 0],
    [-1, 0],
    [1e300, 0],
    [7.9, 7],
    [[15], 0],
  ])("with the level %j has level %i", (level, expected) => {
    expect(alertOf({ ...DOCUMENT, rule: { ...DOCUMENT.rule, level } }).level).toBe(expected);
  });

  test("without a description still has a title, and a very long one is cut", () => {
    expect(alertOf({ ...DOCUMENT, rule: { level: 3, id: "510" } }).title).toContain("510");
    expect(alertOf({ ...DOCUMENT, rule: {} }).title).not.toBe("");
    const { title } = alertOf({ ...DOCUMENT, rule: { id: "1", description: `${"x".repeat(5_000)}` } });
    expect(title).toHaveLength(1_024);
    expect(title.endsWith("…")).toBe(true);
  });

  test("of an agentless device is named after its host", () => {
    const { agent: _, ...document } = DOCUMENT;

    const alert = alertOf({ ...document, agentless: { script: "ssh_generic_diff", user: "root", host: "switch-3" } });

    expect(alert).toMatchObject({ agentId: null, agentName: "switch-3" });
    expect(alertOf(document)).toMatchObject({ agentId: null, agentName: null });
  });

  test("keeps no control character or half surrogate pair in what rows are found by", () => {
    const { identity } = alertOf({
      ...DOCUMENT,
      id: "1\u00002",
      timestamp: "\ud800",
      manager: { name: "a\nb" },
      cluster: {},
    });

    expect(identity).toMatchObject({ nativeId: "1\ufffd2", stamp: "\ufffd", origin: "a\ufffdb" });
    expect(alertOf({ ...DOCUMENT, id: "9".repeat(5_000) }).identity.nativeId).toHaveLength(255);
    expect(alertOf({ ...DOCUMENT, id: "\u6f22".repeat(5_000) }).identity.nativeId).toBe("\u6f22".repeat(85));
  });
});

describe("a line", () => {
  test.each([
    ["{", "not_json"],
    ["", "not_json"],
    ["\ufeff{}", "not_json"],
    ["[]", "not_an_alert"],
    ["null", "not_an_alert"],
    ["12", "not_an_alert"],
    ['"text"', "not_an_alert"],
    ["{}", "not_an_alert"],
    ['{"rule":null}', "not_an_alert"],
    ['{"rule":[]}', "not_an_alert"],
    ['{"rule":"5712"}', "not_an_alert"],
    ['{"__proto__":{"rule":{"level":15}}}', "not_an_alert"],
  ])("%j is %s", (line, why) => {
    expect(alertFromWazuh4(line, NOW)).toEqual({ kind: "malformed", why });
  });

  test("with prototype names for keys changes no prototype", () => {
    const alert = alertOf(
      '{"rule":{"level":3,"id":"1","__proto__":{"description":"x"}},"__proto__":{"id":"7"},"constructor":1}',
    );

    expect(alert.title).not.toBe("x");
    expect(alert.identity.nativeId).toMatch(/^sha256:/);
    expect(({} as Record<string, unknown>)["id"]).toBeUndefined();
    expect(factsOf(alert).log).toBeNull();
  });

  test("nested without end is still an alert, and what is made of it can be walked by recursion", () => {
    const depth = 200_000;
    const line = `{"rule":{"level":12,"id":"7"},"data":{"srcip":"203.0.113.7","__proto__":1,"deep":${"[".repeat(depth)}${"]".repeat(depth)}}}`;

    const alert = alertOf(line);

    expect(alert).toMatchObject({ level: 12, ruleId: "7" });
    expect(factsOf(alert).sourceIp).toBe("203.0.113.7");
    const { document } = factsOf(alert);
    expect(JSON.stringify(document).length).toBeLessThan(1_000);
    expect(Object.hasOwn(document["data"] as object, "__proto__")).toBe(true);
  });
});

describe("its facts", () => {
  test("are what a reader wants to see", () => {
    expect(factsOf(alertOf(DOCUMENT))).toEqual({
      at: Date.UTC(2026, 4, 26, 8, 53, 41, 577),
      id: "1779785621.19536797123456789",
      ruleId: "5712",
      level: 10,
      description: "sshd: brute force trying to get access to the system.",
      groups: ["syslog", "sshd", "authentication_failures"],
      mitre: [{ id: "T1110", technique: "Brute Force" }],
      agentId: "031",
      agentName: "host06",
      agentIp: "10.20.0.4",
      manager: "manager-0",
      location: "/var/log/auth.log",
      user: "paco",
      sourceIp: "203.0.113.7",
      log: DOCUMENT.full_log,
      document: DOCUMENT,
      raw: JSON.stringify(DOCUMENT),
    });
  });

  test("of an alert with nothing in it are null, not missing", () => {
    expect(factsOf(alertOf({ rule: {} }))).toMatchObject({
      groups: [],
      mitre: [],
      agentIp: null,
      manager: null,
      location: null,
      user: null,
      sourceIp: null,
      log: null,
    });
  });

  test.each([
    ["whom it happened to", { data: { srcuser: "paco", dstuser: "admin" } }, "admin"],
    [
      "a Windows account",
      { data: { win: { eventdata: { targetUserName: "ELENA", subjectUserName: "SYSTEM" } } } },
      "ELENA",
    ],
    [
      "who acts, where Windows names no target",
      { data: { win: { eventdata: { targetUserName: "-", subjectUserName: "K" } } } },
      "K",
    ],
    ["who changed a file", { syscheck: { audit: { login_user: { name: "ops" } }, uname_after: "root" } }, "ops"],
    ["who owns a file", { syscheck: { uname_after: "root" } }, "root"],
    ["nobody", { data: { dstuser: "" } }, null],
  ])("name %s as the user", (_, fields, user) => {
    expect(factsOf(alertOf({ rule: { level: 3, id: "1" }, ...fields })).user).toBe(user);
  });

  test("take a dash for no address", () => {
    const win = (ipAddress: string): unknown => ({ rule: {}, data: { win: { eventdata: { ipAddress } } } });

    expect(factsOf(alertOf(win("203.0.113.9"))).sourceIp).toBe("203.0.113.9");
    expect(factsOf(alertOf(win("-"))).sourceIp).toBeNull();
  });

  test.each([
    [
      "the Windows message",
      { data: { win: { system: { message: "An account was locked out." } } } },
      "An account was locked out.",
    ],
    [
      "the change of a file",
      { syscheck: { path: "/etc/passwd", event: "modified", changed_attributes: ["size", "sha1"] } },
      "/etc/passwd modified: size, sha1",
    ],
    ["the new file", { syscheck: { path: "/etc/cron.d/x", event: "added" } }, "/etc/cron.d/x added"],
  ])("fall back to %s where no log is kept", (_, fields, log) => {
    expect(factsOf(alertOf({ rule: {}, ...fields })).log).toBe(log);
  });

  test("pair techniques with their ids only where there are as many", () => {
    const mitre = { id: ["T1", "T2"], technique: ["One"] };

    expect(factsOf(alertOf({ rule: { mitre } })).mitre).toEqual([
      { id: "T1", technique: null },
      { id: "T2", technique: null },
    ]);
  });

  test("hold no half surrogate pair", () => {
    const facts = factsOf(
      alertOf({ rule: { groups: ["a\ud800"] }, full_log: "\udc00x", data: { srcuser: "b\ud83d" } }),
    );

    expect([...facts.groups, facts.log, facts.user].every((text) => text?.isWellFormed())).toBe(true);
  });
});
