import { expect, test } from "vitest";
import { createTestClock } from "../../../test/clock.ts";
import { loadConfig } from "../../config/load.ts";
import type { Config, SourceConfig } from "../../config/schema.ts";
import { connectors } from "../../connectors/index.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { Source, SourceStatus } from "../../sources/source.ts";
import { failed } from "../../wazuh/api/api-failure.ts";
import type { WazuhApi } from "../../wazuh/api/client.ts";
import { NodeWatch } from "./nodes.ts";

const loaded = loadConfig(
  "wazuh: { alerts: /alerts.json }\npolicies: [{ name: x, when: { rule.id: 1 }, tell: [] }]",
  "riposte.yaml",
  connectors,
);
if (loaded.kind !== "loaded") throw new Error("the config is wrong");
const usual: Config = loaded.config;

/** A source that a test speaks for. */
class Spoken implements Source {
  readonly name: string;
  readonly heard = new Map<string, Instant>();
  current: SourceStatus = { state: "at_end", trouble: null, behindBytes: null };

  constructor(name: string) {
    this.name = name;
  }
  start(): void {}
  drain(): Promise<void> {
    return Promise.resolve();
  }
  watermark(): null {
    return null;
  }
  status(): SourceStatus {
    return this.current;
  }
  nodesHeard(): ReadonlyMap<string, Instant> {
    return this.heard;
  }
}

function watchOver(sources: readonly Spoken[], configs: readonly SourceConfig[], names = ["master", "worker"]) {
  const clock = createTestClock();
  const said: (string | null)[] = [];
  const world = { answer: { kind: "nodes", nodes: names.map((name) => ({ name, address: `${name}.lan` })) } as const };
  const api = {
    clusterNodes: () => Promise.resolve(world.answer as Awaited<ReturnType<WazuhApi["clusterNodes"]>>),
  } as WazuhApi;
  const nodes = new NodeWatch({
    clock,
    config: () => ({ ...usual, sources: configs }),
    wazuhApi: () => api,
    sources: () => sources,
    trouble: (says) => said.push(says),
  });
  nodes.start();
  const silent = (): readonly string[] => nodes.silent().map(({ name }) => name);
  return { clock, nodes, silent, world, said };
}

const file = (name: string): SourceConfig => ({ from: "file", name, path: "/x", start: "end" });
const read = { from: "indexer" } as Extract<SourceConfig, { from: "indexer" }>;
const sent = (sender: string): SourceConfig => ({ from: "http", name: `forwarders/${sender}`, sender });

test("a node of which no source brings anything is told of within five minutes of its being there", async () => {
  const tail = new Spoken("alerts");
  const { clock, silent, nodes } = watchOver([tail], [file("alerts")]);
  tail.heard.set("master", clock.now());

  await clock.advance(4 * MINUTE_MS);
  expect(silent()).toEqual([]);
  await clock.advance(45 * SECOND_MS);

  expect(nodes.silent()).toEqual([{ name: "worker", wasHeard: false }]);
});

test("a forwarder that says that it is there stands for its node, and no longer once it falls silent", async () => {
  const [tail, forwarder] = [new Spoken("alerts"), new Spoken("forwarders/worker")];
  const { clock, silent, nodes } = watchOver([tail, forwarder], [file("alerts"), sent("worker")]);
  tail.heard.set("master", clock.now());
  const beat = (): void => {
    forwarder.heard.set("worker", clock.now());
    const sender = { heardAt: clock.now(), lastBatch: null, beats: true, refused: null };
    forwarder.current = { ...forwarder.current, sender };
  };
  for (let n = 0; n < 60; n += 1) {
    beat();
    expect(silent()).toEqual([]);
    await clock.advance(15 * SECOND_MS);
  }

  for (let n = 0; n < 20; n += 1) {
    await clock.advance(15 * SECOND_MS);
    nodes.silent();
  }

  expect(nodes.silent()).toEqual([{ name: "worker", wasHeard: true }]);
  beat();
  expect(silent()).toEqual([]);
});

test("a shipper that has no alerts for a while is no lost node before a source is a quiet one", async () => {
  const [tail, shipper] = [new Spoken("alerts"), new Spoken("forwarders/worker")];
  const { clock, silent } = watchOver([tail, shipper], [file("alerts"), sent("worker")]);
  tail.heard.set("master", clock.now());
  shipper.heard.set("worker", clock.now());
  const sender = { heardAt: clock.now(), lastBatch: null, beats: false, refused: null };
  shipper.current = { ...shipper.current, sender };

  await clock.advance(110 * MINUTE_MS);
  expect(silent()).toEqual([]);
  await clock.advance(11 * MINUTE_MS);
  silent();
  await clock.advance(5 * MINUTE_MS);

  expect(silent()).toEqual(["worker"]);
});

test("a file that has had no line yet, or whose lines name their node otherwise, may be any node's", async () => {
  const tail = new Spoken("alerts");
  const { clock, silent } = watchOver([tail], [file("alerts")]);
  await clock.advance(10 * MINUTE_MS);
  expect(silent()).toEqual(["master", "worker"]);

  const alone = watchOver([tail], [file("alerts")], ["master"]);
  await alone.clock.advance(10 * MINUTE_MS);
  expect(alone.silent()).toEqual([]);
  tail.heard.set("pod-7f9c", alone.clock.now());
  expect(alone.silent()).toEqual([]);
  tail.current = { ...tail.current, state: "missing" };
  expect(alone.silent()).toEqual(["master"]);
});

test("where an indexer is read no node is missed", async () => {
  const [tail, indexer] = [new Spoken("alerts"), new Spoken("cluster")];
  const { clock, silent } = watchOver([tail, indexer], [file("alerts"), { ...read, name: "cluster" }]);
  tail.heard.set("master", clock.now());
  await clock.advance(10 * MINUTE_MS);
  expect(silent()).toEqual([]);

  indexer.current = { ...indexer.current, state: "unreadable" };
  expect(silent()).toEqual(["worker"]);
});

test("by its address a node is known as well", async () => {
  const tail = new Spoken("alerts");
  const { clock, silent } = watchOver([tail], [file("alerts")]);
  tail.heard.set("worker.lan", clock.now());
  await clock.advance(10 * MINUTE_MS);

  expect(silent()).toEqual(["master"]);
});

test("while the nodes can't be listed the last list holds, and the trouble is told once", async () => {
  const tail = new Spoken("alerts");
  const { clock, silent, said, world } = watchOver([tail], [file("alerts")]);
  tail.heard.set("master", clock.now());
  await clock.advance(MINUTE_MS);
  const { answer } = world;
  Object.assign(world, { answer: failed("unauthorized", "not allowed") });
  await clock.advance(9 * MINUTE_MS);
  expect(silent()).toEqual(["worker"]);
  Object.assign(world, { answer });
  await clock.advance(MINUTE_MS);

  expect(said).toEqual(["not allowed", null]);
});
