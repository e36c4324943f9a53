import { writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { FakeCa } from "../../test/fakes/certificates.ts";
import { type DoorRig, openDoorRig, secretOf } from "../../test/fixtures/door-rig.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { DAY_MS } from "../core/time.ts";
import type { TokenTerms } from "../ports/door-settings.ts";
import { openSecrets } from "../secrets/read.ts";
import { createPublicDoor } from "./api.ts";
import { identifyByToken } from "./token-caller.ts";

let door: DoorRig;
let tokens: readonly TokenTerms[];

beforeAll(async () => {
  door = await openDoorRig();
  ({ tokens } = door.config);
  await door.rig.threeIncidents();
});
afterEach(() => {
  door.config.tokens = tokens;
});
afterAll(() => door.close());

/** A minute in which nobody is refused, so that no test uses up another's refusals. */
const rest = (): Promise<void> => door.rig.clock.advance(60_000);

test.each([
  ["viewer", "GET", "/v1/status", 200],
  ["viewer", "GET", "/v1/incidents/1", 200],
  ["viewer", "GET", "/v1/audit", 200],
  ["viewer", "POST", "/v1/incidents/1/acknowledge", 403],
  ["viewer", "POST", "/v1/test-alerts", 403],
  ["oncall", "GET", "/v1/work", 200],
  ["oncall", "POST", "/v1/incidents/2/acknowledge", 200],
  ["sender", "GET", "/v1/status", 403],
  ["sender", "GET", "/v1/quarantine", 403],
  ["root", "GET", "/v1/sources", 200],
  ["root", "POST", "/v1/work/1/chat/drop", 200],
] as const)("%s asking %s %s is answered as far as its scopes go", async (name, method, path, status) => {
  const answer = await door.ask(path, { token: secretOf(name), method, ...(method === "POST" && { body: "{}" }) });

  expect(answer.status).toBe(status);
});

test("what a token's owner did stands in the audit under the token's name, whatever he calls himself", async () => {
  await door.ask("/v1/incidents/3/acknowledge", {
    token: secretOf("oncall"),
    method: "POST",
    body: "{}",
    headers: { "X-Riposte-Who": "root" },
  });

  const { text } = await door.ask("/v1/audit?limit=1", { token: secretOf("viewer") });
  expect(JSON.parse(text)).toMatchObject({ audit: [{ who: "oncall", what: "acknowledge", about: "#3" }] });
});

test.each([
  ["no token", {}, "expected Authorization: Bearer TOKEN", 'Bearer realm="riposte"'],
  [
    "a token of nobody",
    { Authorization: `Bearer ${secretOf("nobody")}` },
    "nobody here has such a token",
    'Bearer realm="riposte", error="invalid_token"',
  ],
  [
    "a token with more behind it",
    { Authorization: `Bearer ${secretOf("viewer")}x` },
    "nobody here has such a token",
    'Bearer realm="riposte", error="invalid_token"',
  ],
  [
    "a token's beginning",
    { Authorization: `Bearer ${secretOf("viewer").slice(0, -1)}` },
    "nobody here has such a token",
    'Bearer realm="riposte", error="invalid_token"',
  ],
  [
    "another scheme",
    { Authorization: `Basic ${btoa(`viewer:${secretOf("viewer")}`)}` },
    "expected Authorization: Bearer TOKEN",
    'Bearer realm="riposte", error="invalid_request"',
  ],
])("%s is refused with 401, and what was shown is repeated nowhere", async (_, headers, says, challenge) => {
  await rest();
  const answer = await door.ask("/v1/status", { headers });

  expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, challenge]);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(JSON.parse(answer.text)).toMatchObject({
    type: "urn:riposte:unauthorised",
    detail: expect.stringContaining(says),
  });
});

test("a token that was replaced opens nothing two seconds later, and the new one does", async () => {
  await rest();
  const [old, fresh] = [secretOf("viewer"), secretOf("viewer-2")];
  expect((await door.ask("/v1/status", { token: old })).status).toBe(200);

  writeFileSync(door.tokenFile("viewer"), fresh);
  await door.rig.clock.advance(2_000);

  expect((await door.ask("/v1/status", { token: old })).status).toBe(401);
  expect((await door.ask("/v1/status", { token: fresh })).status).toBe(200);
  expect((await door.ask("/v1/status", { token: old })).status).toBe(401);
  writeFileSync(door.tokenFile("viewer"), old);
  await door.rig.clock.advance(2_000);
});

test("a token that left the config opens nothing from then on", async () => {
  await rest();
  expect((await door.ask("/v1/status", { token: secretOf("root") })).status).toBe(200);

  door.config.tokens = tokens.filter(({ name }) => name !== "root");

  expect((await door.ask("/v1/status", { token: secretOf("root") })).status).toBe(401);
});

test.each([
  ["missing", null, "does not exist"],
  ["empty", "\n", "is empty"],
  ["short", "not-a-real-token", "has fewer than 24 characters"],
  ["unsendable", "not a real token of nobody at all", "has characters that no Authorization header carries"],
])("a secret that is %s lets nobody in, and the log says why without a word of it", async (name, value, says) => {
  await rest();
  if (value !== null) writeFileSync(door.tokenFile(name), value);
  const secret = { file: door.tokenFile(name) };
  door.config.tokens = [...tokens, { name, proof: { kind: "secret", secret }, may: ["read"] }];

  expect((await door.ask("/v1/status", { token: value?.trim() === "" ? "x" : (value ?? "x") })).status).toBe(401);
  expect((await door.ask("/v1/status", { token: secretOf("viewer") })).status).toBe(200);

  const lines = door.logged.filter((line) => line.includes("can't be used") && line.includes(`"${name}"`));
  expect(lines).toEqual([expect.stringContaining(says)]);
  if (value !== null && value !== "\n") expect(lines[0]).not.toContain(value);
});

test("two tokens with one value are the first of the config, and the log says so", async () => {
  await rest();
  writeFileSync(door.tokenFile("twin"), secretOf("viewer"));
  const secret = { file: door.tokenFile("twin") };
  door.config.tokens = [...tokens, { name: "twin", proof: { kind: "secret", secret }, may: ["act"] }];

  const answer = await door.ask("/v1/incidents/1/acknowledge", { token: secretOf("viewer"), method: "POST", body: "" });

  expect(answer.status).toBe(403);
  expect(door.logged.join("")).toContain("is the same as that of viewer");
});

test("a client's certificate stands for a token, by an alternative name or by its common name", async () => {
  await rest();
  const bySan = door.issue(door.clients, { names: ["other.example", "node-1.example"] });
  const byName = door.issue(door.clients, { names: ["node-1.example"] });

  expect((await door.ask("/v1/status", { shows: bySan })).status).toBe(200);
  expect((await door.ask("/v1/status", { shows: byName })).status).toBe(200);
  expect((await door.ask("/v1/incidents/1/resolve", { shows: byName, method: "POST", body: "{}" })).status).toBe(403);
});

test.each([
  [
    "from another CA",
    () => door.issue(new FakeCa("Clients CA"), { names: ["node-1.example"] }),
    "not from client_ca|not signed by client_ca",
  ],
  [
    "that has expired",
    () => door.clients.issue({ names: ["node-1.example"], validFromMs: noon - 1e9, validUntilMs: noon - 1_000 }),
    "has expired|expired on",
  ],
  [
    "that does not hold yet",
    () =>
      door.clients.issue({ names: ["node-1.example"], validFromMs: Date.now() + 1e9, validUntilMs: Date.now() + 2e9 }),
    "holds from",
  ],
  ["of another name", () => door.issue(door.clients, { names: ["node-2.example"] }), "names no certificate such as"],
  [
    "with a wildcard that would fit",
    () => door.issue(door.clients, { names: ["*.example"] }),
    "names no certificate such as",
  ],
])("a certificate %s is refused with the reason", async (_, certificate, says) => {
  await rest();
  const answer = await door.ask("/v1/status", { shows: certificate() });

  expect(answer.status).toBe(401);
  expect((JSON.parse(answer.text) as { detail: string }).detail).toMatch(new RegExp(says));
});

test("whoever is refused again and again from one address is told to wait, and those who are known are not", async () => {
  await rest();
  const statuses: number[] = [];
  const before = door.logged.filter((line) => line.includes("nobody knows who asked")).length;
  for (let i = 0; i < 22; i += 1) statuses.push((await door.ask("/v1/status", { token: secretOf("nobody") })).status);

  const last = await door.ask("/v1/status");
  expect(statuses).toEqual([...Array<number>(20).fill(401), 429, 429]);
  expect(last).toMatchObject({ status: 429, headers: { "retry-after": "3", connection: "close" } });
  expect((await door.ask("/v1/status", { token: secretOf("viewer") })).status).toBe(200);
  expect(door.logged.filter((line) => line.includes("nobody knows who asked"))).toHaveLength(before + 20);

  await door.rig.clock.advance(3_000);
  expect((await door.ask("/v1/status", { token: secretOf("nobody") })).status).toBe(401);
});

test("a certificate that runs out while its connection is kept is refused from then on", async () => {
  await rest();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const shows = door.issue(door.clients, { names: ["node-1.example"], validUntilMs: Date.now() + DAY_MS });
  expect((await door.ask("/v1/status", { shows, agent })).status).toBe(200);

  door.rig.clock.set(3 * DAY_MS);
  const late = await door.ask("/v1/status", { shows, agent });
  door.rig.clock.set(-3 * DAY_MS);

  expect(late.status).toBe(401);
  expect(late.text).toContain("the client certificate expired on");
  agent.destroy();
});

/** Without sockets, from whatever address: as many requests as one likes. */
function doorWithoutSockets() {
  const { parts, clock } = door.rig;
  const { log } = parts;
  const secrets = openSecrets(clock, {});
  const app = createPublicDoor(parts, identifyByToken({ tokens: () => tokens, secrets, clock, log }));
  return async (token: string, remoteAddress = "192.0.2.1"): Promise<Response> =>
    app.request(
      "/v1/test-alerts",
      { method: "POST", headers: { Authorization: `Bearer ${token}` } },
      { incoming: { socket: { remoteAddress } } },
    );
}

test("a token that asks more than its share is told when to come again, and the others are not", async () => {
  const ask = doorWithoutSockets();
  const statuses = new Set<number>();
  for (let i = 0; i < 600; i += 1) statuses.add((await ask(secretOf("viewer"))).status);

  const over = await ask(secretOf("viewer"));
  expect([...statuses]).toEqual([403]);
  expect([over.status, over.headers.get("Retry-After")]).toEqual([429, "1"]);
  expect(await over.json()).toMatchObject({ detail: "viewer asks more than 300 times a second" });
  expect((await ask(secretOf("sender"))).status).toBe(403);
  await door.rig.clock.advance(10);
  expect((await ask(secretOf("viewer"))).status).toBe(403);
});

test("the addresses of one IPv6 network are one who is refused, and those of another are not", async () => {
  const ask = doorWithoutSockets();
  for (let i = 1; i <= 20; i += 1) await ask(secretOf("nobody"), `2001:db8:1:2::${i.toString(16)}`);

  expect((await ask(secretOf("nobody"), "2001:db8:1:2:ffff::1")).status).toBe(429);
  expect((await ask(secretOf("nobody"), "2001:db8:1:3::1")).status).toBe(401);
  expect((await ask(secretOf("nobody"), "::ffff:192.0.2.9")).status).toBe(401);
});

test("no log line has a word of a token that was shown, known or not", async () => {
  const log = door.logged.join("");

  expect(log).toContain("a request was answered");
  expect(log).not.toContain("not-a-real-token-of");
  expect(log).not.toContain(btoa("viewer:").slice(0, 8));
});
