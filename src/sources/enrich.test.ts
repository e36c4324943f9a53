import { expect, test } from "vitest";
import { agentFieldsBy } from "../core/agent-fields.ts";
import { type AgentRow, UNUSED_AFTER_MS } from "../core/agent-facts.ts";
import { readNotedLine } from "../core/agent-note.ts";
import { compilePolicies, matchAlert } from "../core/match.ts";
import type { Condition, Policy } from "../core/policy.ts";
import { compileRefusal } from "../core/refusal.ts";
import { re2 } from "../ports/regex.ts";
import { aPolicy, noon } from "../../test/fixtures/kept-alerts.ts";
import { agentDisconnected, wazuhAlert } from "../../test/fixtures/wazuh-alerts.ts";
import { AgentBook } from "./agent-book.ts";
import { enrichFrom } from "./enrich.ts";
import { createLineJudge, type Judgement } from "./line-judge.ts";
import { readStoredLine } from "./stored-line.ts";

const isIn = (path: string, ...values: string[]): Condition => ({
  kind: "field",
  path,
  test: { kind: "one_of", values },
});
const grave: Condition = { kind: "field", path: "rule.level", test: { kind: "compare", operator: ">=", number: 7 } };

const web: AgentRow = {
  id: "007",
  name: "web-07",
  groups: ["default", "web"],
  os: { name: "Ubuntu", version: "24.04", platform: "ubuntu" },
  node: "worker-1",
  labels: { site: "berlin" },
  labelsAt: noon,
  config: null,
  unlistedSince: null,
};

function policyOf(when: Condition, groupBy: readonly string[] = ["agent.id"], clear: Condition | null = null): Policy {
  return { terms: aPolicy({ name: "web", groupBy }), when, clear, continues: false };
}

function judging(
  policy: Policy,
  of: { readonly lookedAt?: number | null; readonly agents?: readonly AgentRow[] } = {},
) {
  const book = new AgentBook();
  const { lookedAt = noon, agents = [web] } = of;
  if (lookedAt !== null) book.load({ lookedAt, agents });
  const facts = new Set(["group", "os", "labels", "node"] as const);
  const enrich = enrichFrom({ book, facts, usedBy: agentFieldsBy([policy]) });
  return createLineJudge(compilePolicies([policy], re2), compileRefusal([policy]), matchAlert, false, enrich);
}

function line(
  agent: { readonly id: string; readonly name: string } = { id: "007", name: "web-07" },
  level = 10,
): string {
  const alert = wazuhAlert({ id: "5712", level, description: "sshd", agent }, new Date(noon));
  return JSON.stringify({ ...alert, id: "1795435200.1" });
}

function kept(judgement: Judgement) {
  if (judgement.kind !== "kept") throw new Error(`it is ${judgement.kind}`);
  return judgement.alert;
}

test("a policy matches and groups by what the Wazuh API says of the agent, and the note says what it went by", () => {
  const policy = policyOf({ kind: "all", of: [isIn("agent.group", "web"), isIn("agent.os.platform", "ubuntu")] }, [
    "agent.node",
    "agent.labels.site",
  ]);

  const alert = kept(judging(policy).judge(line(), noon + 60_000));

  expect(alert.matches).toEqual([{ policy: "web", groupKey: '["worker-1","berlin"]', clears: false }]);
  expect(readNotedLine(alert.raw)).toMatchObject({
    line: line(),
    note: {
      kind: "known",
      at: noon,
      ageMs: 60_000,
      used: ["agent.group", "agent.os.platform", "agent.node", "agent.labels.site"],
    },
  });
  expect(readStoredLine(alert.raw)).toMatchObject({
    document: { agent: { id: "007", group: ["default", "web"], node: "worker-1" } },
    raw: line(),
  });
});

test.each([
  ["no look was stored yet", { lookedAt: null }, undefined, "never_asked"],
  ["the API has no such agent", { agents: [] }, undefined, "not_listed"],
  ["an id has another's name", {}, { id: "007", name: "vault" }, "other_agent"],
  ["it is about a manager", {}, { id: "000", name: "web-07" }, "no_agent"],
  ["the API has been away for a week", { lookedAt: noon - UNUSED_AFTER_MS - 1 }, undefined, "too_old"],
] as const)("what is not known passes nothing, and the note says why: %s", (_, of, agent, why) => {
  expect(judging(policyOf(isIn("agent.group", "web")), of).judge(line(agent), noon).kind).toBe("ignored");

  const not = policyOf({ kind: "all", of: [grave, { kind: "not", of: isIn("agent.group", "test") }] });
  const alert = kept(judging(not, of).judge(line(agent), noon));

  expect(readNotedLine(alert.raw)).toEqual({
    line: line(agent),
    note: { kind: "unknown", why, used: ["agent.group"] },
  });
});

test("no line is refused by its bytes for the sake of what is asked for", () => {
  const judge = judging(policyOf({ kind: "any", of: [isIn("agent.group", "web"), isIn("rule.id", "504")] }));
  const bytes = Buffer.from(line(undefined, 3));

  expect(judge.refuse(bytes, 0, bytes.length)).toBe(false);
  expect(judge.judge(line(undefined, 3), noon).kind).toBe("kept");
});

test("the alert that an active response answered is asked about with what is known of its agent", () => {
  const policy = policyOf(isIn("agent.group", "web"));
  const answered = JSON.parse(line()) as object;
  const logged = {
    ...(wazuhAlert({ id: "657", level: 3, description: "Active response" }, new Date(noon)) as object),
    agent: { id: "007", name: "web-07" },
    data: { command: "add", parameters: { program: "active-response/bin/firewall-drop", alert: answered } },
  };

  const alert = kept(judging(policy).judge(JSON.stringify(logged), noon));

  expect(alert.action?.cause?.matches ?? alert.matches).toMatchObject([{ policy: "web" }]);
});

test("where nobody asks for anything a line stays as it is", () => {
  const judge = createLineJudge(compilePolicies([policyOf(grave)], re2), () => false, matchAlert);
  const about = JSON.stringify(agentDisconnected({ id: "007", name: "web-07" }));

  expect(kept(judge.judge(line(), noon)).raw).toBe(line());
  expect(judge.judge(about, noon).kind).toBe("ignored");
});
