// What `riposte preview` shows is what is sent: compared with what arrives.
import { afterEach, beforeEach, expect, test } from "vitest";
import { previewText, type Preview } from "../../src/app/preview.ts";
import { loadConfig } from "../../src/config/load.ts";
import { connectors } from "../../src/connectors/index.ts";
import { alertLine, openCliRig, type CliRig } from "../fixtures/cli-rig.ts";
import { activeResponse, bruteForce, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

const CONFIG = `
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } }
  soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } }
policies:
  - { name: lost, when: { rule.id: 504 }, hold: 30m, severity: high }
  - { name: ssh, when: { rule.id: 5763 }, group_by: [agent.id], severity: critical }
  - { name: spray, when: { rule.id: 5710 }, window: { count: 20, within: 5m, same: [data.srcip] }, severity: high }
  - { name: backup, when: { rule.id: 300 }, window: { absent: true, within: 25h }, severity: high }`;

let rig: CliRig;
beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

test("the line of an active response would open nothing, whatever policy takes it", () => {
  const line = JSON.stringify(activeResponse({ order: "add" }, bruteForce("deploy")));

  expect(preview(line.replace('"657"', '"651"'))).toMatchObject({ isResponse: true, incidents: [] });
});

test("Slack and Jira get the bodies that the preview showed, but for the mark and what only the secret knows", async () => {
  const desk = await RiposteDesk.open();
  try {
    await desk.start(CONFIG);
    const alert = wazuhAlert({ id: "5763", level: 10, description: "sshd: <!channel> brute force" });
    const previewed = preview(JSON.stringify(alert));

    desk.append(alert);
    await Promise.all([desk.slackServed.arrived(1), desk.jiraServed.arrived(1)]);

    const [toSlack, toJira] = previewed.incidents[0]!.requests;
    expect(JSON.parse(toSlack!.body)).toEqual(desk.slack.posted[0]!.payload);
    const { project, ...data } = withoutMark(desk.jira.received[0]!.body)["data"] as Record<string, unknown>;
    expect(withoutMark(JSON.parse(toJira!.body) as object)).toEqual({ data });
    expect(project).toEqual({ key: "PROJ" });
    expect(toJira!.adds).toContain("data.project.key: JIRA_PROJECT_KEY in secret");
    expect(toJira!.places).toEqual({ secret: "in the file /nowhere/jira-api-key" });
  } finally {
    await desk.close();
  }
});

test("an alert that only counts is shown as the incident that it might fill, and one that is expected as its absence", () => {
  const counts = wazuhAlert({ id: "5710", level: 5, description: "no such user", data: { srcip: "198.51.100.1" } });
  const expected = wazuhAlert({ id: "300", level: 3, description: "backup done" });

  const [spray] = preview(JSON.stringify(counts)).incidents;
  const [backup] = preview(JSON.stringify(expected)).incidents;

  expect(spray).toMatchObject({
    policy: "spray",
    window: { kind: "count", count: 20 },
    requests: [{ action: "post" }],
  });
  expect(backup).toMatchObject({ policy: "backup", window: { kind: "absence" } });
  expect(backup?.picture.incident.title).toBe("Did not come again: backup done");
});

test("an alert that would be held back is shown as it would be told when nothing clears it", () => {
  const alert = wazuhAlert({ id: "504", level: 3, description: "agent lost" });

  const [incident] = preview(JSON.stringify(alert, null, 2)).incidents;

  expect(incident).toMatchObject({ policy: "lost", holdMs: 30 * 60_000, picture: { incident: { state: "open" } } });
  expect(incident?.requests.map(({ destination, action }) => [destination, action])).toEqual([
    ["security-alerts", "post"],
  ]);
});

test("riposte preview prints the picture and each body, and asks nobody", async () => {
  const config = rig.writeConfig();

  const shown = await rig.start(["preview", "--config", config, "-"], alertLine(1)).ended;
  const asJson = await rig.start(["preview", "--config", config, "--json", "-"], alertLine(1)).ended;

  expect([shown.code, shown.err]).toEqual([0, ""]);
  expect(shown.out).toMatch(/^medium {2}sshd: \\x1b\[2J brute force$/m);
  expect(shown.out).toMatch(/^receiver \(webhook\), post: POST, application\/json$/m);
  expect(shown.out).not.toContain("\u001b");
  const body = shown.out.slice(shown.out.indexOf("\n{") + 1);
  const { incidents } = JSON.parse(asJson.out) as Preview;
  expect(JSON.parse(body)).toEqual(JSON.parse(incidents[0]!.requests[0]!.body));
});

test("what a script would be handed is told without running it", () => {
  const text = `wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations: { siren: { type: integration-script, script: custom-siren, api_key: { env: SIREN } } }
policies: [{ name: each, when: { rule.level: ">= 7" }, tell: [siren] }]`;
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join());

  const shown = previewText(alertLine(1), loaded.config, Date.now());

  expect(shown.kind === "previewed" && shown.incidents[0]?.requests).toMatchObject([
    {
      action: "run",
      way: "a program that is run",
      places: { api_key: "in the environment variable SIREN" },
      adds: expect.arrayContaining(['arguments: the file, api_key, "", "", "", 10, 3, "> /dev/null 2>&1"']),
    },
  ]);
});

test.each([
  [["--destination", "nobody"], alertLine(1), 1, "the config has no destination nobody. There are: receiver"],
  [[], alertLine(1, 3), 1, "nothing would be sent: no policy takes the alert"],
  [[], "", 65, "-: is empty. Give it one alert"],
  [[], `${alertLine(1)}${alertLine(2)}`, 65, "-: has more than one alert. Give it one: head -n 1"],
])("riposte preview %j of what shows nothing ends with a sentence", async (args, input, code, says) => {
  const ended = await rig.start(["preview", "--config", rig.writeConfig(), ...args, "-"], input).ended;

  expect([ended.code, ended.out]).toEqual([code, ""]);
  expect(ended.err).toContain(says);
});

function withoutMark(body: object): Record<string, unknown> {
  const text = JSON.stringify(body).replaceAll(/rp-[a-z0-9]{8}-1-/g, "rp-install-1-");
  return JSON.parse(text) as Record<string, unknown>;
}

function preview(text: string): Preview {
  const config = `store: sqlite:/nowhere/riposte.db
wazuh: { alerts: /nowhere/alerts.json }
${CONFIG.replaceAll("SECRETS", "/nowhere")}`;
  const loaded = loadConfig(config, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  const previewed = previewText(text, loaded.config, 0);
  if (previewed.kind === "no_alert") throw new Error(previewed.why);
  return previewed;
}
