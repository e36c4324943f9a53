import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testConnectors } from "../../test/fixtures/config/connectors.ts";
import { CONFIG_BYTES_MOST, loadConfig } from "./load.ts";
import { formatConfigError } from "./problem.ts";
import type { Config } from "./schema.ts";

const fixtures = new URL("../../test/fixtures/config/", import.meta.url);

function namesIn(folder: string): readonly string[] {
  const names = readdirSync(new URL(folder, fixtures)).filter((name) => name.endsWith(".yaml"));
  return names.map((name) => name.replace(".yaml", ""));
}

function textOf(name: string): string {
  return readFileSync(new URL(name, fixtures), "utf8");
}

function errorsOf(text: string): readonly string[] {
  const loaded = loadConfig(text, "riposte.yaml", testConnectors);
  return loaded.kind === "refused" ? loaded.errors.map(formatConfigError) : [];
}

function warningsOf(text: string): readonly string[] {
  const loaded = loadConfig(text, "riposte.yaml", testConnectors);
  return loaded.kind === "loaded" ? loaded.warnings.map(formatConfigError) : [];
}

function configOf(text: string): Config {
  const loaded = loadConfig(text, "riposte.yaml", testConnectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(formatConfigError).join("\n"));
  return loaded.config;
}

test.each(namesIn("bad"))("the mistakes of %s come out one by one, with line, remedy and example", (name) => {
  expect(errorsOf(textOf(`bad/${name}.yaml`)).join("\n")).toBe(textOf(`bad/${name}.txt`).trimEnd());
});

test.each(namesIn("good"))("%s is taken without a word", (name) => {
  expect(errorsOf(textOf(`good/${name}.yaml`))).toEqual([]);
  expect(warningsOf(textOf(`good/${name}.yaml`))).toEqual([]);
});

test("more than ten incidents in ten minutes are told together, unless a policy says otherwise", () => {
  const collapse = (said: string) => {
    const policies = `policies: [{ name: a, when: { rule.id: 504 }${said}, tell: [] }]`;
    return configOf(`wazuh: { alerts: /a/alerts.json }\n${policies}`).policies[0]!.terms;
  };

  expect(collapse("").collapse).toEqual({ above: 10, withinMs: 600_000 });
  expect(collapse(", collapse: { above: 3 }").collapse).toEqual({ above: 3, withinMs: 600_000 });
  expect(collapse(", collapse: off")).not.toHaveProperty("collapse");
  expect(collapse(", one_per_alert: true")).not.toHaveProperty("collapse");
  expect(collapse(", one_per_alert: true")).toMatchObject({ onePerAlert: true });
});

test("the Wazuh API and what is asked of it come with their defaults", () => {
  expect(configOf(textOf("good/wazuh-api.yaml"))).toMatchObject({
    wazuhApi: {
      url: "https://wazuh-master:55000",
      user: "riposte",
      password: { file: "/etc/riposte/wazuh-api" },
      ca: null,
      fingerprint: Array.from({ length: 2 }, () => "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF").join(":"),
    },
    sources: [
      { from: "file", name: "master" },
      { from: "agents", name: "agents", everyMs: 60_000 },
    ],
  });
  expect(configOf(textOf("good/smallest.yaml")).wazuhApi).toBeNull();
});

test("each token that may send is a source of its own, and one of which nothing is taken is pointed out", () => {
  const text = textOf("good/from-http.yaml");

  expect(configOf(text.replace("may: [send] }", "role: admin }")).sources).toHaveLength(3);
  expect(configOf(text).sources).toMatchObject([
    { from: "file", name: "master" },
    { from: "http", name: "forwarders/worker-1", sender: "worker-1" },
    { from: "http", name: "forwarders/worker-2", sender: "worker-2" },
  ]);
  expect(warningsOf(text.replace(/^.*from: http.*$/m, ""))).toEqual([
    "riposte.yaml:5:78 http.tokens[0].may: may send, and nothing takes what it sends. Add { from: http, name: forwarders } to wazuh.alerts",
    "riposte.yaml:6:78 http.tokens[1].may: may send, and nothing takes what it sends. Add { from: http, name: forwarders } to wazuh.alerts",
  ]);
});

test("a clear that can't meet what it should end is pointed out", () => {
  const clear = "clear: { rule.id: 503 }";
  expect(
    warningsOf(`wazuh: { alerts: /a }
policies: [{ name: lost, when: { rule.id: 504 }, ${clear}, tell: [] }]`),
  ).toEqual([
    "riposte.yaml:2:50 policies.lost.clear: ends only the incidents of its own rule.id, since alerts are grouped by it. For an end by another rule write, for example, group_by: [agent.id]",
  ]);
});

test("the smallest config is completed with the defaults", () => {
  expect(configOf(textOf("good/smallest.yaml"))).toMatchObject({
    store: { kind: "sqlite", path: "/var/lib/riposte/riposte.db" },
    socket: "/var/lib/riposte/riposte.sock",
    http: null,
    links: { wazuhDashboard: null },
    sources: [{ name: "alerts", path: "/var/ossec/logs/alerts/alerts.json", start: "end" }],
    policies: [
      {
        terms: {
          name: "high-levels",
          groupBy: ["rule.id", "agent.id"],
          severity: null,
          tell: { low: [], medium: ["security-alerts"], high: ["security-alerts"], critical: ["security-alerts"] },
          holdMs: null,
          resolveAfterMs: 24 * 3_600_000,
          reopenWithinMs: 7 * 24 * 3_600_000,
        },
        clear: null,
        continues: false,
      },
    ],
  });
});

test("what is written takes the place of the defaults", () => {
  const config = configOf(textOf("good/all-keys.yaml"));

  expect(config).toMatchObject({
    store: { kind: "sqlite", path: "/srv/riposte/riposte.db" },
    socket: "/run/riposte/riposte.sock",
    http: { host: "::1", port: 9090 },
    playbookFolder: "/srv/riposte/playbooks",
    links: { wazuhDashboard: "https://wazuh.example/app" },
    sources: [
      { name: "master", start: "end" },
      { name: "worker-1", start: "beginning" },
    ],
  });
  expect(config.policies.map(({ terms }) => terms)).toMatchObject([
    { groupBy: ["agent.id"], severity: "high", holdMs: 1_800_000, resolveAfterMs: 43_200_000, reopenWithinMs: 0 },
    {
      groupBy: [],
      tell: { low: [], medium: [], high: [], critical: [] },
      expectAction: { waitMs: 20_000, liftAfterMs: 300_000 },
    },
    { name: "rest" },
  ]);
});

test("without a tell the chat hears of medium and worse, and tickets are for what is critical", () => {
  const { policies } = configOf(textOf("good/all-keys.yaml"));

  expect(policies[2]?.terms.tell).toEqual({
    low: [],
    medium: ["security-alerts", "siem"],
    high: ["security-alerts", "siem"],
    critical: ["security-alerts", "siem", "soc-tickets"],
  });
});

test("a severity that tell leaves out keeps its default, and nobody is told twice", () => {
  const { policies } = configOf(textOf("good/all-keys.yaml"));

  expect(policies[0]?.terms.tell).toEqual({
    low: [],
    medium: ["security-alerts", "siem"],
    high: ["security-alerts"],
    critical: ["security-alerts", "soc-tickets"],
  });
});

test("no message repeats a secret that was written into the file", () => {
  expect(errorsOf(textOf("bad/raw-secrets.yaml")).join("\n")).not.toMatch(/not-a-real-secret|4711/);
});

const brokenYaml = [
  "not-a-real-secret: [",
  "a: 'not-a-real-secret",
  "a: not-a-real-secret: b",
  "a: *not-a-real-secret",
  "a: !not-a-real-secret b",
  '{ not-a-real-secret: 1, "not-a-real-secret": 2 }',
  "a: @not-a-real-secret",
  "%not-a-real-secret\na: b",
  'a: "\\not-a-real-secret"',
  "? [not-a-real-secret]\n: 1",
];

test.each(brokenYaml)("nor does one about YAML that can't be read: %s", (text) => {
  const errors = errorsOf(text);

  expect(errors.length).toBeGreaterThan(0);
  expect(errors.join("\n").replaceAll("not-a-real-secret: unknown key", "")).not.toContain("not-a-real-secret");
});

test("a destination that nobody is told by and a policy that tells nobody are pointed out", () => {
  const text = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations:
  old-tickets: { type: jira-automation, secret: { env: JIRA } }
policies:
  - { name: a, when: { rule.id: 504 }, severity: high, tell: { critical: [] } }
  - { name: b, when: { rule.id: 503 }, tell: { critical: [], low: [] } }
  - { name: c, when: { rule.id: 506 }, tell: [] }
`;

  expect(warningsOf(text)).toEqual([
    "riposte.yaml:3:3 destinations.old-tickets: no policy tells this destination anything. Name it in the tell of one",
  ]);
  expect(
    warningsOf(
      text
        .replaceAll(/, tell: [[{].*[\]}] }/g, " }")
        .replace("old-tickets", "old")
        .replace("jira-automation, secret", "slack, webhook"),
    ),
  ).toEqual([]);
  expect(warningsOf("wazuh: { alerts: /a }\npolicies: [{ name: a, when: {} }]")).toEqual([
    "riposte.yaml:2:12 policies.a: tells nobody, so its alerts are only counted. Name destinations in tell, or write tell: []",
  ]);
});

test("a file of more than a MiB is not read", () => {
  expect(errorsOf(`# ${"x".repeat(CONFIG_BYTES_MOST)}`)).toEqual([
    "riposte.yaml:1:1 larger than 1 MiB: is this the right file?",
  ]);
});

test.each(["[".repeat(50_000), "a: ".repeat(50_000), "- ".repeat(50_000), `{a: ${"{a: ".repeat(50_000)}`])(
  "a file that is nested beyond reason is refused with one error",
  (text) => {
    expect(errorsOf(text)).toHaveLength(1);
  },
);

test("keys that every object has are keys like others", () => {
  const text = `wazuh: { alerts: /a }
__proto__: { polluted: true }
destinations: { __proto__: { type: slack, webhook: { env: A } } }
policies: [{ name: a, when: { __proto__: 1, constructor: 1 }, constructor: 1 }]`;

  expect(errorsOf(text).map((error) => error.split(": ")[0])).toEqual([
    "riposte.yaml:2:1 __proto__",
    "riposte.yaml:3:17 destinations.__proto__",
    "riposte.yaml:4:31 policies.a.when.__proto__",
    "riposte.yaml:4:45 policies.a.when.constructor",
    "riposte.yaml:4:63 policies.a.constructor",
  ]);
  expect({}).not.toHaveProperty("polluted");
});

test("who acts on Wazuh's alerts hears of Riposte itself only where it is named", () => {
  const acting = { ...testConnectors[2]!, type: "siren", onlyWazuh: true } as const;
  const tellOf = (health: string): readonly string[] => {
    const text = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations:
  chat: { type: webhook, url: https://chat.example/in }
  siren: { type: siren, url: https://siren.example/in }
${health}
policies: [{ name: each, when: { rule.id: 504 }, tell: [chat, siren] }]`;
    const loaded = loadConfig(text, "riposte.yaml", [...testConnectors, acting]);
    if (loaded.kind === "refused") throw new Error(loaded.errors.map(formatConfigError).join("\n"));
    return loaded.config.health.tell;
  };

  expect(tellOf("")).toEqual(["chat"]);
  expect(tellOf("health: { tell: [siren] }")).toEqual(["siren"]);
});
