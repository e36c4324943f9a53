import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestClock, type TestClock } from "../../test/clock.ts";
import { aKeptAlert, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { HOUR_MS } from "../core/time.ts";
import { Writer } from "../engine/writer.ts";
import { createLog } from "../observe/log.ts";
import { createMetrics } from "../observe/metrics.ts";
import { systemClock } from "../ports/clock.ts";
import { openReader } from "../store/queries.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { StoreError } from "../store/store.ts";
import { createApi, createPublicDoor } from "./api.ts";
import { askSocket, type Answer, type Ask } from "./client.ts";
import type { IncidentDetail, IncidentPage } from "./incident-routes.ts";
import type { ApiParts } from "./parts.ts";
import { listenSocket, listenTcp, type Listening } from "./serve.ts";
import type { LiveSource } from "./source-report.ts";
import type { Status } from "./status.ts";
import type { WorkDetail, WorkPage } from "./work-routes.ts";

let directory: string;
let clock: TestClock;
let door: Writer;
let parts: ApiParts;
let ask: Ask;
let sources: Record<string, LiveSource>;
let stopping: boolean;
let woken: string[];
let logged: string[];
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "riposte-api-"));
  clock = createTestClock(noon + HOUR_MS);
  sources = { alerts: { state: "at_end", trouble: null, behindBytes: 0 } };
  stopping = false;
  woken = [];
  logged = [];
  const path = join(directory, "riposte.db");
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "abcdefgh" });
  if (store instanceof StoreError) throw store;
  const snapshot = aSnapshot();
  const soon = (turn: () => void): void => void setImmediate(turn);
  door = new Writer({ store, clock, random: () => 0.5, snapshot, soon, committed: () => {}, troubled: () => {} });
  const reader = openReader(path);
  if (reader instanceof StoreError) throw reader;
  parts = {
    version: "1.2.3",
    startedAt: noon,
    clock,
    reader,
    door,
    snapshot: () => snapshot,
    sources: () => sources,
    wake: (destinations) => woken.push(...destinations),
    stopping: () => stopping,
    metrics: createMetrics({ version: "1.2.3", node: "v24" }),
    log: createLog({ level: "error", write: (line) => logged.push(line) }),
  };
  const socket = (await listenSocket(createApi(parts).fetch, {
    path: join(directory, "riposte.sock"),
    clock: systemClock,
  })) as Listening;
  ask = askSocket(socket.address, "Zoë\n<!channel>");
  closing = [() => socket.stop(), () => reader.close(), () => door.close()];
});
afterEach(async () => {
  for (const close of closing) await close();
  rmSync(directory, { recursive: true });
});

async function get<Body>(path: string): Promise<{ status: number; body: Body }> {
  return (await ask({ method: "GET", path })) as Answer & { body: Body };
}
async function post(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  return (await ask({ method: "POST", path, body })) as Answer;
}

/** Three incidents: a ticket in a call that never ended, and two messages that were given up. */
async function threeIncidents(): Promise<void> {
  const alerts = [1, 2, 3].map((n) =>
    aKeptAlert(n, {
      ...(n === 3 && { level: 15 }),
      title: `evil \u001b[2J ${n}`,
      match: { groupKey: JSON.stringify(["5712", `00${n}`]) },
    }),
  );
  const quarantine = [{ why: "not_json", raw: "{broken" } as const];
  await door.submit(aStretch(alerts, { ignored: 5, malformed: 1, quarantine }));
  for (const incident of [1, 2]) await giveUp(incident);
}

async function giveUp(incident: number): Promise<void> {
  const [attempt] =
    (await door.submit({ kind: "begin", destination: "chat", items: [aCall(incident)] })).attempts ?? [];
  const outcome = { kind: "never", reason: "bad_request", evidence: "400 invalid_payload" } as const;
  await door.submit({ kind: "settle", destination: "chat", incident, attempt: attempt!, outcome });
}

function aCall(incident: number) {
  const plan = { momentsTold: 1, headDigest: null };
  const call = { action: "post", step: 1, safeToRepeat: false, repeat: false, plan, completes: true };
  return { incident, revision: 1, what: { kind: "call", ...call } } as const;
}

describe("incidents", () => {
  test("are listed newest first, a page at a time", async () => {
    await threeIncidents();

    const first = await get<IncidentPage>("/v1/incidents?limit=2");
    const second = await get<IncidentPage>(`/v1/incidents?limit=2&before=${first.body.next}`);

    expect(first.body.incidents.map(({ id }) => id)).toEqual([3, 2]);
    expect(second.body).toMatchObject({ incidents: [{ id: 1 }], next: null });
  });

  test.each([
    ["severity=critical", [3]],
    ["state=unresolved", [3, 2, 1]],
    ["state=resolved", []],
    ["policy=none", []],
  ])("are found by %s", async (query, ids) => {
    await threeIncidents();

    const { body } = await get<IncidentPage>(`/v1/incidents?${query}`);

    expect(body.incidents.map(({ id }) => id)).toEqual(ids);
  });

  test("one is shown with all that is known of it", async () => {
    await threeIncidents();

    const { body } = await get<IncidentDetail>("/v1/incidents/1");

    expect(body).toMatchObject({
      incident: { id: 1, title: "evil \u001b[2J 1" },
      group: { "rule.id": "5712", "agent.id": "001" },
      moments: [{ kind: "opened" }],
      receipts: [],
      work: [{ destination: "chat", state: "dead", reason: "bad_request" }],
      attempts: [{ action: "post", outcome: "never", evidence: "400 invalid_payload" }],
      alerts: [{ ordinal: 1 }],
    });
  });

  test("a person's word changes one, tells those who were told, and is written down under his name on one line", async () => {
    await threeIncidents();

    expect(await post("/v1/incidents/3/acknowledge", {})).toMatchObject({ status: 200, body: { done: true } });
    expect(await post("/v1/incidents/3/resolve", { note: "a test" })).toMatchObject({ status: 200 });

    const { body } = await get<IncidentDetail>("/v1/incidents/3");
    expect(body.incident).toMatchObject({ state: "resolved", resolvedBy: "person", acknowledgedBy: "Zoë <!channel>" });
    expect(body.moments.map(({ kind, by, text }) => [kind, by, text])).toEqual([
      ["opened", null, null],
      ["acknowledged", "Zoë <!channel>", null],
      ["resolved", "Zoë <!channel>", "a test"],
    ]);
    expect((await get("/v1/audit?limit=1")).body).toMatchObject({ audit: [{ what: "resolve", about: "#3" }], next: 2 });
  });

  test("what does not apply is refused with the reason, and changes nothing", async () => {
    await threeIncidents();
    await post("/v1/incidents/1/resolve", {});

    const again = await post("/v1/incidents/1/resolve", {});

    expect(again).toMatchObject({
      status: 409,
      body: { type: "urn:riposte:conflict", detail: "incident #1 is resolved", status: 409 },
    });
    expect((await get<{ audit: unknown[] }>("/v1/audit")).body.audit).toHaveLength(1);
  });
});

describe("work", () => {
  test("is listed by state and destination, with what it waits for", async () => {
    await threeIncidents();

    const dead = await get<WorkPage>("/v1/work?state=dead&destination=chat&limit=1");

    expect(dead.body).toMatchObject({ work: [{ incident: 1, reason: "bad_request" }], more: true });
  });

  test("of one incident at one destination is shown with its calls", async () => {
    await threeIncidents();

    const { body } = await get<WorkDetail>("/v1/work/1/chat");

    expect(body).toMatchObject({
      incident: { id: 1 },
      work: { state: "dead" },
      receipt: null,
      attempts: [{ step: 1 }],
    });
    expect(await get("/v1/work/1/tickets")).toMatchObject({ status: 404 });
  });

  test("a dead letter is tried again on request, one or all of a destination, and its worker is woken", async () => {
    await threeIncidents();

    expect(await post("/v1/work/1/chat/retry")).toMatchObject({ status: 200 });
    expect(woken).toEqual(["chat"]);
    expect(await post("/v1/destinations/chat/retry-dead")).toMatchObject({ status: 200 });

    expect((await get<WorkPage>("/v1/work?state=dead")).body.work).toEqual([]);
    expect(await post("/v1/destinations/nobody/retry-dead")).toMatchObject({ status: 404 });
    expect(await post("/v1/work/1/nobody/retry")).toMatchObject({ status: 409 });
  });

  test("what is dropped stays visible as a dead letter with its own reason", async () => {
    await threeIncidents();

    await post("/v1/work/3/tickets/drop");

    expect((await get<WorkPage>("/v1/work?state=dead&destination=tickets")).body).toMatchObject({
      work: [{ incident: 3, reason: "dropped_by_person", evidence: "dropped by Zoë <!channel>" }],
    });
  });
});

describe("status", () => {
  test("answers with the evidence", async () => {
    await threeIncidents();

    const { body } = await get<Status>("/v1/status");

    expect(body).toMatchObject({
      version: "1.2.3",
      startedAt: noon,
      sent: { verdict: "given_up" },
      responses: null,
      incidents: { open: 3 },
      sources: [{ name: "alerts", addsUp: true, row: { read: 9, ignored: 5, malformed: 1, kept: 3 } }],
    });
    const [chat] = body.sent.destinations;
    expect(chat).toMatchObject({ name: "chat", waiting: { count: 1 }, dead: { count: 2 }, repeats: 0 });
    expect(chat?.dead.why).toEqual([{ reason: "bad_request", count: 2, evidence: "400 invalid_payload" }]);
  });

  test("the malformed lines of a source are there to look at", async () => {
    await threeIncidents();

    expect((await get("/v1/sources/alerts/quarantine")).body).toMatchObject({
      lines: [{ raw: "{broken", why: "not_json" }],
    });
    expect((await get("/v1/sources")).body).toMatchObject({ sources: [{ name: "alerts", live: { state: "at_end" } }] });
    expect(await get("/v1/sources/other/quarantine")).toMatchObject({ status: 404 });
  });
});

describe("what is not understood", () => {
  test.each([
    ["GET", "/v1/incidents?limit=0", undefined, 400, "limit"],
    ["GET", "/v1/incidents?limit=1001", undefined, 400, "limit"],
    ["GET", "/v1/incidents?stat=open", undefined, 400, "stat"],
    ["GET", "/v1/incidents?state=gone", undefined, 400, "state"],
    ["GET", "/v1/incidents/0", undefined, 404, "no incident 0"],
    ["GET", "/v1/incidents/99", undefined, 404, "no incident 99"],
    ["GET", "/v1/incidents/1e3", undefined, 404, "no incident 1e3"],
    ["GET", "/v1/nothing", undefined, 404, "GET /v1/nothing"],
    ["POST", "/v1/incidents/1/resolve", { notes: "x" }, 400, "notes"],
    ["POST", "/v1/incidents/2/resolve", { note: 5 }, 400, "note"],
    ["POST", "/v1/incidents/99/acknowledge", {}, 409, "no incident #99"],
    ["POST", "/v1/incidents/3/resolve", { note: "x".repeat(70_000) }, 413, "65536 bytes"],
  ] as const)("%s %s is answered with a problem", async (method, path, body, status, says) => {
    const answer = (await ask({ method, path, ...(body !== undefined && { body }) })) as Answer;

    expect(answer).toMatchObject({ status, body: { status, detail: expect.stringContaining(says) } });
  });
});

describe("health", () => {
  async function publicDoor(of: Partial<ApiParts> = {}): Promise<string> {
    const opened = await listenTcp(createPublicDoor({ ...parts, ...of }).fetch, {
      host: "127.0.0.1",
      port: 0,
      clock: systemClock,
    });
    if (opened.kind !== "listening") throw new Error(opened.message);
    closing.unshift(() => opened.stop());
    return `http://${opened.address}`;
  }

  test("the public door shows health and numbers, and nothing that was alerted", async () => {
    await threeIncidents();
    const url = await publicDoor();

    const paths = ["/healthz", "/readyz", "/metrics", "/v1/status", "/v1/incidents"];
    const answers = await Promise.all(paths.map(async (path) => (await fetch(url + path)).status));

    expect(answers).toEqual([200, 200, 200, 404, 404]);
    const page = await (await fetch(`${url}/metrics`)).text();
    expect(page).toContain('riposte_work{destination="chat",state="dead"} 2');
    expect(page).toContain('riposte_incidents{state="open"} 3');
    expect(page).not.toContain("evil");
  });

  test("it is not ready while a source is in trouble, or while it stops", async () => {
    const url = await publicDoor();
    sources = { alerts: { state: "missing", trouble: "alerts.json is not there", behindBytes: null } };
    const troubled = await fetch(`${url}/readyz`);
    sources = {};
    stopping = true;
    const ending = await fetch(`${url}/readyz`);

    expect(troubled.status).toBe(503);
    expect(await troubled.json()).toMatchObject({
      checks: expect.arrayContaining([{ name: "source alerts", ok: false, says: "alerts.json is not there" }]),
    });
    expect(ending.status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test("it is not alive when the Writer does not answer in time", async () => {
    const silent = { ...parts.door, claim: () => new Promise<never>(() => {}) } as ApiParts["door"];
    const url = await publicDoor({ door: silent });

    const asked = fetch(`${url}/healthz`);
    while (clock.waiting() === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5_000);

    expect((await asked).status).toBe(503);
  });

  test("a damaged database is told in one sentence, and the log says more", async () => {
    const copy = join(directory, "copy.db");
    const original = new DatabaseSync(join(directory, "riposte.db"));
    original.exec(`VACUUM INTO '${copy}'`);
    original.close();
    const reader = openReader(copy);
    if (reader instanceof StoreError) throw reader;
    closing.unshift(() => reader.close());
    writeFileSync(copy, "x".repeat(statSync(copy).size), { flag: "r+" });
    const broken = { ...parts, reader };
    const url = await publicDoor(broken);

    const ready = await fetch(`${url}/readyz`);
    const page = await (await fetch(`${url}/metrics`)).text();
    const status = await createApi(broken).request("/v1/status");

    expect(ready.status).toBe(503);
    expect(page).toContain("riposte_database_readable 0");
    expect(status.status).toBe(503);
    expect(await status.json()).toMatchObject({ detail: expect.stringContaining("copy.db") });
    expect(logged.length).toBeGreaterThan(0);
  });
});
