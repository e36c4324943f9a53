import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { loadConfig } from "./load.ts";
import { formatConfigError } from "./problem.ts";

const API = 'api: { url: "https://wazuh.example:55000", user: riposte, password: { file: /api } }';

function warningsOf(wazuh: string, policy: string): readonly string[] {
  const chat = "destinations: { chat: { type: slack, webhook: { file: /etc/riposte/slack } } }";
  const text = `wazuh: { alerts: /a/alerts.json${wazuh} }\n${chat}\npolicies: [{ name: a, ${policy} }]`;
  const read = loadConfig(text, "riposte.yaml", testConnectors);
  if (read.kind === "refused") throw new Error(read.errors.map(formatConfigError).join("\n"));
  return read.warnings.map(formatConfigError);
}

test("a field that no alert has is pointed out, with what it takes to have it", () => {
  expect(warningsOf("", "when: { agent.group: web }")).toEqual([
    "riposte.yaml:3:12 policies.a: agent.group is in no alert of Wazuh's and never passes: it takes wazuh.api and wazuh.agents: { enrich: [group] }",
  ]);
  expect(
    warningsOf(`, ${API}, agents: { enrich: [node] }`, "when: { not: { raw.agent.os.platform: windows } }"),
  ).toEqual([
    "riposte.yaml:3:12 policies.a: raw.agent.os.platform is in no alert of Wazuh's and never passes: it takes wazuh.agents: { enrich: [node, os] }",
  ]);
});

test("what is asked for may be used, and labels in any case", () => {
  const all = `, ${API}, agents: { enrich: [group, os, labels, node] }`;

  expect(warningsOf(all, "when: { agent.group: web, agent.node: w1 }, group_by: [agent.os.platform]")).toEqual([]);
  expect(warningsOf("", "when: { agent.labels.site: berlin }")).toEqual([]);
});

test("an end that may be missed is pointed out", () => {
  const all = `, ${API}, agents: { enrich: [group] }`;

  expect(warningsOf(all, "when: { rule.id: 504 }, clear: { rule.id: 503 }, group_by: [agent.group]")).toEqual([
    "riposte.yaml:3:82 policies.a.group_by: an alert that clears finds no incident where agent.group has changed since, or was not known. Group by agent.id",
  ]);
});
