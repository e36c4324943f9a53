import { expect, test } from "vitest";
import { openWazuhApiRig, type RigOptions, type WazuhApiRig } from "../../test/fixtures/wazuh-api-rig.ts";
import { block, disable, factsOf, ResponseRig, SOON } from "../../test/fixtures/response-rig.ts";
import { orderOf, type Order } from "../core/response-order.ts";
import type { Response, RespondTerms } from "../core/response.ts";
import { Responder } from "./responder.ts";

const at = Date.parse("2026-11-01T09:00:00Z");

async function rigOf(options: RigOptions = {}): Promise<WazuhApiRig & { responder: Responder }> {
  const rig = await openWazuhApiRig(options);
  Object.assign(rig.fake.add("003", "web-01", at), { users: [{ name: "deploy", uid: 1001, groups: "deploy:users" }] });
  return { ...rig, responder: new Responder({ api: rig.api(), ownAddresses: () => ["203.0.113.1"] }) };
}

/** One that is about to be sent. */
function planned(terms: RespondTerms = disable): Response {
  const rig = new ResponseRig({ respond: [terms] });
  rig.alert(1);
  rig.pass(SOON, { facts: factsOf(), order: null });
  return { ...rig.response(1), state: "planned" };
}

function orderTo(terms: RespondTerms = disable): Order {
  return orderOf(planned(terms), 1, "add")!;
}

test("who answers to an agent's id is found out with all that guardrails ask", async () => {
  const { fake, responder, faults } = await rigOf();
  Object.assign(fake.agents.get("003")!, { groups: ["default", "web"], os: { platform: "windows", name: "Windows" } });
  fake.agents.get("003")!.labels = [
    { key: "riposte", value: "never", hidden: "yes" },
    { key: "tier", value: "1" },
  ];
  fake.nodes = [{ name: "master", ip: "192.0.2.200" }];

  expect(await responder.resolve(planned())).toEqual({
    kind: "known",
    facts: {
      agent: { id: "003", name: "web-01", registeredAt: at, platform: "windows" },
      isActive: true,
      groups: ["default", "web"],
      labels: { kind: "known", labels: { riposte: "never", tier: "1" } },
      isNode: false,
      fleetSize: 1,
      user: { kind: "known", user: { uid: "1001", groups: ["deploy", "users"] } },
      ownAddresses: ["203.0.113.1", "192.0.2.200", "192.0.2.4"],
    },
  });
  expect(faults).toEqual([]);
});

test("an agent on which a manager runs is known as a node", async () => {
  const { fake, responder } = await rigOf();
  fake.nodes = [{ name: "worker", ip: "192.0.2.4" }];

  expect(await responder.resolve(planned())).toMatchObject({ facts: { isNode: true } });
});

test("what labels an agent has is unknown where it is not connected or will not say, and asked again where the way is closed", async () => {
  const { fake, responder } = await rigOf();
  const labels = async (): Promise<unknown> => {
    const what = await responder.resolve(planned());
    return what.kind === "known" ? what.facts.labels.kind : what.kind;
  };

  expect(await labels()).toBe("known");
  fake.saysLabels = false;
  expect(await labels()).toBe("unknown");
  fake.lose("003", at);
  expect(await labels()).toBe("unknown");
});

test("what has been sent is looked at and taken back without asking for labels", async () => {
  const { served, responder } = await rigOf();
  for (const state of ["received", "lifting"] as const)
    expect(await responder.resolve({ ...planned(), state })).toMatchObject({
      kind: "known",
      facts: { labels: { kind: "unknown", says: "not asked" } },
    });

  expect(served.requests.filter(({ path }) => path.endsWith("/labels"))).toEqual([]);
});

test("an account that the inventory does not have, or without groups, is told as such", async () => {
  const { fake, responder } = await rigOf();
  fake.agents.get("003")!.users = [];
  expect(await responder.resolve(planned())).toMatchObject({ facts: { user: { kind: "absent" } } });

  fake.agents.get("003")!.users = [{ name: "deploy", uid: 1001, groups: "" }];
  expect(await responder.resolve(planned())).toMatchObject({ facts: { user: { kind: "unknown" } } });
});

test("an agent that is gone is gone, and one that can't be asked for is asked for again", async () => {
  const { fake, responder } = await rigOf();
  fake.hidden = new Set(["003"]);
  expect(await responder.resolve(planned())).toMatchObject({ kind: "later", reason: "unauthorized" });

  fake.agents.delete("003");
  expect(await responder.resolve(planned())).toMatchObject({ kind: "gone" });
});

test("an order goes to its agent alone, and what is answered is that it was passed on", async () => {
  const { fake, responder, faults, served } = await rigOf();
  fake.add("004", "db-01", at);

  expect(await responder.send(orderTo())).toEqual({ kind: "passed_on" });
  expect(fake.orders).toMatchObject([
    {
      agentId: "003",
      command: "riposte-disable-account0",
      arguments: [],
      alert: { data: { dstuser: "deploy", riposte: { v: 1, verb: "add", seconds: 3_600 } } },
    },
  ]);
  expect(served.requests.at(-1)?.path).toBe("/active-response?agents_list=003");
  expect(faults).toEqual([]);
});

test("a restart goes to its agent alone", async () => {
  const { fake, responder, faults } = await rigOf();
  fake.add("004", "db-01", at);
  const order: Order = { ...orderTo(), what: { kind: "restart" } };

  expect(await responder.send(order)).toEqual({ kind: "passed_on" });
  expect(fake.orders.map(({ agentId, command }) => [agentId, command])).toEqual([["003", "restart"]]);
  expect(faults).toEqual([]);
});

test("for what is not one agent there is no order at all", async () => {
  const { served, responder } = await rigOf();

  for (const agentId of ["", "000", "all", "003,004", "*"])
    expect(await responder.send({ ...orderTo(), agentId })).toMatchObject({ kind: "refused" });
  expect(served.requests).toEqual([]);
});

test("what the API refuses inside an answer that says 200 is not taken for done", async () => {
  const { fake, responder } = await rigOf();
  const agent = fake.agents.get("003")!;
  fake.arConf = new Set();
  expect(await responder.send(orderTo())).toMatchObject({
    kind: "refused",
    says: expect.stringContaining("ar.conf has no such command"),
  });

  fake.arConf = new Set(["riposte-disable-account0"]);
  agent.arOff = true;
  expect(await responder.send(orderTo())).toMatchObject({
    kind: "refused",
    says: "active response is switched off on the agent",
  });

  fake.lose("003", at);
  expect(await responder.send(orderTo())).toMatchObject({ kind: "later", says: "the agent is not connected" });

  fake.agents.delete("003");
  expect(await responder.send(orderTo())).toMatchObject({ kind: "refused", says: "the manager has no such agent" });

  fake.mayRespond = false;
  expect(await responder.send(orderTo(block))).toMatchObject({
    kind: "later",
    says: expect.stringContaining("active-response:command"),
  });
  expect(fake.orders).toEqual([]);
});

test.each([
  ["reset-before-commit", "unknown"],
  ["reset-after-commit", "unknown"],
  ["cut-off", "unknown"],
] as const)("a call that ends in %s may have been carried out", async (kind, outcome) => {
  const fault = kind === "cut-off" ? ({ kind, afterBytes: 30 } as const) : ({ kind } as const);
  const { responder } = await rigOf({ faults: (n) => (n === 2 ? fault : null) });

  expect(await responder.send(orderTo())).toMatchObject({ kind: outcome });
});

test("trouble of the API's own may have come after the order, and a plea to slow down came before it", async () => {
  const answers = [500, 429].map(async (status) => {
    const instead = { kind: "instead", done: false, answer: { status, headers: {}, body: "{}" } } as const;
    const { responder } = await rigOf({ faults: (n) => (n === 2 ? instead : null) });
    return (await responder.send(orderTo())).kind;
  });

  expect(await Promise.all(answers)).toEqual(["unknown", "later"]);
});
