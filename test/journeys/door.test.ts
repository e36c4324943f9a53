// The door for other machines, as somebody sets it up.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FakeCa } from "../fakes/certificates.ts";
import { openCliRig, type CliRig } from "../fixtures/cli-rig.ts";

const token = "not-a-real-token-of-grafana-0123456789";
const ca = new FakeCa("Corp CA");
let rig: CliRig;
let path: string;

beforeAll(async () => {
  rig = await openCliRig();
  const { certificate, key } = ca.issue({ names: ["127.0.0.1"] });
  writeFileSync(join(rig.directory, "tls.crt"), certificate);
  writeFileSync(join(rig.directory, "tls.key"), key);
  writeFileSync(join(rig.directory, "grafana"), `${token}\n`);
  path = rig.writeConfig();
  const at = (name: string): string => JSON.stringify(join(rig.directory, name));
  appendFileSync(
    path,
    `http:
  listen: 127.0.0.1:0
  tls: { certificate: ${at("tls.crt")}, key: ${at("tls.key")} }
  tokens:
    - { name: master, secret: { env: NOT_SET }, may: [send] }
    - { name: grafana, secret: { file: ${at("grafana")} }, role: viewer }
`,
  );
});
afterAll(() => rig.close());

function ask(port: number, what: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token}` };
    const call = request(
      { host: "127.0.0.1", port, path: what, headers, ca: ca.certificate, agent: false },
      (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    call.on("error", reject);
    call.end();
  });
}

test("check says who may what", async () => {
  const { code, out } = await rig.riposte("check", path);

  expect(code).toBe(0);
  expect(out).toContain("  master (by its token) may send alerts\n  grafana (by its token) may read everything\n");
});

test("a token reads over TLS, until it leaves the config, and is in no line of the log", async () => {
  const server = rig.start(["serve", "--config", path, "--log-format", "json", "--log", "debug"]);
  const port = Number(await server.said(/"http":"127\.0\.0\.1:(\d+)"[^\n]*"msg":"started"/));
  await server.said(/"msg":"started"/);

  const status = await ask(port, "/v1/status");
  expect(status.status).toBe(200);
  expect(JSON.parse(status.text)).toMatchObject({ sources: [{ name: "alerts" }] });

  writeFileSync(path, readFileSync(path, "utf8").replace(/^.*name: grafana.*$/m, ""));
  server.child.kill("SIGHUP");
  await server.said(/"msg":"config applied"[^]*"msg":"config applied"/);

  expect((await ask(port, "/v1/status")).status).toBe(401);
  const { out } = await rig.riposte("status", "--config", path);
  expect(out).not.toContain("restart");
  server.child.kill("SIGTERM");
  const { code, err } = await server.ended;
  expect(code).toBe(0);
  expect(err).toContain("nobody knows who asked");
  expect(err).not.toContain(token);
});

test("a certificate that can't be used is a mistake of the config, with its place", async () => {
  writeFileSync(join(rig.directory, "tls.key"), "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n");

  const { code, out } = await rig.riposte("check", path);

  expect(code).toBe(78);
  expect(out).toMatch(/riposte\.yaml:\d+:\d+ http\.tls\.key: \S+tls\.key is damaged: the private key can't be read/);
});
