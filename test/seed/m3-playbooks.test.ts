// M3: manual playbooks, as the original document asks for them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { askSocket } from "../../src/http/client.ts";
import { ana, choicesOf, formOf, pressPayload, signed, usualSigningSecret } from "../fakes/slack-app/person.ts";
import { FakeSlackApp, usualBotToken } from "../fakes/slack-app/slack-app.ts";
import { FakeJira, usualEmail, usualTokenText } from "../fakes/jira/jira.ts";
import { serveVendor } from "../fakes/serve.ts";
import { agentDisconnected, passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

/** The original's example, as it numbers it. */
const FOUR_STEPS = [
  /1\. Check Wazuh logs \(\s*\/var\/ossec\/logs\/ossec\.log\s*\)\./,
  /2\. Verify agent connectivity \(\s*\/var\/ossec\/bin\/agent_control -l\s*\)\./,
  /3\. Restart the agent \(\s*\/var\/ossec\/bin\/wazuh-control restart\s*\)\./,
  /4\. If unresolved, reinstall the agent following the documentation\./,
];

function expectInOrder(text: string, patterns: readonly RegExp[]): void {
  const places = patterns.map((pattern) => text.search(pattern));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
}

describe("M3: manual playbooks", () => {
  let desk: RiposteDesk;
  beforeEach(async () => {
    desk = await RiposteDesk.open();
  });
  afterEach(() => desk.close());

  it("the ticket's description has the playbook's steps, filled in with this alert's agent, user and address", async () => {
    mkdirSync(join(desk.directory, "playbooks"));
    const text = `---
title: Password guessing
---

1. Ask whether {{ data.dstuser }} was at work on {{ agent.name }}.
2. Lock the account.

   \`\`\`sh agent
   passwd -l {{ data.dstuser }}
   \`\`\`

3. Keep {{ data.srcip }} out.

   \`\`\`sh agent
   iptables -I INPUT -s {{ data.srcip }} -j DROP
   \`\`\`
`;
    writeFileSync(join(desk.directory, "playbooks", "guessing.md"), text);
    await desk.start(`
destinations: { soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies: [{ name: custom-jira, when: { rule.id: 120100 }, tell: [soc-webhook], playbook: guessing }]`);

    desk.append(passwordGuess("ana;reboot"));
    await desk.jiraServed.arrived(1);
    await desk.stop();
    desk.jira.settle(Date.now());

    const { description } = desk.jira.issues[0]!;
    expectInOrder(description, [
      /1\. Ask whether ana;reboot was at work on web-01\./,
      /On the agent:\n {4}passwd -l 'ana;reboot'\n/,
      /3\. Keep 203\.0\.113\.7 out\./,
      /iptables -I INPUT -s '203\.0\.113\.7' -j DROP/,
    ]);
  });

  it("the agent-disconnection playbook has its four commands literally, in order, each saying where it runs", async () => {
    await desk.start(`
destinations: { soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies: [{ name: agent-lost, when: { rule.id: 504 }, tell: [soc-webhook], playbook: agent-disconnection }]`);

    desk.append(agentDisconnected({ id: "007", name: "db-01" }));
    await desk.jiraServed.arrived(1);
    await desk.stop();
    desk.jira.settle(Date.now());

    const { description } = desk.jira.issues[0]!;
    expectInOrder(description, FOUR_STEPS);
    expectInOrder(description, [
      /On the agent:\n {4}tail -n 200 \/var\/ossec\/logs\/ossec\.log\n/,
      /On an agent with Windows, in PowerShell:\n {4}Get-Content /,
      /On the manager \(in a cluster, its master\):\n {4}\/var\/ossec\/bin\/agent_control -l\n/,
      /kubectl exec -n wazuh wazuh-manager-master-0 -c wazuh-manager -- \/var\/ossec\/bin\/agent_control -l\n/,
      /On the agent, never on the manager/,
      /On the agent:\n {4}\/var\/ossec\/bin\/wazuh-control restart\n/,
      /On an agent with Windows, in PowerShell:\n {4}Restart-Service -Name WazuhSvc\n/,
    ]);
    // Restarting the manager would cut every agent off.
    expect(description).not.toMatch(/(?:manager|kubectl)[^\n]*:?\n? *[^\n]*wazuh-control restart/);
  });

  it("Slack shows the playbook", async () => {
    await desk.start(`
destinations: { security-alerts: { type: slack, webhook: { file: SECRETS/slack-webhook } } }
policies: [{ name: agent-lost, when: { rule.id: 504 }, tell: [security-alerts], playbook: agent-disconnection }]`);

    desk.append(agentDisconnected({ id: "007", name: "db-01" }));
    await desk.slackServed.arrived(1);

    expectInOrder(desk.slack.posted[0]!.text, FOUR_STEPS);
    expect(desk.slack.posted[0]!.text).toContain("```/var/ossec/bin/agent_control -l```");
  });

  it("Slack shows the playbook's progress", async () => {
    const slack = new FakeSlackApp({});
    const served = await serveVendor(slack);
    onTestFinished(() => served.close());
    desk.secret("slack-token", usualBotToken);
    desk.secret("signing-secret", usualSigningSecret);
    await desk.start(`
http: { listen: "127.0.0.1:0" }
destinations:
  security-alerts:
    type: slack
    token: { file: SECRETS/slack-token }
    signing_secret: { file: SECRETS/signing-secret }
    people: { ${ana.id}: Ana Brandt }
    api: "${served.url}/api"
    channel: "#security-alerts"
    pace: { max: 100, per: 1s }
policies: [{ name: agent-lost, when: { rule.id: 504 }, tell: [security-alerts], playbook: agent-disconnection }]`);
    const message = () => slack.live[0]!;
    const text = (): string => slack.textOf(message());

    desk.append(agentDisconnected({ id: "007", name: "db-01" }));
    await expect.poll(() => slack.live.length, { timeout: 10_000 }).toBe(1);
    expectInOrder(text(), FOUR_STEPS);
    const first = choicesOf(message()).find((label) => label.startsWith("Tick off 1. Check Wazuh logs"));
    const { timestamp, signature, body } = signed(
      formOf(pressPayload(message(), first ?? "", { trigger: "1" }), "press"),
      Date.now(),
    );
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": signature,
    };
    const hook = `http://${desk.httpAddress}/v1/hooks/slack`;
    expect((await fetch(hook, { method: "POST", headers, body })).status).toBe(200);

    await expect.poll(text, { timeout: 10_000 }).toMatch(/✓ 1\. Check Wazuh logs/);
    expect(text()).toMatch(/Playbook\W+1 of 4 done, step 1 by Ana Brandt/);
    // And what is said at a terminal.
    const tick = { method: "POST", path: "/v1/incidents/1/tick", body: { step: 2 } } as const;
    expect(await askSocket(desk.socketPath, "ben")(tick)).toMatchObject({ status: 200 });
    await expect.poll(text, { timeout: 10_000 }).toMatch(/Playbook\W+2 of 4 done, step 2 by ben/);
    expectInOrder(text(), [/✓ 1\./, /✓ 2\. Verify agent connectivity/, /^3\. Restart the agent/m]);
  });
});

describe("M3: manual playbooks in Jira's REST API", () => {
  it.each([
    ["Cloud REST v3", "Cloud", `email: ${usualEmail},`],
    ["Data Center REST v2", "Server", ""],
  ] as const)("by %s the playbook is a checklist and an attachment", async (_, deployment, email) => {
    const desk = await RiposteDesk.open();
    onTestFinished(() => desk.close());
    const jira = new FakeJira({ deployment, projects: [{ key: "SEC" }] });
    const served = await serveVendor(jira);
    onTestFinished(() => served.close());
    desk.secret("jira-token", usualTokenText);
    await desk.start(`
destinations:
  soc-jira: { type: jira, url: "${served.url}", ${email} token: { file: SECRETS/jira-token }, project: SEC }
policies: [{ name: agent-lost, when: { rule.id: 504 }, tell: [soc-jira], playbook: agent-disconnection }]`);

    desk.append(agentDisconnected({ id: "007", name: "db-01" }));
    await expect.poll(() => jira.issues[0]?.attachments.length, { timeout: 10_000 }).toBe(2);
    await desk.stop();

    const [issue] = jira.issues;
    expectInOrder(issue!.description, [
      /1\. Check Wazuh logs/,
      /2\. Verify agent connectivity/,
      /3\. Restart the agent/,
      /4\. If unresolved, reinstall the agent following the documentation\./,
    ]);
    if (deployment === "Cloud") {
      expect(JSON.stringify(issue!.values.get("description")).match(/"type":"taskItem"/g)).toHaveLength(4);
    } else expect(issue!.description.match(/^☐ \d\. /gm)).toHaveLength(4);
    const file = issue!.attachments[1]!;
    expect(file).toMatchObject({ filename: "incident-1-playbook.txt" });
    expect(file.content).toContain("grep -F -e 'db-01' /var/ossec/logs/ossec.log");
  });
});
