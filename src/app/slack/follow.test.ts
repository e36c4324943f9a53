// The ways in, as the config in force has them.
import { afterEach, beforeEach, expect, test } from "vitest";
import { secretsOf } from "../../../test/conformance/secrets.ts";
import { serveVendor, type ServedVendor } from "../../../test/fakes/serve.ts";
import { ana, usualSigningSecret } from "../../../test/fakes/slack-app/person.ts";
import { FakeSlackApp } from "../../../test/fakes/slack-app/slack-app.ts";
import { FakeSocketMode, usualAppToken } from "../../../test/fakes/slack-app/socket-mode.ts";
import { SlackHookRig } from "../../../test/fixtures/slack-hook-rig.ts";
import { loadConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { connectors } from "../../connectors/index.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { followSlack, type SlackWays } from "./follow.ts";

const SOON = { timeout: 10_000, interval: 5 };
let desk: SlackHookRig;
let socketMode: FakeSocketMode;
let served: ServedVendor;
let inForce: Config;
let ways: SlackWays;
beforeEach(async () => {
  desk = await SlackHookRig.open();
  socketMode = await FakeSocketMode.open();
  served = await serveVendor(new FakeSlackApp({ socketMode }));
  const { clock, parts } = desk.rig;
  ways = followSlack({
    clock,
    http: desk.http,
    log: parts.log,
    door: parts.door,
    reader: parts.reader,
    secrets: secretsOf({ A: usualAppToken, S: usualSigningSecret }),
    config: () => inForce,
  });
});
afterEach(async () => {
  await ways.stop();
  await served.close();
  await socketMode.close();
  await desk.rig.close();
});

function use(more: string): void {
  const text = `
wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }
destinations:
  chat: { type: slack, token: { env: T }, channel: "#soc", api: "${served.url}/api", ${more} }
policies: [{ name: all, when: { rule.groups: sshd }, tell: [chat] }]`;
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(JSON.stringify(loaded.errors));
  inForce = loaded.config;
}

test("a connection is there for as long as the config in force has an app_token", async () => {
  use("");
  await ways.follow();
  use(`people: [${ana.id}], app_token: { env: A }`);
  await ways.follow();
  await expect.poll(() => socketMode.isConnected, SOON).toBe(true);
  await ways.follow();
  expect(socketMode.connections).toBe(1);

  use("");
  await ways.follow();
  await expect.poll(() => socketMode.isConnected, SOON).toBe(false);
});

test("who signs is heard from when the config has a signing_secret, and not before", async () => {
  use("");
  const press = await desk.press("Acknowledge");
  expect(await desk.send(press, ways.hook)).toMatchObject({ kind: "refused", code: "unauthorised" });
  use(`people: { ${ana.id}: Ana }, signing_secret: { env: S }`);
  expect(await desk.send(press, ways.hook)).toEqual({ kind: "taken", reply: null });
  expect(await desk.stateOf(1)).toBe("acknowledged");
});

test("a token that was revoked is told of once nobody could be heard for five minutes", async () => {
  use(`people: [${ana.id}], app_token: { env: A }`);
  await ways.follow();
  await expect.poll(() => socketMode.isConnected, SOON).toBe(true);
  socketMode.refusals.push(...Array.from({ length: 100 }, () => "token_revoked"));
  const asked = socketMode.tokens.length;
  socketMode.cut();
  await expect.poll(() => socketMode.isConnected, SOON).toBe(false);
  await expect
    .poll(async () => {
      await desk.rig.clock.advance(1_000);
      return socketMode.tokens.length;
    }, SOON)
    .toBeGreaterThan(asked);
  expect(ways.troubles()).toEqual([]);

  await desk.rig.clock.advance(5 * MINUTE_MS);
  await expect
    .poll(() => ways.troubles(), SOON)
    .toEqual([
      {
        about: "slack chat",
        title: "Riposte can't hear what people press in Slack (chat)",
        says: expect.stringContaining(
          "apps.connections.open: token_revoked: the app token was revoked; make an app-level",
        ),
      },
    ]);
  expect(JSON.stringify([ways.troubles(), desk.rig.logged])).not.toContain(usualAppToken);
});
