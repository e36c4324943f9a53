import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { systemClock } from "../ports/clock.ts";
import { openReader } from "../store/queries.ts";
import { StoreError } from "../store/store.ts";
import { createApi, createPublicDoor } from "./api.ts";
import type { ApiParts } from "./parts.ts";
import { listenTcp } from "./serve.ts";

let rig: ApiRig;

beforeEach(async () => {
  rig = await openApiRig();
});
afterEach(() => rig.close());

async function publicDoor(of: Partial<ApiParts> = {}): Promise<string> {
  const opened = await listenTcp(createPublicDoor({ ...rig.parts, ...of }).fetch, {
    host: "127.0.0.1",
    port: 0,
    clock: systemClock,
  });
  if (opened.kind !== "listening") throw new Error(opened.message);
  rig.alsoClose(() => opened.stop());
  return `http://${opened.address}`;
}

test("the public door shows health and numbers, and nothing that was alerted", async () => {
  await rig.threeIncidents();
  const url = await publicDoor();

  const paths = ["/healthz", "/readyz", "/metrics", "/v1/status", "/v1/incidents"];
  const answers = await Promise.all(paths.map(async (path) => (await fetch(url + path)).status));

  expect(answers).toEqual([200, 200, 200, 401, 401]);
  const page = await (await fetch(`${url}/metrics`)).text();
  expect(page).toContain('riposte_work{destination="chat",state="dead"} 2');
  expect(page).toContain('riposte_incidents{state="open"} 3');
  expect(page).not.toContain("evil");
});

test("it is not ready while a source is in trouble, or while it stops", async () => {
  const url = await publicDoor();
  rig.now.sources = { alerts: { state: "missing", trouble: "alerts.json is not there", behindBytes: null } };
  const troubled = await fetch(`${url}/readyz`);
  rig.now.sources = {};
  rig.now.stopping = true;
  const ending = await fetch(`${url}/readyz`);

  expect(troubled.status).toBe(503);
  expect(await troubled.json()).toMatchObject({
    checks: expect.arrayContaining([{ name: "source alerts", ok: false, says: "alerts.json is not there" }]),
  });
  expect(ending.status).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("it is ready while a source waits for the others' backlog, and not while one is starting for any other reason", async () => {
  const url = await publicDoor();
  const starting = { state: "starting", trouble: null, behindBytes: null } as const;
  rig.now.sources = { agents: { ...starting, waitsFor: "the other sources to read what is there" } };
  const waiting = await fetch(`${url}/readyz`);
  rig.now.sources = { agents: starting };
  const looking = await fetch(`${url}/readyz`);

  expect(waiting.status).toBe(200);
  expect(await waiting.json()).toMatchObject({
    checks: expect.arrayContaining([
      { name: "source agents", ok: true, says: "waits for the other sources to read what is there" },
    ]),
  });
  expect(looking.status).toBe(503);
});

test("it is not alive when the Writer does not answer in time", async () => {
  const silent = { ...rig.parts.door, check: () => new Promise<never>(() => {}) } as ApiParts["door"];
  const url = await publicDoor({ door: silent });

  const asked = fetch(`${url}/healthz`);
  while (rig.clock.waiting() === 0) await new Promise((resolve) => setImmediate(resolve));
  await rig.clock.advance(5_000);

  expect((await asked).status).toBe(503);
});

test("a damaged database is told in one sentence, and the log says more", async () => {
  const copy = join(rig.directory, "copy.db");
  const original = new DatabaseSync(join(rig.directory, "riposte.db"));
  original.exec(`VACUUM INTO '${copy}'`);
  original.close();
  const reader = openReader(copy);
  if (reader instanceof StoreError) throw reader;
  rig.alsoClose(() => reader.close());
  writeFileSync(copy, "x".repeat(statSync(copy).size), { flag: "r+" });
  const broken = { ...rig.parts, reader };
  const url = await publicDoor(broken);

  const ready = await fetch(`${url}/readyz`);
  const page = await (await fetch(`${url}/metrics`)).text();
  const status = await createApi(broken).request("/v1/status");

  expect(ready.status).toBe(503);
  expect(page).toContain("riposte_database_readable 0");
  expect(status.status).toBe(503);
  expect(await status.json()).toMatchObject({ detail: expect.stringContaining("copy.db") });
  expect(rig.logged.length).toBeGreaterThan(0);
});
