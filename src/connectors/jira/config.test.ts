import { describe, expect, test } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { formatConfigError } from "../../config/problem.ts";
import { jira } from "./jira.ts";

const whole = `
store: sqlite:/var/lib/riposte/riposte.db
wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
links: { wazuh_dashboard: "https://wazuh.example" }
policies: [{ name: all, when: { rule.level: ">= 3" }, tell: [soc] }]
destinations:
  soc:
    type: jira
`;

const right = [
  "url: https://example.atlassian.net",
  "email: riposte@example.com",
  "token: { env: TOKEN }",
  "project: SEC",
];

function load(lines: readonly string[]) {
  return loadConfig(`${whole}${lines.map((line) => `    ${line}\n`).join("")}`, "riposte.yaml", [jira as never]);
}

function errorsOf(lines: readonly string[]): string {
  const loaded = load(lines);
  return loaded.kind === "refused" ? loaded.errors.map(formatConfigError).join("\n") : "";
}

/** The four lines that are always there, with one of them replaced or one more. */
function with_(line: string): readonly string[] {
  const key = line.split(":")[0];
  return [...right.filter((other) => !other.startsWith(`${key}:`)), line];
}

test("what a person must write is little, and the rest has defaults", () => {
  const loaded = load(right);
  if (loaded.kind === "refused") throw new Error(errorsOf(right));
  expect(loaded.config.destinations[0]?.config).toMatchObject({
    issue_type: "Task",
    labels: [],
    attach: true,
    fields: {},
    priority: {},
    gateway: false,
    respect: ["Won't Fix", "Won't Do", "False Positive", "Duplicate"],
    wazuh_dashboard: "https://wazuh.example",
  });
});

test("the links of the file do not stand in the way of the destination's own", () => {
  const loaded = load(with_("wazuh_dashboard: https://other.example"));
  if (loaded.kind === "refused") throw new Error("refused");
  expect(loaded.config.destinations[0]?.config).toMatchObject({ wazuh_dashboard: "https://other.example" });
});

test.each([
  "resolve: Done",
  "resolve: { transition: Done, resolution: Fixed, fields: { Cause: x } }",
  'reopen: "To Do"',
  'fields: { "Affected host": "{{ agent.name | default: unknown | truncate: 20 }}", customfield_1: [a, b], Site: { id: "7" } }',
  "labels: [wazuh, soc-1]",
  "priority: { critical: Highest }",
  "gateway: true",
  "url: { file: /etc/riposte/jira-url }",
  "pace: { max: 1, per: 1m }",
])("%s is taken", (line) => {
  expect(errorsOf(with_(line))).toBe("");
});

describe("a mistake is named with its place and what to write", () => {
  test.each([
    [
      "url: https://automation.atlassian.com/pro/hooks/0123456789",
      "riposte.yaml:12:10 destinations.soc.url: this is the webhook of an Automation rule, not a Jira site: use `type: jira-automation`",
    ],
    [
      "url: https://api-private.atlassian.com/automation/webhooks/jira/a/b/c",
      "destinations.soc.url: this is the webhook of an Automation rule",
    ],
    ["url: https://api.atlassian.com/ex/jira/x", "destinations.soc.url: this is Atlassian's gateway, not a site"],
    [
      "url: https://example.atlassian.net/browse/SEC-1",
      "destinations.soc.url: this is a page of the site, not the site",
    ],
    ["url: http://jira.example.com", "destinations.soc.url: not https. Plain http"],
    ["url: nowhere", "destinations.soc.url: not a URL"],
    ["url: 7", "destinations.soc.url: expected the address of the Jira site"],
    ["token: ATATT3xFfGF0", "destinations.soc.token: a secret itself does not belong in this file"],
    ["project: my project", "destinations.soc.project: expected a project key, such as SEC"],
    ["email: nobody", "destinations.soc.email: not an e-mail address"],
    [
      "labels: [two words]",
      "destinations.soc.labels[0]: a label has no spaces and at most 255 characters. Example: wazuh",
    ],
    ["attach: logs", "destinations.soc.attach: expected true or false"],
    ["fields: { summary: x }", "destinations.soc.fields.summary: not here: Riposte writes it"],
    [
      "fields: { Priority: High }",
      "destinations.soc.fields.Priority: not here: write `priority: { critical: Highest }`",
    ],
    ['fields: { A: "{{ agent name }}" }', "destinations.soc.fields.A: {{ }} takes the name of a field"],
    ['fields: { A: "{{ agent.name | shout }}" }', "destinations.soc.fields.A: no such filter in {{ }}"],
    ['fields: { A: "{{ agent.name" }', "destinations.soc.fields.A: {{ without }}"],
    ["priority: { urgent: Highest }", "destinations.soc.priority.urgent: "],
    ["resolve: { resolution: Done }", "destinations.soc.resolve.transition: is missing"],
    ["deployment: server", "destinations.soc.deployment: expected one of cloud, data_center"],
    ["deployment: data_center", "destinations.soc.email: not for Data Center: a personal access token stands alone"],
    ["cloud_id: abc", "destinations.soc.cloud_id: only with `gateway: true`"],
    ["issue_typ: Task", "destinations.soc.issue_typ: unknown key. Did you mean issue_type?"],
    ["budget: { max: 0, per: 1h }", "destinations.soc.budget.max"],
  ])("%s", (line, says) => {
    expect(errorsOf(with_(line))).toContain(says);
  });

  test("a missing e-mail where Cloud is meant", () => {
    expect(errorsOf([...right.filter((line) => !line.startsWith("email")), "deployment: cloud"])).toContain(
      "destinations.soc.email: is missing: Jira Cloud takes a token together with the e-mail address of its owner",
    );
  });
});
