import { expect, test } from "vitest";
import { connectors } from "../connectors/index.ts";
import { loadConfig } from "./load.ts";

function warningsOf(http: string, callback: boolean): readonly (readonly [number, string, string])[] {
  const text = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations:
  soc: { type: jira-automation, secret: { file: /etc/riposte/jira }, callback: ${callback} }
policies: [{ name: rest, when: { rule.level: ">= 12" }, tell: [soc] }]
${http}`;
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join());
  return loaded.warnings.map(({ line, path, says }) => [line, path, says]);
}

function tokenThatMay(scope: string): string {
  return `http: { listen: 127.0.0.1:8080, tokens: [{ name: jira-rule, secret: { env: T }, may: [${scope}] }] }`;
}

test("a destination that calls back and that nobody would hear is pointed at, with what to write", () => {
  const says = expect.stringMatching(/^no token may call hooks, .* \{ name: jira-rule, secret: .*, may: \[hooks\] \}$/);

  for (const http of ["", "http: { listen: 127.0.0.1:8080 }", tokenThatMay("read")]) {
    expect(warningsOf(http, true)).toEqual([[3, "destinations.soc", says]]);
    expect(warningsOf(http, false)).toEqual([]);
  }
  expect(warningsOf(tokenThatMay("hooks"), true)).toEqual([]);
});

test("callback is yes or no", () => {
  const text = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations: { soc: { type: jira-automation, secret: { env: JIRA }, callback: https://riposte.example } }
policies: [{ name: rest, when: { rule.level: ">= 12" }, tell: [soc] }]`;

  const loaded = loadConfig(text, "riposte.yaml", connectors);

  expect(loaded).toMatchObject({
    kind: "refused",
    errors: [{ line: 2, path: "destinations.soc.callback", says: expect.stringMatching(/true or false/) }],
  });
});
