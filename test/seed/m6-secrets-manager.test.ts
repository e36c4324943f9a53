// M6: AWS Secrets Manager, as the original document asks for it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeAws } from "../fakes/aws/aws.ts";
import { serveVendor, type ServedVendor } from "../fakes/serve.ts";
import { usualHookPath } from "../fakes/slack-webhook.ts";
import { awsEnvironment } from "../fixtures/aws-environment.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

describe("M6: AWS Secrets Manager", () => {
  let desk: RiposteDesk;
  let aws: FakeAws;
  let awsServed: ServedVendor;
  beforeAll(() => {
    const login = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "not-a-real-secret" };
    for (const [name, value] of Object.entries({ ...awsEnvironment, ...login })) vi.stubEnv(name, value);
  });
  afterAll(() => void vi.unstubAllEnvs());
  beforeEach(async () => {
    desk = await RiposteDesk.open();
    aws = new FakeAws();
    awsServed = await serveVendor(aws);
  });
  afterEach(async () => {
    await desk.close();
    await awsServed.close();
  });

  const region = (): string => `aws: { region: eu-central-1, endpoint: "${awsServed.url}" }`;
  const hook = (): string => `${desk.slackServed.url}${usualHookPath}`;
  const threeKeys = (token: string): string =>
    JSON.stringify({
      JIRA_URL: `${desk.jiraServed.url}${desk.jira.path}`,
      JIRA_API_KEY: token,
      JIRA_PROJECT_KEY: "PROJ",
    });

  it("the value of wazuh/jira-api-key is used as it is: three keys, JIRA_URL an Automation webhook, no e-mail", async () => {
    await desk.start(`
destinations: { soc-webhook: { type: jira-automation, secret: { file: SECRETS/jira-api-key } } }
policies: [{ name: custom-jira, when: { rule.id: 120100 }, tell: [soc-webhook] }]`);

    desk.append(passwordGuess("ana"));
    await desk.jiraServed.arrived(1);

    expect(desk.jira.received[0]!.body["data"]).toMatchObject({ issuetype: { name: "Task" } });
    expect(JSON.stringify(desk.jira.received[0]!.body)).toContain("PROJ");
  });

  it.each([
    ["a bare URL", (url: string) => url],
    ["JSON with webhook_url", (webhook_url: string) => JSON.stringify({ webhook_url, channel: "#security-alerts" })],
    ["JSON with SLACK_WEBHOOK_URL", (url: string) => JSON.stringify({ SLACK_WEBHOOK_URL: url })],
  ])("wazuh/slack-webhook as a bare URL or as JSON with one known key: %s", async (_, valueOf) => {
    aws.shelf.put("wazuh/slack-webhook", valueOf(hook()));
    await desk.start(`${region()}
destinations: { security-alerts: { type: slack, webhook: { aws: wazuh/slack-webhook } } }
policies: [{ name: custom-slack, when: { rule.id: 120100 }, tell: [security-alerts] }]`);

    desk.append(passwordGuess("ana"));
    await desk.slackServed.arrived(1);

    expect(desk.slack.posted.map(({ channel }) => channel)).toEqual(["#security-alerts"]);
  });

  it("both are read directly from AWS Secrets Manager", async () => {
    aws.shelf.put("wazuh/slack-webhook", hook());
    aws.shelf.put("wazuh/jira-api-key", threeKeys("API_KEY"));
    await desk.start(`${region()}
destinations:
  security-alerts: { type: slack, webhook: { aws: wazuh/slack-webhook } }
  soc-webhook: { type: jira-automation, secret: { aws: wazuh/jira-api-key } }
policies: [{ name: custom-jira, when: { rule.id: 120100 }, tell: [security-alerts, soc-webhook] }]`);

    desk.append(passwordGuess("ana"));
    await Promise.all([desk.slackServed.arrived(1), desk.jiraServed.arrived(1)]);

    expect(JSON.stringify(desk.jira.received[0]!.body)).toContain("PROJ");
  });

  it("a rotated value is used without a restart, and proven before it replaces the old one", async () => {
    aws.shelf.put("wazuh/slack-webhook", hook());
    await desk.start(`${region()}
destinations: { security-alerts: { type: slack, webhook: { aws: wazuh/slack-webhook } } }
policies: [{ name: custom-slack, when: { rule.id: 120100 }, group_by: [data.dstuser], tell: [security-alerts] }]`);
    const logged = (sentence: string) => expect.poll(() => desk.logLines.join("")).toContain(sentence);
    const posted = (count: number) => expect.poll(() => desk.slack.posted.length, { timeout: 10_000 }).toBe(count);
    desk.append(passwordGuess("ana"));
    await posted(1);

    aws.shelf.put("wazuh/slack-webhook", `${desk.slackServed.url}/services/T0/B0/wrong`);
    await desk.reload();
    await logged("a secret changed and is not in use");
    desk.append(passwordGuess("bea"));
    await posted(2);

    const second = `${hook()}-second`;
    desk.slack.add(new URL(second).pathname, "#security-alerts");
    aws.shelf.put("wazuh/slack-webhook", second);
    await desk.reload();
    await logged("a secret changed and is in use");
    desk.slack.setState("revoked");
    desk.append(passwordGuess("eva"));
    await posted(3);

    expect(desk.slack.posted.map(({ path }) => path).slice(0, 2)).toEqual([usualHookPath, usualHookPath]);
    expect(desk.slack.posted[2]?.path).toBe(new URL(second).pathname);
    expect(desk.logLines.join("")).not.toMatch(/T0000000|B0\/wrong/);
  });
});
