// M2: Jira tickets, as the original document asks for them.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { passwordGuess, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

describe("M2: Jira tickets", () => {
  let desk: RiposteDesk;
  beforeEach(async () => {
    desk = await RiposteDesk.open();
  });
  afterEach(() => desk.close());

  it("the original's block as a destination: rule 120100 at level 10 becomes one ticket with predefined fields", async () => {
    await desk.start(`
destinations: { soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies:
  - name: custom-jira
    when: { rule.level: ">= 10", rule.id: 120100 }
    tell: [soc-webhook]`);

    desk.append(
      wazuhAlert({ id: "5712", level: 10, description: "sshd: brute force" }),
      passwordGuess("ana"),
      passwordGuess("ana"),
    );
    await desk.jiraServed.arrived(1);
    await desk.stop();
    desk.jira.settle(Date.now());

    expect(desk.jiraServed.requests[0]!.headers["x-automation-webhook-token"]).toBe("API_KEY");
    expect(desk.jira.failedRuns).toEqual([]);
    expect(desk.jira.issues).toHaveLength(1);
    const [issue] = desk.jira.issues;
    expect(issue!.summary).toContain("possible password guess");
    expect(issue!.issueType).toBe("Task");
    expect(issue!.description).toContain("web-01");
    expect(issue!.description).toContain("120100");
    expect(issue!.body["data"]).toMatchObject({ issuetype: { name: "Task" } });
  });

  it("where Jira can't be asked, the state says received and never created", async () => {
    await desk.start(`
destinations: { soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies: [{ name: custom-jira, when: { rule.id: 120100 }, tell: [soc-webhook] }]`);

    desk.append(passwordGuess("ana"));
    await desk.jiraServed.arrived(1);
    await desk.stop();

    expect(desk.logLines.join("")).not.toMatch(/created/i);
  });

  it.todo("the original's <integration> block for custom-jira is read from ossec.conf, byte for byte");
  it.todo("exactly one live ticket at quiet by Cloud REST v3");
  it.todo("exactly one live ticket at quiet by Data Center REST v2");
  it.todo("our Automation rule calls back with the key, and the state says created");
});
