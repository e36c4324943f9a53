import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createTestClock } from "../../test/clock.ts";
import { loadConfig } from "../config/load.ts";
import { snapshotOf } from "../config/snapshot.ts";
import { openDestinations } from "../connectors/destinations.ts";
import { connectors } from "../connectors/index.ts";
import type { KeptAlert } from "../core/alert.ts";
import type { TestWanted } from "../core/test-alert.ts";
import type { Job } from "../engine/job.ts";
import { Writer } from "../engine/writer.ts";
import { readStoredLine } from "../sources/stored-line.ts";
import { openReader } from "../store/queries.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { StoreError } from "../store/store.ts";
import { sendTestAlert } from "./test-alert.ts";

const CONFIG = `store: sqlite:/nowhere/riposte.db
wazuh: { alerts: /nowhere/alerts.json }
destinations:
  chat: { type: slack, webhook: { file: /nowhere/slack } }
  old-chat: { type: slack, style: legacy, webhook: { file: /nowhere/slack } }
  tickets: { type: jira-automation, secret: { file: /nowhere/jira } }
  siem: { type: webhook, url: "https://siem.example/in", unsigned: true }
policies:
  - name: agent-lost
    when: { rule.id: [504, 506] }
    clear: { rule.id: 503 }
    hold: 30m
    group_by: []
    severity: high
  - name: everywhere
    when: { rule.level: ">= 10", agent.name: "web-*" }
    group_by: [agent.name]
    tell: [chat, old-chat, tickets, siem]
    continue: true
  - { name: rest, when: { rule.level: ">= 7" }, tell: { medium: [chat], high: [] } }
  - { name: counted, when: { rule.id: 1002 }, tell: [] }
`;

const wanted: TestWanted = { policy: null, fields: {}, who: "alice" };

test("a test opens an incident of its own at once, says so to each destination, and ends by itself", async () => {
  const desk = await openDesk();

  const sent = await desk.send({ policy: "everywhere" });

  expect(sent).toMatchObject({
    kind: "sent",
    test: {
      level: 10,
      title: "[TEST] Riposte tries out who is told",
      incidents: [{ id: 1, policy: "everywhere", severity: "medium", tell: ["chat", "old-chat", "tickets", "siem"] }],
    },
  });
  expect(desk.bodies().map(([name]) => name)).toEqual(["chat", "old-chat", "tickets", "siem"]);
  for (const [, body] of desk.bodies()) expect(body).toContain("[TEST]");
  await desk.settleAll();
  await desk.clock.advance(61_000);
  await desk.door.submit({ kind: "tick", now: desk.clock.now(), watermarks: {} });
  expect(await desk.reader.incident(1)).toMatchObject({ state: "resolved", resolvedBy: "quiet" });
});

test("each test makes an incident of its own, and neither meets a real one of the same policy", async () => {
  const desk = await openDesk();
  await desk.accept(desk.realAlert("before"));
  await desk.send({ policy: "agent-lost" });
  await desk.send({ policy: "agent-lost" });
  await desk.accept(desk.realAlert("after"));

  const found = await desk.reader.incidents({ limit: 10 });

  expect(found.map(({ id, policy, count, state }) => [id, policy, count, state])).toEqual([
    [3, "riposte:test:agent-lost", 1, "open"],
    [2, "riposte:test:agent-lost", 1, "open"],
    [1, "agent-lost", 2, "pending"],
  ]);
});

test("a policy that holds back says for how long, and the test is not held back", async () => {
  const desk = await openDesk();

  const sent = await desk.send({ policy: "agent-lost" });

  expect(sent).toMatchObject({ test: { ruleId: "504", incidents: [{ holdMs: 30 * 60_000 }] } });
  expect(desk.bodies().map(([name]) => name)).toEqual(["chat", "old-chat", "siem"]);
});

test("by its fields a test meets the policies that a real alert would, in their order", async () => {
  const desk = await openDesk();

  const fields = { "rule.id": "5712", "rule.level": "11", "agent.name": "web-7", "raw.custom.deep": "x" };
  const sent = await desk.send({ fields });

  expect(sent).toMatchObject({ test: { incidents: [{ policy: "everywhere" }, { policy: "rest" }] } });
  const [body] = await desk.reader.bodies(1);
  expect(JSON.parse(body?.raw ?? "")).toMatchObject({
    rule: { id: "5712", level: 11 },
    agent: { name: "web-7" },
    custom: { deep: "x" },
    full_log: expect.stringContaining("A test that alice asked for") as string,
  });
});

test.each<[string, Partial<TestWanted>, RegExp]>([
  ["nothing is said", {}, /^say what to try: --policy NAME, .* Policies: agent-lost, everywhere, rest, counted$/],
  ["the policy is misspelt", { policy: "agent-last" }, /^there is no policy agent-last\. Did you mean agent-lost\?/],
  ["no policy takes it", { fields: { "rule.level": "3" } }, /^no policy takes such an alert\. Try riposte explain/],
  ["it would end incidents", { fields: { "rule.id": "503" } }, /^such an alert ends incidents of agent-lost and opens/],
  ["nobody is told", { policy: "counted" }, /^policy counted tells nobody of what is high: give another --level/],
  ["nobody is told at that level", { fields: { "rule.level": "13" } }, /^policy rest tells nobody of what is high/],
  ["a field is none of Wazuh's", { fields: { "rule.levle": "3" } }, /^rule\.levle: .*Did you mean rule\.level/],
])("where %s, a sentence says what to do and nothing is written", async (_, of, says) => {
  const desk = await openDesk();

  const sent = await desk.send(of);

  expect(sent).toMatchObject({ kind: "refused", why: expect.stringMatching(says) as string });
  expect(await desk.reader.sources()).toEqual([]);
});

async function openDesk() {
  const folder = mkdtempSync(join(tmpdir(), "riposte-test-alert-"));
  const loaded = loadConfig(CONFIG, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  const { config } = loaded;
  const { snapshot } = snapshotOf(config, connectors);
  const path = join(folder, "riposte.db");
  const store = openSqliteStore({ path, synchronous: "off", newInstall: "abcdefgh" });
  if (store instanceof StoreError) throw store;
  const clock = createTestClock();
  const door = new Writer({
    store,
    clock,
    random: () => 0.5,
    snapshot,
    openDestinations,
    readFacts: readStoredLine,
    soon: (turn) => void setImmediate(turn),
    committed: () => {},
    troubled: (error) => {
      throw error;
    },
  });
  const reader = openReader(path);
  if (reader instanceof StoreError) throw reader;
  onTestFinished(async () => {
    await reader.close();
    await door.close();
    rmSync(folder, { recursive: true });
  });
  const jobs: Job[] = [];
  await door.follow({ generation: 1, snapshot, destinations: config.destinations });
  await door.work((more) => jobs.push(...more));

  return {
    clock,
    door,
    reader,
    send: (of: Partial<TestWanted>) =>
      sendTestAlert({ ...wanted, ...of }, { clock, door, reader, policies: () => config.policies }),
    /** What was to be sent, by destination. */
    bodies: () =>
      jobs.flatMap(({ destination, what }) => (what.kind === "call" ? [[destination, what.step.body] as const] : [])),
    async settleAll() {
      const outcome = { kind: "done", remote: { anchor: null, url: null }, evidence: "ok" } as const;
      for (const { destination, incident, attempt } of jobs.splice(0)) {
        await door.submit({ kind: "settle", destination, incident, attempt, outcome });
      }
    },
    accept: (alert: KeptAlert) =>
      door.submit({
        kind: "accept",
        source: "alerts",
        cursor: '{"v":1}',
        read: 1,
        ignored: 0,
        malformed: 0,
        quarantine: [],
        alerts: [alert],
        watermarkAt: null,
      }),
    realAlert: (id: string): KeptAlert => ({
      identity: { origin: "/m", nativeId: id, stamp: "", ruleId: "504" },
      at: clock.now(),
      level: 3,
      title: "agent lost",
      agentId: null,
      agentName: null,
      raw: JSON.stringify({ rule: { id: "504", level: 3 } }),
      matches: [{ policy: "agent-lost", groupKey: "[]", clears: false }],
    }),
  };
}
