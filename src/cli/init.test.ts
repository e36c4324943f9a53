import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openCliRig, type CliRig } from "../../test/fixtures/cli-rig.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
import type { Initiated } from "./init.ts";
import type { Tuned } from "./tune.ts";

let rig: CliRig;
let home: string;

beforeAll(async () => {
  rig = await openCliRig();
  home = join(rig.directory, "ossec");
  for (const folder of ["logs/alerts", "etc/rules", "api/configuration"])
    mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(join(home, "api/configuration/api.yaml"), "host: 0.0.0.0\nport: 55001\n");
  writeFileSync(
    join(home, "etc/rules/local_rules.xml"),
    '<group name="local,"><rule id="100900" level="0"></rule></group>\n',
  );
  writeFileSync(
    join(home, "etc/ossec.conf"),
    "<ossec_config><integration><name>slack</name><hook_url>https://hooks.slack.com/services/T0/B0/x</hook_url><level>10</level><alert_format>json</alert_format></integration></ossec_config>\n",
  );
  writeFileSync(join(home, "logs/alerts/alerts.json"), alertsOfTwoDays());
});
afterAll(() => rig.close());

/** Thirty agents are tried from one address, one after the other. */
function alertsOfTwoDays(): string {
  const beginAt = Date.now() - 48 * HOUR_MS;
  const lines = Array.from({ length: 60 }, (_, i) => {
    const at = beginAt + i * 45 * MINUTE_MS;
    return JSON.stringify({
      timestamp: new Date(at).toISOString().replace("Z", "+0000"),
      rule: { level: 10, description: "sshd: brute force", id: "5763", groups: ["sshd"] },
      agent: { id: String(i % 30).padStart(3, "0"), name: `web-${i % 30}` },
      manager: { name: "m" },
      id: `${Math.floor(at / 1_000)}.${i}`,
      data: { srcip: "203.0.113.7" },
    });
  });
  return `${lines.join("\n")}\n`;
}

test("init writes the smallest config of what it finds, and says what it would have told and what halves it", async () => {
  const { code, out, err } = await rig.riposte("init", "--yes", "--wazuh", home, "--slack-webhook", "/run/slack");

  expect(code).toBe(0);
  expect(err).toContain(`${home}/etc/ossec.conf has 1 block that Riposte can send`);
  expect(err).toContain("the Wazuh API is at https://127.0.0.1:55001");
  const written = readFileSync(join(rig.directory, "riposte.yaml"), "utf8");
  expect(written.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
    `wazuh: { alerts: ${home}/logs/alerts/alerts.json }`,
    `ossec_conf: ${home}/etc/ossec.conf`,
    "destinations:",
    "  security-alerts: { type: slack, webhook: { file: /run/slack } }",
    "use: [starter]",
  ]);
  expect(out).toContain("put the secret into /run/slack");
  expect(out).toMatch(/\n5763 +10 +60 +\d+ +sshd: brute force\n/);
  expect(out).toContain("written: ");
});

test("init replaces no file, and asks nobody where nobody is", async () => {
  writeFileSync(join(rig.directory, "mine.yaml"), "mine\n");

  const there = await rig.riposte("init", "--yes", "--wazuh", home, "--out", "mine.yaml");
  const wrong = await rig.riposte("init", "--yes", "--wazuh", home, "--out", "other.yaml", "--api-user", "a:b");
  const nobody = await rig.riposte("init", "--wazuh", home, "--out", "other.yaml");

  expect({ code: there.code, kept: readFileSync(join(rig.directory, "mine.yaml"), "utf8") }).toEqual({
    code: 73,
    kept: "mine\n",
  });
  expect({ code: wrong.code, isWritten: existsSync(join(rig.directory, "other.yaml")) }).toEqual({
    code: 2,
    isWritten: false,
  });
  expect(wrong.err).toContain("nothing is written: wazuh.api.user: expected a user of the Wazuh API");
  expect(nobody.code).toBe(2);
  expect(nobody.err).toContain("nobody is at a terminal to be asked: add --yes");
});

test("init without alerts writes a config all the same, with the API and tickets where they are named", async () => {
  const empty = join(rig.directory, "empty");
  mkdirSync(join(empty, "api/configuration"), { recursive: true });

  const flags = ["--api-user", "riposte", "--jira-secret", "/run/jira", "--slack-webhook", "-", "--json"];
  const { code, out } = await rig.riposte("init", "--yes", "--wazuh", empty, "--out", "second.yaml", ...flags);

  const made = JSON.parse(out) as Initiated;
  expect({ code, forecast: made.forecast }).toEqual({ code: 0, forecast: null });
  expect(made.config).toContain(
    'api: { url: "https://127.0.0.1:55000", user: riposte, password: { file: /etc/riposte/wazuh-api } }\n',
  );
  expect(made.config).toContain("tickets: { type: jira-automation, secret: { file: /run/jira } }");
  expect(made.missing).toEqual(["/run/jira", "/etc/riposte/wazuh-api"]);
});

test("tune tries a change on the same days, and has a rule for the manager that is only of the address", async () => {
  const config = join(rig.directory, "tuned.yaml");
  const chat = "{ chat: { type: slack, webhook: { file: /etc/riposte/slack } } }";
  writeFileSync(config, `wazuh: { alerts: ${home}/logs/alerts/alerts.json }\ndestinations: ${chat}\nuse: [starter]\n`);

  const { out } = await rig.riposte("tune", "--config", config, "--json");
  const shown = await rig.riposte("tune", "--config", config);

  const tuned = JSON.parse(out) as Tuned;
  expect(tuned.change).toMatchObject({
    policy: "brute-force",
    where: "use",
    line: "use: [{ starter: { change: { brute-force: { group_by: [rule.id] } } } }]",
  });
  expect(tuned.change!.perDay.messages * 2).toBeLessThanOrEqual(tuned.perDay.messages);
  expect(tuned.quietRule).toMatchObject({ rule: "5763", share: 1 });
  expect(shown.out).toContain("To halve that, write instead of the line use:\n  use: [{ starter: ");
  expect(shown.out).toContain(
    '  <rule id="100901" level="0">\n    <if_sid>5763</if_sid>\n    <srcip>203.0.113.7</srcip>\n',
  );
});
