// M1: Slack in real time, as the original document asks for it.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { usualPassword, usualUser } from "../fakes/wazuh-api/wazuh-api.ts";
import { openWazuhApiRig } from "../fixtures/wazuh-api-rig.ts";
import { agentDisconnected, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

describe("M1: Slack in real time", () => {
  let desk: RiposteDesk;
  beforeEach(async () => {
    desk = await RiposteDesk.open();
  });
  afterEach(() => desk.close());

  it("an alert written to alerts.json is a message with agent, time, severity, rule and location", async () => {
    await desk.start(`
destinations: { security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies: [{ name: all, when: { rule.level: ">= 7" } }]`);

    desk.append(
      wazuhAlert({
        id: "5712",
        level: 10,
        description: "sshd: brute force trying to get access",
        location: "/var/log/auth.log",
      }),
    );
    await desk.slackServed.arrived(1);

    const { text } = desk.slack.posted[0]!;
    expect(text).toContain("sshd: brute force trying to get access");
    expect(text).toContain("web-01");
    expect(text).toContain("5712");
    expect(text).toMatch(/medium/i);
    expect(text).toContain("/var/log/auth.log");
    expect(JSON.stringify(desk.slack.posted[0]!.payload)).toMatch(/<!date\^\d+\^/);
  });

  it("the original's block as a destination: level 3, every location, and its pretext over the attachment", async () => {
    await desk.start(`
destinations:
  security-alerts:
    type: slack
    webhook: { file: SECRETS/slack-webhook }
    style: legacy
    options: { "pretext": "Wazuh Alert" }
policies:
  - name: slack-block
    when: { rule.level: ">= 3", location: "*" }
    tell: [security-alerts]`);

    desk.append(
      wazuhAlert({ id: "5402", level: 3, description: "Successful sudo to ROOT executed", fullLog: "sudo: root" }),
      wazuhAlert({ id: "1002", level: 2, description: "Unknown problem somewhere in the system." }),
    );
    await desk.slackServed.arrived(1);

    const [posted] = desk.slack.posted;
    expect(posted!.payload["attachments"]).toMatchObject([
      { color: "good", pretext: "Wazuh Alert", title: "Successful sudo to ROOT executed" },
    ]);
    await desk.stop();
    expect(desk.slack.posted).toHaveLength(1);
  });

  it("an agent that stays disconnected reaches the channel, and one that comes back in time does not", async () => {
    await desk.start(`
destinations: { security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies:
  - name: agent-lost
    when: { rule.id: 504 }
    clear: { rule.id: [501, 503] }
    hold: 2s
    group_by: [agent.id]
    severity: high`);
    const lost = { id: "007", name: "db-01" };
    const back = { id: "008", name: "db-02" };

    desk.append(
      agentDisconnected(lost),
      agentDisconnected(back),
      wazuhAlert({ id: "503", level: 3, description: "Wazuh agent started.", agent: back, location: "wazuh-agent" }),
    );
    await desk.slackServed.arrived(1);

    expect(desk.slack.posted[0]!.text).toContain("db-01");
    await desk.stop();
    expect(desk.slack.posted.map(({ text }) => text).join("\n")).not.toContain("db-02");
  });

  it("an agent that only the Wazuh API calls lost reaches the channel, with its name and last keepalive", async () => {
    const api = await openWazuhApiRig();
    api.fake.add("007", "db-01", Date.now());
    api.fake.lose("007", Date.now(), Date.now() - 60_000);
    desk.secret("wazuh-api", usualPassword);
    const account = `url: "${api.served.url}", user: ${usualUser}, password: { file: SECRETS/wazuh-api }, ca: ${api.caPath}`;
    await desk.start(
      `
destinations: { security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies:
  - name: agent-lost
    when: { rule.id: [504, 506] }
    clear: { rule.id: [501, 503] }
    hold: 30s
    group_by: [agent.id]
    severity: high`,
      { wazuh: `api: { ${account} }, agents: { every: 10s }` },
    );
    await desk.slackServed.arrived(1);

    const { text, payload } = desk.slack.posted[0]!;
    expect(text).toContain("db-01");
    expect(JSON.stringify(payload)).toContain("last keepalive");
  });

  it("the original's <integration> block for slack is read from ossec.conf, byte for byte", async () => {
    desk.secret("integrations.ossec.conf", desk.filledConf);
    desk.secret("ossec.conf", "<ossec_config>\n</ossec_config>\n");
    await desk.start("ossec_conf: SECRETS/ossec.conf");

    desk.append(
      wazuhAlert({ id: "5402", level: 3, description: "Successful sudo to ROOT executed", fullLog: "sudo: root" }),
      wazuhAlert({ id: "1002", level: 2, description: "Unknown problem somewhere in the system." }),
    );
    await desk.slackServed.arrived(1);
    await desk.stop();

    expect(desk.slack.posted).toHaveLength(1);
    expect(desk.slack.posted[0]!.payload["attachments"]).toMatchObject([
      { color: "good", pretext: "Wazuh Alert", title: "Successful sudo to ROOT executed" },
    ]);
  });

  it("doctor asks which channel the webhook posts to", async () => {
    await desk.start(`
destinations:
  security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook }, channel: "#security-alerts" }
  same-hook: { type: slack, webhook: { file: SECRETS/slack-webhook } }
policies: [{ name: all, when: { rule.level: ">= 7" } }]`);
    const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
    const doctor = async (...flags: readonly string[]) => {
      const args = [main, "doctor", "slack", "--config", desk.configPath, "--json", ...flags];
      const { status, stdout } = await new Promise<{ status: number | null; stdout: string }>((resolve) => {
        const child = execFile(process.execPath, args, (_, out) => resolve({ status: child.exitCode, stdout: out }));
      });
      return { status, reports: JSON.parse(stdout) };
    };

    const dry = await doctor();
    expect(dry.status).toBe(0);
    expect(dry.reports).toMatchObject([{ destination: "security-alerts", others: ["same-hook"], code: null }]);
    expect(desk.slack.posted).toHaveLength(0);

    const posted = await doctor("--yes");
    const [{ code }] = posted.reports;
    expect(desk.slack.posted.map(({ text }) => text)).toEqual([
      `Test message ${code} of Riposte: this is where security-alerts, same-hook post. Nobody has to do anything.`,
    ]);

    const right = await doctor("--arrived", "security-alerts=#Security-Alerts");
    const wrong = await doctor("--arrived", "security-alerts=#random");
    expect([right.status, wrong.status, desk.slack.posted.length]).toEqual([0, 69, 1]);
    expect(wrong.reports[0].findings).toMatchObject([
      {
        check: "channel",
        ok: false,
        says: expect.stringContaining("posts to #random, and the config says #security-alerts."),
      },
    ]);
  });
});
