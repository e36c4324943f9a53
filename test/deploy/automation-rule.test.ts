import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { jiraAutomation } from "../../src/connectors/jira-automation/jira-automation.ts";
import type { IncidentDetail } from "../../src/http/incident-routes.ts";
import { openApiRig, type ApiRig } from "../fixtures/api-rig.ts";
import { aDestination, aSnapshot } from "../fixtures/kept-alerts.ts";
import { bruteForce } from "../fixtures/pictures.ts";
import { runRule, type Component, type ExportedRules, type RuleIssue } from "./automation-run.ts";

const text = readFileSync(new URL("../../deploy/jira/automation-rule.json", import.meta.url), "utf8");
const { cloud, rules } = JSON.parse(text) as ExportedRules;
const [rule] = rules;

let rig: ApiRig;
beforeAll(async () => {
  rig = await openApiRig(aSnapshot(undefined, [aDestination({ name: "chat", callsBack: true })]));
  await rig.threeIncidents();
});
afterAll(() => rig.close());

/** What Riposte sends, as the rule reads it. */
function webhookData(mark: string, repeat = false): unknown {
  const config = jiraAutomation.schema.parse({ secret: { env: "JIRA" }, callback: true });
  const step = jiraAutomation.destination("chat", config).next(bruteForce(), null, { mark, repeat });
  return JSON.parse(step!.body);
}

function partsOf(components: readonly Component[]): readonly Component[] {
  return components.flatMap((one) => [one, ...partsOf(one.conditions), ...partsOf(one.children)]);
}

it("makes a ticket with the mark as its label, and what it says back is taken", async () => {
  const issues: RuleIssue[] = [];
  const [request, ...more] = runRule(rule!.components, webhookData("rp-abcdefgh-1-chat-1"), issues);

  expect(more).toEqual([]);
  expect(issues).toMatchObject([{ labels: ["rp-abcdefgh-1-chat-1"], comments: [] }]);
  expect(issues[0]!.summary).toMatch(/^\[Wazuh\] sshd: brute force/);
  expect(issues[0]!.description).toContain("Riposte mark: rp-abcdefgh-1-chat-1");
  expect(request).toMatchObject({
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer REPLACE-WITH-THE-TOKEN" },
  });
  expect(new URL(request!.url).pathname).toBe("/v1/hooks/jira-automation");
  expect(await rig.post("/v1/hooks/jira-automation", JSON.parse(request!.body))).toMatchObject({
    status: 200,
    body: { incident: 1, key: "SEC-1", known: false },
  });
  const { body } = await rig.get<IncidentDetail>("/v1/incidents/1");
  expect(body.receipts).toMatchObject([{ remote: { url: "https://example.atlassian.net/browse/SEC-1" } }]);
  expect(body.moments.at(-1)).toMatchObject({ kind: "note", by: "chat" });
});

it("finds the ticket of a call that is made again, comments on it, and says so", async () => {
  const issues: RuleIssue[] = [];
  const mark = "rp-abcdefgh-2-chat-1";
  runRule(rule!.components, webhookData("rp-abcdefgh-1-chat-1"), issues);
  runRule(rule!.components, webhookData(mark), issues);

  const [request] = runRule(rule!.components, webhookData(mark, true), issues);

  expect(issues.map(({ key, comments }) => [key, comments.length])).toEqual([
    ["SEC-1", 0],
    ["SEC-2", 1],
  ]);
  expect(JSON.parse(request!.body)).toEqual({
    mark,
    key: "SEC-2",
    url: "https://example.atlassian.net/browse/SEC-2",
    created: false,
  });
  expect(await rig.post("/v1/hooks/jira-automation", JSON.parse(request!.body))).toMatchObject({ status: 200 });
});

it("is a rule for Jira Cloud that starts with a webhook, is off until somebody turns it on, and holds no secret", () => {
  expect([cloud, rules.length, rule!.trigger.type, rule!.state]).toEqual([
    true,
    1,
    "jira.incoming.webhook",
    "DISABLED",
  ]);
  expect(text).not.toMatch(/webhookToken|atlassian\.net|accountId": *"[^"]/);
});

it("has each component under the one that it names as its parent, and no number twice", () => {
  const all = partsOf(rule!.components);
  expect(new Set([rule!.trigger.id, ...all.map(({ id }) => id)]).size).toBe(all.length + 1);
  for (const { id, children, conditions } of all) {
    for (const child of children) expect(child.parentId).toBe(id);
    for (const condition of conditions) expect(condition.conditionParentId).toBe(id);
  }
});

it("is what its page says must be filled in, word by word", () => {
  const page = readFileSync(new URL("../../docs/reference/jira-automation.md", import.meta.url), "utf8");
  const blanks = new Set(text.match(/REPLACE-WITH-[A-Z-]+/g));
  expect(blanks.size).toBe(4);
  for (const blank of blanks) expect(page).toContain(`\`${blank}\``);
});
