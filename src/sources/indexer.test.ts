import { expect, test } from "vitest";
import { IndexerWatch } from "../../test/fixtures/indexer-watch.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

test("what comes after the start is read once it can be found, in the order of its times, each once", async () => {
  const watch = new IndexerWatch();
  watch.put(noon - 1);
  watch.start();
  await watch.looks();

  const second = watch.put(noon + 2_000);
  const first = watch.put(noon + 1_500);
  await watch.looks();
  expect(watch.kept).toEqual([]);
  await watch.settled();

  expect(watch.kept).toEqual([first, second]);
  await watch.looks(40);
  expect(watch.read).toBe(2);
  expect(watch.source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: 0 });
});

test("the place is stored before anything is read, so that a death before the first alert loses none", async () => {
  const watch = new IndexerWatch();
  watch.start();
  await watch.looks();

  expect(watch.stretches).toMatchObject([{ read: 0, alerts: [] }]);
  await watch.source.drain();
  const id = watch.put(noon + 3_000);
  await watch.clock.advance(HOUR_MS);
  await watch.restart();
  await watch.settled();
  expect(watch.kept).toEqual([id]);
});

test.each([
  ["the beginning", "beginning", 2],
  ["a time", { at: noon - HOUR_MS }, 1],
] as const)("it begins at %s", async (_, start, count) => {
  const watch = new IndexerWatch({ start });
  watch.put(noon - 3 * DAY_MS);
  watch.put(noon - MINUTE_MS);
  watch.start();
  await watch.settled();

  expect(watch.kept).toHaveLength(count);
});

test("many pages are read in one view, each stored with its place", async () => {
  const watch = new IndexerWatch({ start: "beginning", limits: { pageSize: 10 } });
  const ids = Array.from({ length: 35 }, (_, i) => watch.put(noon - HOUR_MS + i * SECOND_MS));
  watch.start();
  await watch.settled();

  expect(watch.kept).toEqual(ids);
  expect(watch.stretches.map(({ read }) => read)).toEqual([0, 10, 10, 10, 5]);
  expect(watch.fake.openPits).toBe(0);
});

test("alerts that tie in everything but their node are all read, wherever a page ends", async () => {
  const watch = new IndexerWatch({ start: "beginning", limits: { pageSize: 1 } });
  const at = noon - HOUR_MS;
  for (const node of ["master", "worker-1", "worker-2"]) {
    watch.put(at, { id: "1770000000.0", cluster: { name: "wazuh", node } });
  }
  watch.start();
  await watch.settled();

  const nodes = watch.stretches.flatMap(({ alerts }) => alerts.map(({ identity }) => identity.origin));
  expect(nodes).toEqual(["wazuh/master", "wazuh/worker-1", "wazuh/worker-2"]);
});

test("a document that comes a little late is found at once", async () => {
  const watch = new IndexerWatch();
  watch.start();
  watch.put(noon + 20 * SECOND_MS);
  await watch.clock.advance(25 * SECOND_MS);
  const late = watch.put(noon + 5 * SECOND_MS);
  await watch.settled();

  expect(watch.kept.at(-1)).toBe(late);
});

test("one that comes hours late is found within a minute or so, by counting", async () => {
  const watch = new IndexerWatch({ start: { at: noon - 5 * HOUR_MS } });
  for (let i = 1; i < 8; i += 1) watch.put(noon - i * 30 * MINUTE_MS);
  watch.start();
  await watch.clock.advance(5 * MINUTE_MS);
  expect(watch.kept).toHaveLength(7);

  const late = watch.put(noon - 3 * HOUR_MS + 7);
  await watch.clock.advance(70 * SECOND_MS);

  expect(watch.kept).toContain(late);
  const before = watch.read;
  await watch.clock.advance(10 * MINUTE_MS);
  expect(watch.read).toBe(before);
});

test("an hour of outage in which one node's alerts wait is made up for, though another node's came first", async () => {
  const watch = new IndexerWatch();
  watch.start();
  await watch.clock.advance(HOUR_MS);
  watch.put(watch.clock.now(), { cluster: { name: "wazuh", node: "worker-1" } });
  await watch.clock.advance(MINUTE_MS);

  const held = Array.from({ length: 60 }, (_, i) =>
    watch.put(noon + i * MINUTE_MS, { cluster: { name: "wazuh", node: "worker-2" } }),
  );
  await watch.clock.advance(2 * MINUTE_MS);

  expect(new Set(watch.kept)).toEqual(new Set([...held, watch.kept[0]]));
});

test("what a document says of a time years ahead takes nobody past what comes until then", async () => {
  const watch = new IndexerWatch();
  watch.start();
  const wrong = watch.put(noon + 3_650 * DAY_MS);
  await watch.clock.advance(70 * SECOND_MS);
  const right = watch.put(watch.clock.now() + SECOND_MS);
  await watch.settled();

  expect(watch.kept).toEqual([wrong, right]);
  expect(watch.read).toBe(2);
});

test("a manager whose clock is an hour ahead is read in a minute or so, and not again at every look", async () => {
  const watch = new IndexerWatch({ limits: { everyMs: 20 * SECOND_MS } });
  watch.start();
  const ids = Array.from({ length: 50 }, (_, i) => watch.put(noon + HOUR_MS + i * SECOND_MS));
  await watch.clock.advance(90 * SECOND_MS);
  expect(watch.kept).toEqual(ids);

  await watch.clock.advance(30 * MINUTE_MS);
  expect(watch.read).toBe(50);
  await watch.clock.advance(45 * MINUTE_MS);

  expect(new Set(watch.kept)).toEqual(new Set(ids));
  expect(watch.read).toBeLessThanOrEqual(200);
});

test("over midnight the next day's index is read, and this day's to its end", async () => {
  const watch = new IndexerWatch();
  watch.start();
  const midnight = noon - (noon % DAY_MS) + DAY_MS;
  await watch.clock.advance(midnight - noon - 4 * SECOND_MS);

  const last = watch.put(midnight - 1);
  const first = watch.put(midnight);
  await watch.settled();
  const late = watch.put(midnight - 2);
  await watch.settled();

  expect(watch.kept).toEqual([last, first, late]);
  expect(watch.fake.openPits).toBe(0);
});

test("a new Wazuh without an index is told of, and its first alert is read", async () => {
  const watch = new IndexerWatch({ isNew: true });
  watch.start();
  await watch.settled();

  expect(watch.source.status()).toMatchObject({ state: "missing" });
  expect(watch.source.status().trouble).toMatch(
    /no index at https:\/\/wazuh-indexer:9200 is called wazuh-alerts-4\.x-\*/,
  );
  const id = watch.put(watch.clock.now());
  await watch.clock.advance(2 * MINUTE_MS);
  expect(watch.kept).toEqual([id]);
  expect(watch.events.map(({ kind }) => kind)).toEqual(["no_index", "well"]);
});

test("a document that is no alert goes to the quarantine, once", async () => {
  const watch = new IndexerWatch();
  watch.start();
  watch.fake.put("wazuh-alerts-4.x-2026.11.23", { timestamp: new Date(noon + 1).toISOString(), note: "hello" }, noon);
  await watch.clock.advance(MINUTE_MS);

  const told = watch.stretches.flatMap(({ quarantine }) => quarantine);
  expect(told).toMatchObject([{ why: "not_an_alert" }]);
  expect(told[0]?.raw).toContain('"note":"hello"');
});

test("Filebeat's own agent is nobody's: an alert without one is the host's", async () => {
  const watch = new IndexerWatch();
  watch.start();
  watch.put(noon + 1, { agent: undefined, agentless: { host: "switch-7", script: "ssh", user: "root" } });
  await watch.settled();

  expect(watch.stretches.flatMap(({ alerts }) => alerts)).toMatchObject([{ agentId: null, agentName: "switch-7" }]);
});

test("far behind, it reads day by day, and opens no more views than a node allows", async () => {
  const watch = new IndexerWatch({ start: "beginning", pitContextsMost: 30, limits: { indicesAtOnce: 5 } });
  const ids = Array.from({ length: 60 }, (_, i) => watch.put(noon - (61 - i) * DAY_MS));
  // Between them weeks without any.
  ids.unshift(watch.put(noon - 300 * DAY_MS));
  watch.start();
  await watch.settled();

  expect(watch.kept).toEqual(ids);
  expect(watch.events).toEqual([]);
});

test("after a restart only the overlap is read again, and late ones are found as before", async () => {
  const watch = new IndexerWatch({ start: "beginning" });
  for (let i = 10; i > 0; i -= 1) watch.put(noon - i * HOUR_MS);
  watch.start();
  await watch.clock.advance(10 * MINUTE_MS);
  expect(watch.read).toBe(10);

  await watch.restart();
  const late = watch.put(noon - 5 * HOUR_MS + 1);
  await watch.clock.advance(10 * MINUTE_MS);

  expect(watch.kept.slice(10)).toContain(late);
  // The last one, the one beside the late one, and none of the others.
  expect(watch.read).toBe(13);
});

test("nothing is handed over once it was asked to stop", async () => {
  const watch = new IndexerWatch();
  watch.start();
  await watch.looks();
  watch.put(watch.clock.now());
  const { length } = watch.stretches;
  await watch.source.drain();
  await watch.clock.advance(MINUTE_MS);

  expect(watch.stretches).toHaveLength(length);
  expect(watch.source.status().state).toBe("stopped");
});

test("a bookmark that can't be made out is told of, and it begins as for the first time", async () => {
  const watch = new IndexerWatch({ start: "beginning" });
  const id = watch.put(noon - HOUR_MS);
  watch.start('{"v":2}');
  await watch.settled();

  expect(watch.events).toEqual([{ kind: "bookmark_unreadable" }]);
  expect(watch.kept).toEqual([id]);
});
