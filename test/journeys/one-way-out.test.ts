// A network with one way out: the real process behind a proxy that alone knows the outside's names and wants a login,
// where what the outside shows is signed by CAs of the network's own.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { FakeCa } from "../fakes/certificates.ts";
import { serveProxy, type FakeProxy } from "../fakes/connect-proxy.ts";
import { serveVendor, unreachableUrl, type ServedVendor } from "../fakes/serve.ts";
import { FakeSlackWebhooks, usualHookPath } from "../fakes/slack-webhook.ts";
import { textAnswer } from "../fakes/vendor.ts";
import { openCliRig, type CliRig, type Running } from "../fixtures/cli-rig.ts";
import { passwordGuess } from "../fixtures/wazuh-alerts.ts";

const SLACK = "hooks.slack.invalid";
const SIEM = "siem.elsewhere.invalid";
const PASSWORD = "correct-horse-battery";

let rig: CliRig;
beforeEach(async () => {
  rig = await openCliRig();
  mkdirSync(join(rig.directory, "logs"));
  write("logs/alerts.json", "");
});
afterEach(() => rig.close());

/** Returns its path. */
function write(name: string, content: string): string {
  const path = join(rig.directory, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function append(...alerts: readonly object[]): void {
  appendFileSync(join(rig.directory, "logs/alerts.json"), alerts.map((alert) => `${JSON.stringify(alert)}\n`).join(""));
}

function writeConfig(httpClient: string, more = ""): string {
  return write(
    "riposte.yaml",
    `store: "sqlite:${join(rig.directory, "riposte.db")}"
wazuh: { alerts: "${join(rig.directory, "logs/alerts.json")}", start: beginning }
http_client: { ${httpClient} }
destinations:
  security-alerts: { type: slack, webhook: { file: "${write("slack", `https://${SLACK}${usualHookPath}`)}" } }
  siem: { type: webhook, url: "https://${SIEM}:8443/in", unsigned: true }
policies:
  - { name: each, when: { rule.level: ">= 7" }, group_by: [id], collapse: off, tell: [security-alerts, siem] }
${more}`,
  );
}

interface Outside {
  readonly slack: FakeSlackWebhooks;
  readonly slackServed: ServedVendor;
  readonly siem: ServedVendor;
  readonly proxy: FakeProxy;
  /** Its address with the login, in a file. */
  readonly proxyFile: string;
  readonly caFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Three CAs: one that the config names, one that this machine trusts, and one that Node was told of. */
async function openOutside(): Promise<Outside> {
  const [named, system, extra] = ["Named CA", "System CA", "Extra CA"].map((name) => new FakeCa(name));
  if (named === undefined || system === undefined || extra === undefined) throw new Error("three CAs");
  const slack = new FakeSlackWebhooks({ burst: 100 });
  const slackServed = await serveVendor(slack, { tls: named.issue({ names: [SLACK] }) });
  const taking = { handle: () => textAnswer(204, "") };
  const siem = await serveVendor(taking, { tls: system.issue({ names: [SIEM] }) });
  const [slackPort, siemPort] = [slackServed, siem].map(({ url }) => Number(new URL(url).port));
  const proxy = await serveProxy({
    hosts: { [SLACK]: slackPort ?? 0, [SIEM]: siemPort ?? 0 },
    login: `riposte:${PASSWORD}`,
    tls: extra.issue({ names: ["127.0.0.1"] }),
  });
  onTestFinished(async () => {
    await proxy.close();
    await Promise.all([slackServed.close(), siem.close()]);
  });
  return {
    slack,
    slackServed,
    siem,
    proxy,
    proxyFile: write("proxy", proxy.url.replace("//", `//riposte:${PASSWORD}@`)),
    caFile: write("corp.pem", named.certificate),
    env: {
      SSL_CERT_FILE: write("system.pem", system.certificate),
      NODE_EXTRA_CA_CERTS: write("extra.pem", extra.certificate),
    },
  };
}

async function serving(config: string, env: Readonly<Record<string, string>>): Promise<Running> {
  const server = rig.start(["serve", "--config", config, "--log-format", "json"], "", env);
  await server.said(/"msg":"started"/);
  return server;
}

describe("with a proxy as the only way out", () => {
  it("everything is delivered over it, trusting the CA in the file and all that are trusted anyway", async () => {
    const { slack, slackServed, siem, proxy, proxyFile, caFile, env } = await openOutside();
    const config = writeConfig(`proxy: { file: "${proxyFile}" }, ca: "${caFile}"`);

    const probed = await rig.start(["check", "--online", config], "", env).ended;
    const server = await serving(config, env);
    append(passwordGuess("ana"), passwordGuess("bob"));
    await slackServed.arrived(3);
    await siem.arrived(2);
    server.child.kill("SIGTERM");

    expect(probed).toMatchObject({ code: 0, out: expect.stringMatching(/security-alerts +slack +yes/) as string });
    expect(await server.ended).toMatchObject({ code: 0 });
    expect(slack.posted).toHaveLength(2);
    expect(new Set(proxy.asked.map(({ target, status }) => `${target} ${status}`))).toEqual(
      new Set([`${SLACK}:443 200`, `${SIEM}:8443 200`]),
    );
  });

  it("nothing is lost while it refuses, it is said which one and what to do, and its password nowhere", async () => {
    const { slack, siem, proxy, proxyFile, caFile, env } = await openOutside();
    const config = writeConfig(`proxy: { file: "${proxyFile}" }, ca: "${caFile}"`);
    proxy.answer = 403;
    const server = await serving(config, env);

    append(passwordGuess("ana"));
    const evidence = await server.said(/"destination":"siem".*"evidence":"([^"]*)"/);
    await server.said(/"destination":"security-alerts".*"evidence"/);
    const status = await rig.riposte("work", "list", "--config", config);
    expect(slack.calls).toEqual([]);
    proxy.answer = null;
    await siem.arrived(1);
    await expect.poll(() => slack.posted, { timeout: 20_000 }).toHaveLength(1);
    server.child.kill("SIGTERM");
    const { out, err } = await server.ended;

    expect(evidence).toContain(`the proxy 127.0.0.1:${proxy.port} opened no tunnel (403): let it allow CONNECT`);
    expect(status.out).toMatch(/the proxy opened no way out/);
    const files = readdirSync(rig.directory).filter((name) => name.startsWith("riposte.db"));
    const texts = [out, err, status.out, ...files.map((name) => readFileSync(join(rig.directory, name), "latin1"))];
    for (const text of texts) expect(text).not.toContain(PASSWORD);
  }, 40_000);
});

describe("files that http_client names", () => {
  it("are looked at by check and at the start, which end with 78 and the place in the config", async () => {
    const broken = write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const config = writeConfig(`ca: "${broken}", cert: /no/client.pem, key: { env: NO_KEY }`);

    const checked = await rig.riposte("check", config);
    const served = await rig.riposte("serve", "--config", config);

    for (const { code, out, err } of [checked, served]) {
      expect(code).toBe(78);
      expect(out + err).toContain(`${config}:3:20 http_client.ca: ${broken} is damaged: its certificate can't be read`);
      expect(out + err).toMatch(/:3:\d+ http_client\.cert: \/no\/client\.pem does not exist/);
      expect(out + err).toMatch(/:3:\d+ http_client\.key: the environment variable NO_KEY is not set/);
      expect(out + err).not.toMatch(/^ {4}at /m);
    }
  });

  it("that can't be used keep a new config out of force, and let it in as soon as they can", async () => {
    const { slack, slackServed, proxyFile, caFile, env } = await openOutside();
    const later = join(rig.directory, "later.pem");
    const config = writeConfig(`proxy: "${await unreachableUrl()}"`);
    const server = await serving(config, env);

    writeConfig(`proxy: { file: "${proxyFile}" }, ca: "${later}"`);
    const refused = await server.said(/"mistakes":\["([^"]*)/);
    write("later.pem", readFileSync(caFile, "utf8"));
    await server.said(/"config applied"[^]*"config applied"/);
    append(passwordGuess("ana"));
    await slackServed.arrived(1);

    expect(refused).toContain(`http_client.ca: ${later} does not exist. Create it, or correct the path in the config`);
    expect(slack.posted).toHaveLength(1);
  }, 40_000);
});
