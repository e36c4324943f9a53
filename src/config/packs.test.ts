import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { loadConfig } from "./load.ts";
import { packNamed } from "./packs.ts";
import { formatConfigError } from "./problem.ts";
import type { Config } from "./schema.ts";

const CHAT = "destinations: { chat: { type: slack, webhook: { file: /etc/riposte/slack } } }";

function loaded(rest: string): { readonly config: Config; readonly warnings: readonly string[] } {
  const read = loadConfig(`wazuh: { alerts: /a/alerts.json }\n${CHAT}\n${rest}`, "riposte.yaml", testConnectors);
  if (read.kind === "refused") throw new Error(read.errors.map(formatConfigError).join("\n"));
  return { config: read.config, warnings: read.warnings.map(formatConfigError) };
}

test("three lines are a config: the pack's policies in their order, and the default of who is told", () => {
  const { config, warnings } = loaded("use: [starter]");

  expect(warnings).toEqual([]);
  expect(config.policies.map(({ terms }) => terms.name)).toEqual(packNamed("starter").map(({ name }) => name));
  expect(config.policies[0]?.terms).toMatchObject({ name: "agent-lost", holdMs: 1_800_000, tell: { high: ["chat"] } });
});

test("the pack comes behind the policies of the file, wherever in it `use` stands", () => {
  const { config } = loaded("use: [starter]\npolicies: [{ name: own, when: { rule.id: 504 } }]");

  expect(config.policies.map(({ terms }) => terms.name).slice(0, 2)).toEqual(["own", "agent-lost"]);
});

test("what is left out is not there, and what is changed keeps everything else", () => {
  const { config } = loaded(
    "use: [{ starter: { skip: [rootcheck], change: { agent-lost: { hold: 45m }, privilege: { one_per_alert: true } } } }]",
  );
  const named = (name: string) => config.policies.find(({ terms }) => terms.name === name)?.terms;

  expect(named("rootcheck")).toBeUndefined();
  expect(named("agent-lost")).toMatchObject({ holdMs: 2_700_000, severity: "high", groupBy: ["agent.id"] });
  expect(named("privilege")).toMatchObject({ onePerAlert: true });
  expect(config.packs).toMatchObject([
    { name: "starter", skipped: ["rootcheck"], changed: ["agent-lost", "privilege"] },
  ]);
});

test("what is doubtful about a changed policy is told where it is changed", () => {
  const { warnings } = loaded(
    "use:\n  - starter:\n      change:\n        agent-lost:\n          group_by: [rule.id, agent.id]",
  );

  expect(warnings).toEqual([
    expect.stringMatching(/^riposte\.yaml:6:9 use\[0\]\.starter\.change\.agent-lost\.clear: ends only the incidents/),
  ]);
});

test("a policy of the pack that escalates does so to what keeps tickets, and not at all where nothing does", () => {
  const escalates = (destinations: string) => {
    const text = `wazuh: { alerts: /a/alerts.json }\ndestinations: ${destinations}\nuse: [starter]`;
    const read = loadConfig(text, "riposte.yaml", testConnectors);
    return read.kind === "loaded" ? read.config.policies[0]?.terms.escalate : null;
  };
  const chat = "chat: { type: slack, webhook: { file: /s } }";

  expect(escalates(`{ ${chat} }`)).toBeUndefined();
  expect(escalates(`{ ${chat}, soc: { type: jira-automation, secret: { file: /j } } }`)).toEqual({
    afterMs: 1_800_000,
    to: ["soc"],
  });
});

test("an empty list of packs is no policies", () => {
  expect(() => loaded("use: []")).toThrow("policies: no policies, so no alert would be kept");
});

test("no name of the pack is longer or other than a name may be, and each is there once", () => {
  const names = packNamed("starter").map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z][a-z-]{1,39}$/.test(name))).toEqual([]);
});
