import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { connectorIo, type ConnectorIo } from "../../../test/fixtures/connector-io.ts";
import { FakeJiraAutomation } from "../../../test/fakes/jira-automation.ts";
import { serveVendor, type ServedVendor } from "../../../test/fakes/serve.ts";
import { FakeSlackWebhooks, usualHookPath } from "../../../test/fakes/slack-webhook.ts";
import { loadConfig } from "../../config/load.ts";
import { openDestinations } from "../../connectors/destinations.ts";
import { connectors } from "../../connectors/index.ts";
import type { Destination, Step } from "../../connectors/connector.ts";
import { USUAL_AWS } from "../../ports/aws-settings.ts";
import { SecretBook } from "../../secrets/book.ts";
import { SecretKeeper } from "./keeper.ts";

const folder = mkdtempSync(join(tmpdir(), "riposte-keeper-"));
afterAll(() => rmSync(folder, { recursive: true }));

let slack: FakeSlackWebhooks;
let jira: FakeJiraAutomation;
let slackServed: ServedVendor;
let jiraServed: ServedVendor;
let io: ConnectorIo;
let book: SecretBook;
let keeper: SecretKeeper;
let destinations: ReadonlyMap<string, Destination>;
let told: string[];

beforeEach(async () => {
  slack = new FakeSlackWebhooks({ burst: 100 });
  jira = new FakeJiraAutomation({ token: "API_KEY", createAfterMs: 0 });
  slackServed = await serveVendor(slack);
  jiraServed = await serveVendor(jira);
  io = connectorIo();
  told = [];
});
afterEach(async () => {
  await Promise.all([slackServed.close(), jiraServed.close(), io.close()]);
});

async function start(text: string): Promise<void> {
  const loaded = loadConfig(
    `wazuh: { alerts: /a }\npolicies: [{ name: all, when: {} }]\n${text.replaceAll("DIR", folder)}`,
    "riposte.yaml",
    connectors,
  );
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  book = new SecretBook({
    clock: io.clock,
    env: {},
    aws: USUAL_AWS,
    tell: {
      changed: (_, { how }) => told.push(how),
      refused: (_, says) => told.push(says),
      trouble: (_, why) => told.push(why ?? "well"),
    },
  });
  keeper = new SecretKeeper({
    clock: io.clock,
    book,
    outside: () => ({ http: io.http }),
    failed: (error) => expect.fail(String(error)),
  });
  onTestFinished(() => keeper.stop());
  destinations = keeper.wrap(loaded.config, openDestinations(loaded.config.destinations));
  keeper.follow(loaded.config, destinations);
  await keeper.lookNow();
}

function put(name: string, value: string): void {
  writeFileSync(join(folder, name), value);
}

const step: Step = {
  action: "post",
  safeToRepeat: false,
  plan: { momentsTold: 1, headDigest: null },
  anchor: null,
  mark: "rp-1",
  body: JSON.stringify({ text: "hello" }),
};

async function send(name: string): Promise<string> {
  const outcome = await destinations.get(name)!.perform(step, io.io(book));
  return outcome.kind === "done" ? "done" : `${outcome.kind} ${outcome.reason}`;
}

const hook = (path = usualHookPath): string => `${slackServed.url}${path}`;
const threeKeys = (token: string): string =>
  JSON.stringify({ JIRA_URL: `${jiraServed.url}${jira.path}`, JIRA_API_KEY: token, JIRA_PROJECT_KEY: "PROJ" });

const CHAT = "destinations: { chat: { type: slack, webhook: { file: DIR/hook } } }";
const RULE = "destinations: { rule: { type: jira-automation, secret: { file: DIR/jira } } }";

test("a wrong new value never takes the place of one that works, and says what is wrong", async () => {
  put("hook", hook());
  await start(CHAT);
  put("hook", hook("/services/T0/B0/wrong"));
  await keeper.lookNow();

  expect(await send("chat")).toBe("done");
  expect(told).toHaveLength(1);
  expect(told[0]).toContain("the new value was not taken (chat: Slack answered 404 no_service");
  expect(keeper.kept[0]).toMatchObject({ field: "destinations.chat.webhook", refused: told[0] });
});

test("a right one takes its place, without a restart and before the old one is revoked", async () => {
  put("hook", hook());
  slack.add(`${usualHookPath}2`, "#security-alerts");
  await start(CHAT);
  put("hook", hook(`${usualHookPath}2`));
  await keeper.lookNow();
  slack.setState("revoked");

  expect(await send("chat")).toBe("done");
  expect(told).toEqual(["probe"]);
});

test("where the destination is away nobody can say, and the old one stays", async () => {
  put("hook", hook());
  slack.add(`${usualHookPath}2`, "#security-alerts");
  await start(CHAT);
  slack.setState("troubled", usualHookPath);
  slack.setState("troubled", `${usualHookPath}2`);
  put("hook", hook(`${usualHookPath}2`));
  await keeper.lookNow();

  expect(told[0]).toContain("could not be tried yet");
  expect(keeper.kept[0]?.untriedSince).not.toBeNull();
});

test("a secret that is revoked is looked at again at once, and the same delivery goes out with the new one", async () => {
  put("hook", hook());
  slack.add(`${usualHookPath}2`, "#security-alerts");
  await start(CHAT);
  slack.setState("revoked");
  put("hook", hook(`${usualHookPath}2`));

  expect(await send("chat")).toBe("done");
  expect(slack.posted.map(({ path }) => path)).toEqual([`${usualHookPath}2`]);
  expect(told).toEqual(["delivery"]);
});

test("what can't be proven beforehand is proven by its first delivery, which the old one makes if it is refused", async () => {
  put("jira", threeKeys("API_KEY"));
  await start(RULE);
  put("jira", threeKeys("WRONG"));
  await keeper.lookNow();
  expect(await send("rule")).toBe("done");
  expect(told).toEqual(["unproven", "back", "the new value was refused when it was used. Put the right one there"]);

  // Nobody tries the wrong one again as long as the one before is taken.
  await keeper.lookNow();
  expect(await send("rule")).toBe("done");
  expect(jira.received).toHaveLength(2);
  expect(told).toHaveLength(3);
});

test("one that has not even the right form is refused without a call", async () => {
  put("jira", threeKeys("API_KEY"));
  await start(RULE);
  put("jira", '{"JIRA_URL":"https://jira.example"}');
  await keeper.lookNow();

  expect(told[0]).toContain("the key JIRA_API_KEY is missing");
  expect(await send("rule")).toBe("done");
});

test("a secret of two destinations changes when both take it", async () => {
  put("hook", hook());
  slack.add(`${usualHookPath}2`, "#security-alerts");
  await start(`destinations:
  chat: { type: slack, webhook: { file: DIR/hook } }
  receiver: { type: webhook, url: { file: DIR/hook }, unsigned: true }`);
  put("hook", hook("/services/T0/B0/wrong"));
  await keeper.lookNow();
  expect(told[0]).toContain("the new value was not taken");
  expect(await send("chat")).toBe("done");

  put("hook", hook(`${usualHookPath}2`));
  await keeper.lookNow();
  expect(told.at(-1)).toBe("probe");
});

test("what was deleted or emptied stays in use", async () => {
  put("hook", hook());
  await start(CHAT);
  rmSync(join(folder, "hook"));
  await keeper.lookNow();

  expect(await send("chat")).toBe("done");
  expect(told[0]).toContain("does not exist");
  expect(keeper.kept[0]).toMatchObject({ isReadable: true, isAway: false });
});
