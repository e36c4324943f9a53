// A value that stands nowhere else is put into every secret field that the schemas know; then everything is run, what
// works and what fails, with vendors that repeat whatever they are sent, and all that is left behind is searched.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FakeCa } from "../fakes/certificates.ts";
import { canaryFor, type Canary } from "../fixtures/canaries.ts";
import { openCliRig, type CliRig, type Ended, type Running } from "../fixtures/cli-rig.ts";
import { everySecretConfig, everySecretField } from "../fixtures/every-secret.ts";

/** What a vendor at its worst would answer: all that it was sent. */
const ECHOES = [401, 400, 403, 500, 404, 302] as const;

let rig: CliRig;
let isWorking = true;
let calls = 0;
const servers: Server[] = [];
const planted: Canary[] = [];
const output: string[] = [];
let client: { readonly certificate: string; readonly key: string };
let vendor = "";

beforeAll(async () => {
  rig = await openCliRig();
  const ca = new FakeCa("the ca");
  const own = ca.issue({ names: ["127.0.0.1", "localhost"] });
  client = ca.issue();
  writeFileSync(join(rig.directory, "ca.pem"), ca.certificate);
  writeFileSync(join(rig.directory, "client.pem"), client.certificate);
  vendor = `http://127.0.0.1:${await listen(createHttp(answer))}`;
  const api = `https://127.0.0.1:${await listen(createHttps({ cert: own.certificate, key: own.key }, answer))}`;
  mkdirSync(join(rig.directory, "integrations"));
  const script = '#!/bin/sh\nread first < "$2"\necho "$3 $4" "$@" >&2\nexit 1\n';
  writeFileSync(join(rig.directory, "integrations", "custom-siren"), script, { mode: 0o500 });
  mkdirSync(join(rig.directory, "secrets"));
  plant(1);
  const ref = (field: string): string => `{ file: ${JSON.stringify(join(rig.directory, "secrets", field))} }`;
  const at = { ref, api, ca: join(rig.directory, "ca.pem"), cert: join(rig.directory, "client.pem") };
  const places = { ...at, wazuhHome: rig.directory, alerts: join(rig.directory, "alerts", "alerts.json") };
  const sqlite = `sqlite:${join(rig.directory, "riposte.db")}`;
  writeFileSync(config(), everySecretConfig({ ...places, store: sqlite }));
  const socket = `socket: ${join(rig.directory, "pg", "riposte.sock")}\n`;
  mkdirSync(join(rig.directory, "pg"));
  writeFileSync(join(rig.directory, "postgres.yaml"), `${socket}${everySecretConfig(places)}`);
  // Whatever a bug of ours or a library's may put into its error.
  const thrown = `import { readFileSync } from "node:fs";
process.on("SIGUSR2", () => { throw new Error("broke at " + readFileSync(${JSON.stringify(join(rig.directory, "secrets", "destinations.chat.webhook"))}, "utf8")); });`;
  writeFileSync(join(rig.directory, "break.mjs"), thrown);
});
afterAll(async () => {
  await rig.close();
  for (const server of servers) server.close();
});

function config(): string {
  return join(rig.directory, "riposte.yaml");
}

function plant(round: number): void {
  for (const field of Object.keys(everySecretField)) {
    const canary = canaryFor(field, { vendor, key: client.key, round });
    planted.push(canary);
    writeFileSync(join(rig.directory, "secrets", field), canary.value, { mode: 0o600 });
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    calls += 1;
    if (isWorking) return response.end("ok");
    const echo = JSON.stringify({
      url: request.url,
      headers: request.headers,
      errorMessages: [`${request.url} ${String(request.headers.authorization)}`],
      body: Buffer.concat(chunks).toString(),
    });
    const status = ECHOES[calls % ECHOES.length] ?? 500;
    return response.writeHead(status, { location: `${vendor}${request.url}` }).end(echo);
  });
}

async function run(...args: string[]): Promise<Ended> {
  const ended = await rig.start(args).ended;
  output.push(ended.out, ended.err);
  return ended;
}

/** What others on this machine can see of a process. */
function seenOf({ child }: Running): string {
  return ["cmdline", "environ"].map((name) => readFileSync(`/proc/${child.pid}/${name}`, "latin1")).join("\n");
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("secrets"))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test("no secret is in any output, file, metric or process list, whatever works and whatever fails", async () => {
  const env = { NODE_OPTIONS: `--import ${join(rig.directory, "break.mjs")}` };
  const serve = ["serve", "--config", config(), "--log", "debug", "--log-format", "json"];
  const first = rig.start(serve, "", env);
  const address = await first.said(/"http":"([^"]+)"/);
  for (const n of [1, 2]) rig.appendAlert(n);
  await first.said(/"msg":"delivered"/);
  isWorking = false;
  for (const n of [3, 4, 5]) rig.appendAlert(n);
  await first.said(/"msg":"delivery put off"/);
  output.push(seenOf(first));

  const away = rig.start(["serve", "--config", join(rig.directory, "postgres.yaml"), "--log-format", "text"]);
  await Promise.all([
    away.said(/can't be reached/),
    run("status", "--config", config(), "--json"),
    run("check", "--online", config()),
    run("secrets", "check", "--config", config()),
    run("doctor", "jira", "--config", config()),
  ]);
  away.child.kill("SIGKILL");
  const ended = await away.ended;
  output.push(ended.out, ended.err);
  plant(2);
  first.child.kill("SIGHUP");
  await first.said(/"msg":"a secret changed and is/);
  output.push(await (await fetch(`http://${address}/metrics`)).text());
  await run("backup", "--config", config(), join(rig.directory, "copy.db"));
  first.child.kill("SIGUSR2");
  const broken = await first.ended;
  expect(broken.code).toBe(70);
  output.push(broken.out, broken.err);

  isWorking = true;
  const second = rig.start(serve);
  await second.said(/"msg":"started"/);
  rig.appendAlert(7);
  await second.said(/"msg":"delivered"/);
  output.push(seenOf(second));
  second.child.kill("SIGKILL");
  const killed = await second.ended;
  output.push(killed.out, killed.err);
  await Promise.all([
    run("work", "list", "--config", config(), "--json"),
    run("replay", join(rig.directory, "alerts", "alerts.json"), "--config", config()),
  ]);

  const files = filesBelow(rig.directory).map((path) => [path, readFileSync(path, "latin1")] as const);
  const all = [["output", output.join("\n")], ...files] as const;
  const seen = planted.flatMap(({ tells }) =>
    tells.flatMap((tell) => {
      const forms = [tell, encodeURIComponent(tell), Buffer.from(tell).toString("base64").replace(/=+$/, "")];
      return all.flatMap(([place, text]) => (forms.some((form) => text.includes(form)) ? [`${tell} in ${place}`] : []));
    }),
  );
  expect(seen).toEqual([]);
  // What was searched was there to be found in.
  expect(files.map(([path]) => path)).toContain(join(rig.directory, "copy.db"));
  expect(broken.err).toContain("broke at [secret]");
}, 150_000);
