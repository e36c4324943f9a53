import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { serveVendor, type ServedVendor } from "../../test/fakes/serve.ts";
import { FakeSlackApp, usualBotToken, type SlackAppOptions } from "../../test/fakes/slack-app/slack-app.ts";
import { FakeSocketMode, usualAppToken } from "../../test/fakes/slack-app/socket-mode.ts";
import { usualSigningSecret } from "../../test/fakes/slack-app/person.ts";
import { SlackHookRig } from "../../test/fixtures/slack-hook-rig.ts";
import { createPublicDoor } from "../http/api.ts";
import { listenTcp } from "../http/serve.ts";
import { systemClock } from "../ports/clock.ts";
import { loadConfig } from "../config/load.ts";
import { connectors } from "../connectors/index.ts";
import { SCOPES } from "../connectors/slack/scopes.ts";
import { examineSlackApps } from "./slack-app-doctor.ts";

let directory: string;
let served: ServedVendor;
let fake: FakeSlackApp;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "riposte-slack-app-"));
});
afterEach(async () => {
  await served.close();
  rmSync(directory, { recursive: true });
});

async function examine(more = "", options: SlackAppOptions = {}, write = false, top = "") {
  fake = new FakeSlackApp(options);
  served = await serveVendor(fake);
  writeFileSync(join(directory, "token"), `${usualBotToken}\n`, { mode: 0o600 });
  const slack = `{ type: slack, token: { file: ${directory}/token }, api: "${served.url}/api", channel: "#security-alerts"${more} }`;
  const text = `${top}wazuh: { alerts: /a }\ndestinations:\n  soc: ${slack}\npolicies: [{ name: ssh, when: { rule.id: 1 } }]\n`;
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors[0]?.says);
  const [report] = (await examineSlackApps(loaded.config, null, write)) ?? [];
  return report!.findings;
}

async function serveHook({ rig, hook }: SlackHookRig) {
  const door = createPublicDoor({ ...rig.parts, slackHook: hook });
  const listening = await listenTcp(door.fetch, { host: "127.0.0.1", port: 0, clock: systemClock });
  if (listening.kind !== "listening") throw new Error(listening.message);
  return listening;
}

describe("riposte doctor slack, of an app", () => {
  test("an app that has all is told so check by check, and nothing is posted", async () => {
    const findings = await examine();
    expect(findings.map(({ check, ok }) => `${check} ${ok}`)).toEqual([
      "token true",
      "scopes true",
      "clock true",
      "channel #security-alerts true",
    ]);
    expect(findings[0]?.says).toBe("the token is riposte's in Fake SOC (https://fake-soc.slack.com/)");
    expect(fake.live).toEqual([]);
  });

  test("with leave a marked message is posted, found again, edited, and taken away", async () => {
    const findings = await examine("", {}, true);
    expect(findings.at(-1)).toEqual({
      check: "test message in #security-alerts",
      ok: true,
      says: "posted, found again by its mark, edited, and deleted",
    });
    expect(fake.live).toEqual([]);
    expect(fake.channel("security-alerts").messages[0]?.former).toHaveLength(1);
  });

  test("each scope that is missing is named with what for and what to click", async () => {
    const findings = await examine("", { scopes: ["channels:read", "groups:read"] });
    expect(findings.filter(({ check }) => check === "scopes")).toMatchObject([
      { ok: false, says: expect.stringMatching(/^lacks chat:write .*Bot Token Scopes, and press Reinstall/) },
      { ok: true, doubtful: true, says: expect.stringContaining("channels:history") },
      { ok: true, doubtful: true, says: expect.stringContaining("groups:history") },
      { ok: true, doubtful: true, says: expect.stringContaining("channels:join") },
    ]);
  });

  test("a channel that it is not in, one that it can't see, one that is not there, and a policy that no config has", async () => {
    const channels = [
      { name: "security-alerts", isMember: false },
      { name: "war-room", isPrivate: true, isMember: false },
    ];
    const findings = await examine(", channels: { policy: { ssh: war-room, shs: nowhere } }", { channels });
    expect(findings.slice(3)).toMatchObject([
      { ok: true, doubtful: true, says: expect.stringContaining("joins it with its first message") },
      { ok: false, says: expect.stringContaining("#war-room: there is none of that name that the app can see") },
      { ok: false, says: expect.stringContaining("#nowhere") },
      { ok: true, doubtful: true, says: "the config has no policy shs" },
    ]);
  });

  test("a token that is none ends the look, and is not repeated", async () => {
    const findings = await examine("", { token: "xoxb-another" });
    expect(findings).toMatchObject([{ check: "token", ok: false, says: expect.stringContaining("invalid_auth") }]);
    expect(JSON.stringify(findings)).not.toContain(usualBotToken);
  });

  test("Socket Mode is tried without a connection, and what is wrong with its token is said", async () => {
    const socketMode = await FakeSocketMode.open();
    try {
      writeFileSync(join(directory, "app"), usualAppToken);
      const more = `, app_token: { file: ${directory}/app }, people: { U0123456789: Ana }`;
      expect((await examine(more, { socketMode })).slice(4)).toEqual([
        { check: "people", ok: true, says: "one person may press" },
        { check: "Socket Mode", ok: true, says: expect.stringContaining("gives the app a connection") },
      ]);
      expect(socketMode.connections).toBe(0);
      await served.close();
      expect((await examine(more)).at(-1)).toMatchObject({ ok: false, says: expect.stringContaining("switched off") });
      await served.close();
      writeFileSync(join(directory, "app"), usualBotToken);
      const [last] = (await examine(more, { socketMode })).slice(-1);
      expect(last).toMatchObject({
        check: "Socket Mode",
        ok: false,
        says: expect.stringContaining("belongs to `token`"),
      });
      expect(JSON.stringify(last)).not.toContain(usualBotToken);
    } finally {
      await socketMode.close();
    }
  });

  test("over HTTP it is said where Slack must be pointed to, and whether the server takes this secret", async () => {
    writeFileSync(join(directory, "signing"), usualSigningSecret);
    const more = `, signing_secret: { file: ${directory}/signing }, people: everyone`;
    const closed = await examine(more);
    expect(closed.slice(4)).toMatchObject([
      { check: "people", ok: true, doubtful: true },
      { check: "interactivity", ok: false, says: expect.stringContaining("no http.listen") },
    ]);
    await served.close();
    const desk = await SlackHookRig.open();
    const door = await serveHook(desk);
    try {
      const top = `http: { listen: "${door.address}" }\n`;
      const [open] = (await examine(more, {}, false, top)).slice(-1);
      // The stand-in's clock stands still, far from this machine's.
      expect(open).toMatchObject({ ok: false, says: expect.stringContaining("another config or another secret") });
      await served.close();
      desk.rig.clock.set(Date.now() - desk.rig.clock.now());
      const [now] = (await examine(more, {}, false, top)).slice(-1);
      expect(now).toMatchObject({ ok: true, says: expect.stringContaining("takes what is signed with this secret") });
    } finally {
      await door.stop();
      await desk.rig.close();
    }
  });

  test("the manifest asks for exactly the scopes that are looked for", async () => {
    await examine();
    const manifest = parse(readFileSync(new URL("../../deploy/slack/manifest.yaml", import.meta.url), "utf8")) as {
      oauth_config: { scopes: { bot: string[] } };
    };
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual(Object.keys(SCOPES).toSorted());
  });
});
