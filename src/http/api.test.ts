import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import type { IncidentDetail, IncidentPage } from "./incident-routes.ts";
import type { Status } from "./status.ts";
import type { WorkDetail, WorkPage } from "./work-routes.ts";

let rig: ApiRig;

beforeEach(async () => {
  rig = await openApiRig();
});
afterEach(() => rig.close());

describe("incidents", () => {
  test("are listed newest first, a page at a time", async () => {
    await rig.threeIncidents();

    const first = await rig.get<IncidentPage>("/v1/incidents?limit=2");
    const second = await rig.get<IncidentPage>(`/v1/incidents?limit=2&before=${first.body.next}`);

    expect(first.body.incidents.map(({ id }) => id)).toEqual([3, 2]);
    expect(second.body).toMatchObject({ incidents: [{ id: 1 }], next: null });
  });

  test.each([
    ["severity=critical", [3]],
    ["state=unresolved", [3, 2, 1]],
    ["state=resolved", []],
    ["policy=none", []],
  ])("are found by %s", async (query, ids) => {
    await rig.threeIncidents();

    const { body } = await rig.get<IncidentPage>(`/v1/incidents?${query}`);

    expect(body.incidents.map(({ id }) => id)).toEqual(ids);
  });

  test("one is shown with all that is known of it", async () => {
    await rig.threeIncidents();

    const { body } = await rig.get<IncidentDetail>("/v1/incidents/1");

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
    await rig.threeIncidents();

    expect(await rig.post("/v1/incidents/3/acknowledge", {})).toMatchObject({ status: 200, body: { done: true } });
    expect(await rig.post("/v1/incidents/3/resolve", { note: "a test" })).toMatchObject({ status: 200 });

    const { body } = await rig.get<IncidentDetail>("/v1/incidents/3");
    expect(body.incident).toMatchObject({ state: "resolved", resolvedBy: "person", acknowledgedBy: "Zoë <!channel>" });
    expect(body.moments.map(({ kind, by, text }) => [kind, by, text])).toEqual([
      ["opened", null, null],
      ["acknowledged", "Zoë <!channel>", null],
      ["resolved", "Zoë <!channel>", "a test"],
    ]);
    expect((await rig.get("/v1/audit?limit=1")).body).toMatchObject({
      audit: [{ what: "resolve", about: "#3" }],
      next: 2,
    });
  });

  test("who has it is said by a name, by nobody, or by whoever asks", async () => {
    await rig.threeIncidents();
    const assignee = async () => (await rig.get<IncidentDetail>("/v1/incidents/3")).body.incident.handling?.assignee;

    expect(await rig.post("/v1/incidents/3/assign", { to: "Ben" })).toMatchObject({
      status: 200,
      body: { done: true },
    });
    expect(await assignee()).toBe("Ben");
    expect(await rig.post("/v1/incidents/3/assign", {})).toMatchObject({ status: 200 });
    expect(await assignee()).toBe("Zoë <!channel>");
    expect(await rig.post("/v1/incidents/3/assign", { to: null })).toMatchObject({ status: 200 });
    expect(await assignee()).toBeUndefined();
    expect((await rig.post("/v1/incidents/3/assign", { to: " " })).status).toBe(400);
    expect((await rig.post("/v1/incidents/3/tick", { step: 1 })).body).toMatchObject({
      detail: "the policy of incident #3 names no playbook",
    });
  });

  test("what does not apply is refused with the reason, and changes nothing", async () => {
    await rig.threeIncidents();
    await rig.post("/v1/incidents/1/resolve", {});

    const again = await rig.post("/v1/incidents/1/resolve", {});

    expect(again).toMatchObject({
      status: 409,
      body: { type: "urn:riposte:conflict", detail: "incident #1 is resolved", status: 409 },
    });
    expect((await rig.get<{ audit: unknown[] }>("/v1/audit")).body.audit).toHaveLength(1);
  });
});

describe("work", () => {
  test("is listed by state and destination, with what it waits for", async () => {
    await rig.threeIncidents();

    const dead = await rig.get<WorkPage>("/v1/work?state=dead&destination=chat&limit=1");

    expect(dead.body).toMatchObject({ work: [{ incident: 1, reason: "bad_request" }], more: true });
  });

  test("of one incident at one destination is shown with its calls", async () => {
    await rig.threeIncidents();

    const { body } = await rig.get<WorkDetail>("/v1/work/1/chat");

    expect(body).toMatchObject({
      incident: { id: 1 },
      work: { state: "dead" },
      receipt: null,
      attempts: [{ step: 1 }],
    });
    expect(await rig.get("/v1/work/1/tickets")).toMatchObject({ status: 404 });
  });

  test("a dead letter is tried again on request, one or all of a destination", async () => {
    await rig.threeIncidents();

    expect(await rig.post("/v1/work/1/chat/retry")).toMatchObject({ status: 200 });
    expect(await rig.post("/v1/destinations/chat/retry-dead")).toMatchObject({ status: 200 });

    expect((await rig.get<WorkPage>("/v1/work?state=dead")).body.work).toEqual([]);
    expect(await rig.post("/v1/destinations/nobody/retry-dead")).toMatchObject({ status: 404 });
    expect(await rig.post("/v1/work/1/nobody/retry")).toMatchObject({ status: 409 });
  });

  test("what is dropped stays visible as a dead letter with its own reason", async () => {
    await rig.threeIncidents();

    await rig.post("/v1/work/3/tickets/drop");

    expect((await rig.get<WorkPage>("/v1/work?state=dead&destination=tickets")).body).toMatchObject({
      work: [{ incident: 3, reason: "dropped_by_person", evidence: "dropped by Zoë <!channel>" }],
    });
  });
});

describe("status", () => {
  test("answers with the evidence", async () => {
    await rig.threeIncidents();

    const { body } = await rig.get<Status>("/v1/status");

    expect(body).toMatchObject({
      version: "1.2.3",
      startedAt: noon,
      sent: { verdict: "given_up" },
      responses: { counts: { received: 0, overdue: 0 }, inForce: [] },
      incidents: { open: 3 },
      sources: [{ name: "alerts", addsUp: true, row: { read: 9, ignored: 5, malformed: 1, kept: 3 } }],
    });
    const [chat] = body.sent.destinations;
    expect(chat).toMatchObject({ name: "chat", waiting: { count: 1 }, dead: { count: 2 }, repeats: 0 });
    expect(chat?.dead.why).toEqual([{ reason: "bad_request", count: 2, evidence: "400 invalid_payload" }]);
  });

  test("says of each source how far it is", async () => {
    await rig.threeIncidents();

    expect((await rig.get("/v1/sources")).body).toMatchObject({
      sources: [{ name: "alerts", live: { state: "at_end" } }],
    });
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
    const answer = await (method === "GET" ? rig.get(path) : rig.post(path, body));

    expect(answer).toMatchObject({ status, body: { status, detail: expect.stringContaining(says) } });
  });
});
