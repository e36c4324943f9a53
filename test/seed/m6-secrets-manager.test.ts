// M6: AWS Secrets Manager, as the original document asks for it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

describe("M6: AWS Secrets Manager", () => {
  let desk: RiposteDesk;
  beforeEach(async () => {
    desk = await RiposteDesk.open();
  });
  afterEach(() => desk.close());

  it("the value of wazuh/jira-api-key is used as it is: three keys, JIRA_URL an Automation webhook, no e-mail", async () => {
    await desk.start(`
destinations: { soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies: [{ name: custom-jira, when: { rule.id: 120100 }, tell: [soc-webhook] }]`);

    desk.append(passwordGuess("ana"));
    await desk.jiraServed.arrived(1);

    expect(desk.jira.received[0]!.body["data"]).toMatchObject({ issuetype: { name: "Task" } });
    expect(JSON.stringify(desk.jira.received[0]!.body)).toContain("PROJ");
  });

  it.todo("wazuh/slack-webhook as a bare URL or as JSON with one known key");
  it.todo("both are read directly from AWS Secrets Manager");
  it.todo("a rotated value is used without a restart, and proven before it replaces the old one");
});
