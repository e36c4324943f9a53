import { expect, test } from "vitest";
import { createTestClock } from "../../../test/clock.ts";
import { openWazuhApiRig } from "../../../test/fixtures/wazuh-api-rig.ts";
import { usualPassword } from "../../../test/fakes/wazuh-api/wazuh-api.ts";
import { agentIds } from "./agent.ts";
import { CallPace } from "./call-pace.ts";

const at = Date.parse("2026-11-23T09:00:00Z");

test("disconnected agents come with their times, and neither the manager nor who never connected among them", async () => {
  const { fake, api, faults } = await openWazuhApiRig();
  fake.add("001", "web-01", at);
  fake.add("002", "db-01", at);
  Object.assign(fake.add("003", "new-01", at), { status: "never_connected", lastKeepAliveAt: null });
  fake.lose("002", at + 900_000, at);

  const answer = await api().disconnectedAgents();

  expect(answer).toEqual({
    kind: "agents",
    agents: [
      {
        id: "002",
        name: "db-01",
        ip: "192.0.2.3",
        status: "disconnected",
        statusCode: 4,
        manager: "wazuh-master",
        keepAliveAt: at,
        disconnectedAt: at + 900_000,
      },
    ],
  });
  expect(faults).toEqual([]);
});

test("more than a page of them is read to its end", async () => {
  const { fake, api, served } = await openWazuhApiRig();
  for (let n = 1; n <= 1_101; n += 1) {
    const id = String(n).padStart(3, "0");
    fake.add(id, `host-${n}`, at);
    fake.lose(id, at);
  }

  const answer = await api().disconnectedAgents();

  expect(answer.kind === "agents" && answer.agents).toHaveLength(1_101);
  expect(served.requests.filter(({ path }) => path.startsWith("/agents"))).toHaveLength(3);
});

test("of agents that are asked for by name each is told: there, gone, or not for us to see", async () => {
  const { fake, api, faults } = await openWazuhApiRig();
  fake.add("001", "web-01", at);
  fake.add("002", "db-01", at);
  fake.hidden = new Set(["002"]);

  const ids = agentIds(["001", "002", "007", "000", "no id"]);
  const answer = await api().agentsById(ids!);

  expect(answer).toMatchObject({ agents: [{ id: "001", status: "active" }], absent: ["007"], hidden: ["002"] });
  expect(faults).toEqual([]);
});

test("without a single agent's id there is no call to make", () => {
  expect(agentIds([])).toBeNull();
  expect(agentIds(["000", "0000", "", "all", "1,2"])).toBeNull();
  expect(agentIds(["007", "007"])).toEqual(["007"]);
});

test("the nodes of a cluster come with how they are reached, and of a manager without one there are none", async () => {
  const { fake, api, faults } = await openWazuhApiRig();
  const client = api();
  expect(await client.clusterNodes()).toEqual({ kind: "nodes", nodes: [] });

  fake.nodes = [
    { name: "master", ip: "wazuh-master" },
    { name: "worker-1", ip: "192.0.2.7" },
  ];
  expect(await client.clusterNodes()).toEqual({
    kind: "nodes",
    nodes: [
      { name: "master", address: "wazuh-master" },
      { name: "worker-1", address: "192.0.2.7" },
    ],
  });

  fake.mayReadCluster = false;
  expect(await client.clusterNodes()).toMatchObject({ says: expect.stringContaining("cluster:read") });
  expect(faults).toEqual([]);
});

test("many who ask at once share one login, and a token that was revoked is fetched anew once", async () => {
  const { fake, api } = await openWazuhApiRig();
  const client = api();
  await Promise.all([client.disconnectedAgents(), client.version(), client.permissions()]);
  expect(fake.logins).toBe(1);

  fake.revokeTokens();
  const answers = await Promise.all([client.disconnectedAgents(), client.version()]);

  expect(answers.map(({ kind }) => kind)).toEqual(["agents", "version"]);
  expect(fake.logins).toBe(2);
});

test("a token that is never taken is no reason to go on logging in", async () => {
  const { fake, api } = await openWazuhApiRig({ tokenLifeMs: 0 });

  const answer = await api().disconnectedAgents();

  expect(answer).toMatchObject({ kind: "failed", reason: "unauthorized" });
  expect(fake.logins).toBe(2);
});

test("a wrong password is said with what to do and without it, and not tried again at once", async () => {
  const { served, api } = await openWazuhApiRig();
  const client = api({ password: "not-the-password" });

  const answers = [await client.disconnectedAgents(), await client.disconnectedAgents()];

  expect(answers[0]).toEqual({
    kind: "failed",
    reason: "unauthorized",
    says: `the Wazuh API at ${served.url} does not take the login: "Invalid credentials"; look whether wazuh.api.user and the password are still right`,
  });
  expect(answers[1]).toEqual(answers[0]);
  expect(served.requests).toHaveLength(1);
});

test("what fails is one sentence with the remedy, and no secret is in it", async () => {
  const echo = JSON.stringify({ detail: `you sent ${usualPassword} and Bearer eyJhbGciOiJFUzUxMiJ9.fake-1` });
  const answers: Record<string, { status: number; body: string }> = {
    "has trouble of its own": { status: 500, body: JSON.stringify({ detail: "Timeout executing API request" }) },
    "is not the Wazuh API's answer": { status: 200, body: "<html>login</html>" },
    "asks to slow down": { status: 429, body: echo },
    "does not allow GET /agents (agent:read)": { status: 403, body: JSON.stringify({ detail: "Permission denied" }) },
    "knows no GET /agents": { status: 404, body: "" },
  };
  for (const [says, { status, body }] of Object.entries(answers)) {
    const faults = (n: number) =>
      n === 1 ? null : ({ kind: "instead", done: false, answer: { status, headers: {}, body } } as const);
    const { api } = await openWazuhApiRig({ faults });
    const answer = await api().disconnectedAgents();
    expect(answer.kind === "failed" && answer.says).toContain(says);
    expect(JSON.stringify(answer)).not.toContain(usualPassword);
  }
});

test("an answer that is cut off or a connection that breaks is a failure and not an empty list", async () => {
  for (const fault of [{ kind: "cut-off", afterBytes: 40 }, { kind: "reset-before-commit" }] as const) {
    const { fake, api } = await openWazuhApiRig({ faults: (n) => (n === 1 ? null : fault) });
    fake.add("001", "web-01", at);
    fake.lose("001", at);
    expect(await api().disconnectedAgents()).toMatchObject({ kind: "failed" });
  }
});

test("who may not read agents is told which permission is missing", async () => {
  const { fake, api, faults } = await openWazuhApiRig();
  fake.mayReadAgents = false;
  const client = api();

  expect(await client.disconnectedAgents()).toMatchObject({
    reason: "unauthorized",
    says: expect.stringContaining("give the user of wazuh.api a role with that permission"),
  });
  expect(await client.permissions()).toEqual({ kind: "permissions", allowed: {}, mode: "white" });
  expect(faults).toEqual([]);
});

test("all who share a client's pace stay below it together, and wait no longer than a call may take", async () => {
  const clock = createTestClock(at);
  const pace = new CallPace(clock, 3);
  const soon = at + 15_000;

  expect(await Promise.all([pace.turn(soon), pace.turn(soon), pace.turn(soon), pace.turn(soon)])).toEqual([
    true,
    true,
    true,
    false,
  ]);
  const late = pace.turn(at + 90_000);
  await clock.advance(60_000);
  expect(await late).toBe(true);

  pace.slowDown(null);
  expect(await pace.turn(clock.now() + 15_000)).toBe(false);
});
