import { expect, test } from "vitest";
import { activeResponse, bruteForce } from "../../test/fixtures/wazuh-alerts.ts";
import type { Condition, Policy } from "../core/policy.ts";
import { guardrailsOf } from "../config/guardrails.ts";
import { explainText, type Explanation } from "./explain.ts";

const line = JSON.stringify({
  timestamp: "2026-05-26T08:00:00.000+0000",
  rule: { level: 10, description: "sshd: brute force", id: "5763", groups: ["sshd"] },
  agent: { id: "001", name: "web-1" },
  manager: { name: "m" },
  id: "1.1",
  full_log: "x",
});

function policy(name: string, when: Condition, of: Partial<Policy["terms"]> = {}): Policy {
  const tell = { low: [], medium: ["chat"], high: ["chat", "tickets"], critical: ["chat", "tickets"] };
  const terms = {
    name,
    groupBy: ["agent.id", "data.srcip"],
    severity: null,
    tell,
    holdMs: null,
    resolveAfterMs: 1,
    reopenWithinMs: 1,
    ...of,
  };
  return { terms, when, clear: null, continues: false };
}

const sshd: Condition = { kind: "field", path: "rule.id", test: { kind: "one_of", values: ["5763"] } };
const level12: Condition = { kind: "field", path: "rule.level", test: { kind: "compare", operator: ">=", number: 12 } };

test("each policy says whether it takes the alert, with the group, the severity and who would be told", () => {
  const explained = explainText(line, [policy("worst", level12), policy("ssh", sshd)], 0) as Explanation;

  expect(explained.alert).toMatchObject({ ruleId: "5763", level: 10, agentName: "web-1" });
  expect(explained.refused).toBe(false);
  expect(explained.policies).toMatchObject([
    { policy: "worst", outcome: "no_match", group: null, because: [{ path: "rule.level", found: "10" }] },
    {
      policy: "ssh",
      outcome: "matches",
      group: { "agent.id": "001", "data.srcip": null },
      severity: "medium",
      tell: ["chat"],
    },
  ]);
});

test("a line that the first bytes already refuse is said to be refused", () => {
  expect(explainText(line, [policy("worst", level12)], 0)).toMatchObject({ refused: true });
});

test("the line of an active response is said to join the incident of what it answers, and to open none", () => {
  const cause = bruteForce("deploy");
  const explained = explainText(JSON.stringify(activeResponse({ order: "add" }, cause)), [policy("ssh", sshd)], 0);

  expect(explained).toMatchObject({
    refused: false,
    response: {
      order: "add",
      name: "disable-account of deploy on web-01 (003)",
      joins: [{ policy: "ssh", groupKey: '["003","198.51.100.23"]', clears: false }],
    },
    echoMs: null,
  });
});

test("an alert that an active response may have caused says how long it is held back", () => {
  const stopped = JSON.stringify({ ...(JSON.parse(line) as object), rule: { level: 3, id: "506" } });

  expect(explainText(stopped, [], 0)).toMatchObject({ response: null, echoMs: 60_000 });
});

test("an alert that was laid out for a reader is the same alert", () => {
  const laidOut = `\ufeff${JSON.stringify(JSON.parse(line), null, 2)}\r\n`;

  expect(explainText(laidOut, [policy("ssh", sshd)], 0)).toEqual(explainText(line, [policy("ssh", sshd)], 0));
});

test.each([
  ["empty", " \n"],
  ["not_json", "{ not json"],
  ["not_json", "{\nnot json\n}"],
  ["not_an_alert", "[1]"],
  ["several", `${line}\n${line}`],
])("what is no alert is told as %s", (why, text) => {
  expect(explainText(text, [], 0)).toEqual({ kind: "no_alert", why });
});

test("a policy that stands for a block of integratord's takes the line of a response like any other", () => {
  const cause = bruteForce("deploy");
  const text = JSON.stringify(activeResponse({ order: "add" }, cause));
  const any: Condition = { kind: "always" };

  const explained = explainText(
    text,
    [{ ...policy("ossec-slack", any, { asIntegratord: true }), continues: true }, policy("own", any)],
    0,
  ) as Explanation;

  expect(explained.unguarded).toEqual(["ossec-slack"]);
});

test("what a policy would answer with, or why not, is said in the words that the incident will have", () => {
  const respond = {
    do: "disable-account",
    by: "companion",
    target: "data.dstuser",
    liftAfterMs: [3_600_000],
    command: null,
  } as const;
  const rails = guardrailsOf({ mode: "enforce", approve_within: 60_000 }, true);
  const explained = (user: string, onlyIf: "always" | "account_taken") => {
    const text = JSON.stringify(bruteForce(user));
    const of = explainText(text, [policy("ssh", sshd, { respond: [{ ...respond, onlyIf }] })], 0, rails);
    return of.kind === "explained" ? of.policies[0]?.respond : of.why;
  };

  expect(explained("deploy", "always")).toEqual([
    "would be planned (guardrails.mode: enforce), and its agent and account asked about: disable-account of deploy on web-01 (003), for 1 h",
  ]);
  expect(explained("root", "always")).toEqual([
    "not done, guardrails protect root: disable-account of root on web-01 (003)",
  ]);
  expect(explained("deploy", "account_taken")?.[0]).toContain("nobody was seen to get in as it");
});

test("what would be asked about or refused in quiet hours is said, by the time of the alert", () => {
  const terms = { do: "block-ip", by: "wazuh", target: "data.srcip", liftAfterMs: [600_000] } as const;
  const explained = (does: "ask" | "refuse", at: string) => {
    const quiet = { from: 22 * 60, to: 7 * 60, zone: "Europe/Berlin", do: does };
    const rails = guardrailsOf({ mode: "enforce", approve_within: 60_000, quiet_hours: quiet }, true);
    const text = JSON.stringify(bruteForce("deploy", new Date(at)));
    const of = explainText(
      text,
      [policy("ssh", sshd, { respond: [{ ...terms, onlyIf: null, command: null }] })],
      0,
      rails,
    );
    return of.kind === "explained" ? of.policies[0]?.respond?.[0] : of.why;
  };

  expect(explained("refuse", "2026-11-23T22:00:00Z")).toBe(
    "not done, guardrails.quiet_hours last until 07:00 (Europe/Berlin): block-ip of 198.51.100.23 on web-01 (003)",
  );
  expect(explained("ask", "2026-11-23T22:00:00Z")).toContain(
    "would be planned (guardrails.mode: enforce, and somebody asked: guardrails.quiet_hours last until 07:00 (Europe/Berlin))",
  );
  expect(explained("refuse", "2026-11-23T12:00:00Z")).toContain("would be planned (guardrails.mode: enforce), and its");
});
