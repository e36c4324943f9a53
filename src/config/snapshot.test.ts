import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { connectors } from "../connectors/index.ts";
import { loadConfig } from "./load.ts";
import { snapshotOf, type Applied } from "./snapshot.ts";

function applied(text: string): Applied {
  const loaded = loadConfig(text, "riposte.yaml", testConnectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join());
  return snapshotOf(loaded.config, testConnectors);
}

const text = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations:
  chat: { type: slack, webhook: { env: SLACK_WEBHOOK }, style: blocks }
  siem: { type: webhook, url: https://siem.example/in }
policies:
  - { name: lost, when: { rule.id: 504 }, hold: 30m }
  - { name: rest, when: { rule.level: ">= 12" } }
`;

test("a snapshot holds what the decisions need of policies and destinations", () => {
  const { snapshot, policies } = applied(text);

  expect(snapshot.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(snapshot.policies["lost"]).toMatchObject({ name: "lost", holdMs: 1_800_000 });
  expect(snapshot.destinations).toEqual({
    chat: {
      name: "chat",
      type: "slack",
      edits: false,
      finds: false,
      paceMs: 1_000,
      concurrency: 1,
      settleMs: 10_000,
      sweepMs: 0,
      budget: null,
      giveUpAfterMs: 86_400_000,
    },
    siem: {
      name: "siem",
      type: "webhook",
      edits: false,
      finds: false,
      paceMs: 0,
      concurrency: 4,
      settleMs: 10_000,
      sweepMs: 0,
      budget: null,
      giveUpAfterMs: 86_400_000,
    },
  });
  expect(policies.map(({ terms }) => terms.name)).toEqual(["lost", "rest"]);
});

test("whether a destination calls back is a part of it, and only where it does", () => {
  const config = (callback: boolean): string => `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations: { soc: { type: jira-automation, secret: { env: JIRA }, callback: ${callback} } }
policies: [{ name: rest, when: { rule.level: ">= 12" } }]
`;
  const termsOf = (callback: boolean): object => {
    const loaded = loadConfig(config(callback), "riposte.yaml", connectors);
    if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join());
    return snapshotOf(loaded.config, connectors).snapshot.destinations["soc"] ?? {};
  };

  // By then Jira finds what it has made: a rule that looks earlier would make it once more.
  expect(termsOf(true)).toMatchObject({ callsBack: true, settleMs: 300_000 });
  expect(termsOf(false)).toMatchObject({ settleMs: 60_000 });
  expect(termsOf(false)).not.toHaveProperty("callsBack");
});

test("how often a destination bears a call that may have arrived is a part of it, where it says so", () => {
  const config = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations: { siren: { type: integration-script, script: custom-siren, retries: 2 } }
policies: [{ name: rest, when: { rule.level: ">= 12" } }]
`;
  const loaded = loadConfig(config, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join());

  expect(snapshotOf(loaded.config, connectors).snapshot.destinations["siren"]).toMatchObject({ callsMost: 3 });
});

test("the same config in other words has the same hash", () => {
  const other = `policies:
  - when: { rule.id: "504" }
    hold: 1800s
    name: lost
    continue: false
  - { name: rest, when: { rule.level: ">=12" }, group_by: [rule.id, agent.id] }
destinations:
  chat: { webhook: { env: SLACK_WEBHOOK }, type: slack }
  siem: { type: webhook, url: https://siem.example/in }
wazuh: { alerts: /var/ossec/logs/alerts/alerts.json, start: end }
`;

  expect(applied(other).snapshot.hash).toBe(applied(text).snapshot.hash);
});

test.each([
  ["30m", "31m"],
  ["504", "505"],
  ["SLACK_WEBHOOK", "SLACK_WEBHOOK_2"],
  ["name: rest", "name: others"],
  ["siem.example", "siem2.example"],
  ["alerts.json", "alerts2.json"],
])("another %s makes another hash", (was, is) => {
  expect(applied(text.replace(was, is)).snapshot.hash).not.toBe(applied(text).snapshot.hash);
});

test("the order of the policies counts, since the first match wins", () => {
  const lines = text.trimEnd().split("\n");
  const swapped = [...lines.slice(0, -2), lines.at(-1), lines.at(-2)].join("\n");

  expect(applied(swapped).snapshot.hash).not.toBe(applied(text).snapshot.hash);
});

test("a config of other connectors than these is a bug, not a guess", () => {
  const loaded = loadConfig(text, "riposte.yaml", testConnectors);

  expect(() => loaded.kind === "loaded" && snapshotOf(loaded.config, [])).toThrow("destination chat has type slack");
});
