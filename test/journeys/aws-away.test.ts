// Riposte starts while AWS is away: alerts are taken in, deliveries wait, and nobody is sent to it before it has read
// its secrets once. After that an AWS that is away costs nothing.
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { FakeAws } from "../fakes/aws/aws.ts";
import { refusal } from "../fakes/aws/refusal.ts";
import { serveVendor } from "../fakes/serve.ts";
import { usualHookPath } from "../fakes/slack-webhook.ts";
import { awsEnvironment } from "../fixtures/aws-environment.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";
import { RiposteDesk } from "../riposte-desk.ts";

beforeAll(() => {
  const login = { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "not-a-real-secret" };
  for (const [name, value] of Object.entries({ ...awsEnvironment, ...login })) vi.stubEnv(name, value);
});
afterAll(() => void vi.unstubAllEnvs());

test("an AWS that is away at the start delays deliveries, and neither the start nor an alert", async () => {
  const desk = await RiposteDesk.open({ hurry: 10 });
  const aws = new FakeAws();
  let isAway = true;
  const served = await serveVendor({
    handle(request, now) {
      if (isAway) aws.refuseNext.push(refusal("InternalServiceError", "An error occurred", 500));
      return aws.handle(request, now);
    },
  });
  onTestFinished(async () => {
    await desk.close();
    await served.close();
  });
  aws.shelf.put("wazuh/slack-webhook", `${desk.slackServed.url}${usualHookPath}`);
  await desk.start(`aws: { region: eu-central-1, endpoint: "${served.url}", refresh: 10s }
http: { listen: "127.0.0.1:0" }
destinations: { chat: { type: slack, webhook: { aws: wazuh/slack-webhook } } }
policies: [{ name: all, when: { rule.id: 120100 }, group_by: [data.dstuser], tell: [chat] }]`);
  const ready = async () => {
    const answer = await fetch(`http://${desk.httpAddress}/readyz`);
    const { checks } = (await answer.json()) as { checks: { name: string; ok: boolean; says: string }[] };
    return { status: answer.status, bad: checks.filter(({ ok }) => !ok) };
  };

  desk.append(passwordGuess("ana"));
  await expect.poll(() => desk.logLines.join(""), { timeout: 20_000 }).toContain("AWS has trouble of its own");
  expect(await ready()).toMatchObject({ status: 503, bad: [{ name: "secret destinations.chat.webhook" }] });
  await expect.poll(() => desk.logLines.join("")).toContain("incident opened");

  isAway = false;
  await expect.poll(() => desk.slack.posted.length, { timeout: 20_000 }).toBe(1);
  await expect.poll(async () => (await ready()).status, { timeout: 5_000 }).toBe(200);

  isAway = true;
  await desk.reload();
  desk.append(passwordGuess("bea"));
  await expect.poll(() => desk.slack.posted.length, { timeout: 20_000 }).toBe(2);
  expect(await ready()).toMatchObject({ status: 200, bad: [] });
});
