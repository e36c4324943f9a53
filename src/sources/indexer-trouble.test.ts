import { expect, test } from "vitest";
import { errorAnswer } from "../../test/fakes/opensearch/opensearch.ts";
import { IndexerWatch } from "../../test/fixtures/indexer-watch.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

test("an indexer that was started anew has lost its views, and nobody notices", async () => {
  const watch = new IndexerWatch({ start: "beginning", limits: { pageSize: 2 } });
  const ids = Array.from({ length: 6 }, (_, i) => watch.put(noon - HOUR_MS + i * MINUTE_MS));
  await watch.clock.advance(5 * SECOND_MS);
  const { fake } = watch;
  const handle = fake.handle.bind(fake);
  let pages = 0;
  fake.handle = (request, now) => {
    if (request.path.startsWith("/_search?") && (pages += 1) === 2) fake.restart();
    return handle(request, now);
  };
  watch.start();
  await watch.looks();

  expect(watch.kept).toEqual(ids);
  expect(watch.events).toEqual([]);
});

test("views that are lost again and again are told of, and asked for ever more seldom", async () => {
  const watch = new IndexerWatch({ start: "beginning" });
  watch.put(noon - HOUR_MS);
  await watch.clock.advance(5 * SECOND_MS);
  const { fake } = watch;
  const handle = fake.handle.bind(fake);
  fake.handle = (request, now) => {
    fake.restart();
    return handle(request, now);
  };
  watch.start();
  await watch.clock.advance(MINUTE_MS);

  expect(watch.events).toMatchObject([{ kind: "not_read" }]);
  expect(watch.asked.length).toBeLessThan(50);
});

test("429 and 503 are waited out for as long as they ask, told once, and nothing is lost", async () => {
  const watch = new IndexerWatch();
  watch.start();
  await watch.looks();
  const busy = errorAnswer(429, "rejected_execution_exception", "rejected execution");
  const away = errorAnswer(503, "cluster_block_exception", "state not recovered");
  watch.fake.refusals.push({ ...busy, headers: { ...busy.headers, "retry-after": "30" } }, away, away);
  const id = watch.put(watch.clock.now() + 100);
  await watch.looks();

  expect(watch.source.status()).toMatchObject({ state: "unreadable" });
  expect(watch.source.status().trouble).toMatch(/too busy and refuses reading .*"rejected execution"/);
  const asked = watch.asked.length;
  await watch.clock.advance(25 * SECOND_MS);
  expect(watch.asked).toHaveLength(asked);
  await watch.clock.advance(MINUTE_MS);

  expect(watch.kept).toEqual([id]);
  expect(watch.events.map(({ kind }) => kind)).toEqual(["not_read", "not_read", "well"]);
});

test("a total that lies is never asked for, and counts that lie only make it look twice", async () => {
  const watch = new IndexerWatch({ start: "beginning", limits: { pageSize: 3 } });
  watch.fake.saysTotal = 1;
  watch.fake.counts = (truth) => truth + 1_000;
  const ids = Array.from({ length: 7 }, (_, i) => watch.put(noon - HOUR_MS + i * SECOND_MS));
  watch.start();
  await watch.clock.advance(10 * MINUTE_MS);

  expect([...new Set(watch.kept)]).toEqual(ids);
  const { read } = watch;
  await watch.clock.advance(10 * MINUTE_MS);
  expect(watch.read).toBe(read);
});

test("an answer of some shards only is none", async () => {
  const watch = new IndexerWatch();
  watch.start();
  await watch.looks();
  watch.fake.failedShards = 1;
  const id = watch.put(watch.clock.now() + 1);
  await watch.settled();

  expect(watch.kept).toEqual([]);
  expect(watch.source.status().trouble).toMatch(/Search rejected due to missing shards/);
  watch.fake.failedShards = 0;
  await watch.clock.advance(MINUTE_MS);
  expect(watch.kept).toEqual([id]);
});

test("pages that are too large are asked for in smaller ones, and one document alone is passed by and said so", async () => {
  const watch = new IndexerWatch({ start: "beginning", answerBytesMost: 16_000 });
  const before = watch.put(noon - 30 * MINUTE_MS);
  for (let i = 0; i < 4; i += 1) watch.put(noon - 20 * MINUTE_MS + i, { full_log: "x".repeat(6_000) });
  watch.put(noon - 10 * MINUTE_MS, { full_log: "x".repeat(17_000) });
  const after = watch.put(noon - 5 * MINUTE_MS);
  watch.start();
  await watch.settled();

  expect([watch.kept[0], watch.kept.at(-1), watch.kept.length]).toEqual([before, after, 6]);
  expect(watch.stretches.flatMap(({ quarantine }) => quarantine)).toMatchObject([{ why: "too_long" }]);
});

test("what could not be stored is read again, and counted once", async () => {
  const watch = new IndexerWatch();
  watch.start();
  await watch.looks();
  watch.refuses = true;
  const id = watch.put(watch.clock.now() + 1);
  await watch.settled();
  expect(watch.source.status().trouble).toBe(
    "what was read could not be stored (the disk is full); it will be read again.",
  );

  watch.refuses = false;
  await watch.clock.advance(MINUTE_MS);
  expect(watch.kept).toEqual([id]);
  expect(watch.events.map(({ kind }) => kind)).toEqual(["documents_not_stored", "well"]);
});

test("the watermark stays behind by what may still come, and after trouble waits for what was held back", async () => {
  const watch = new IndexerWatch();
  watch.start();
  expect(watch.source.watermark()).toBeNull();
  watch.put(noon);
  await watch.settled();
  expect(watch.clock.now() - watch.source.watermark()!.at).toBe(20 * SECOND_MS);

  const away = errorAnswer(503, "cluster_block_exception", "state not recovered");
  watch.fake.refusals.push(...Array.from({ length: 3 }, () => away));
  const { at } = watch.source.watermark()!;
  await watch.clock.advance(20 * SECOND_MS);
  expect(watch.source.status().state).toBe("at_end");
  await watch.clock.advance(MINUTE_MS);
  expect(watch.source.watermark()!.at).toBe(at);
  await watch.clock.advance(40 * SECOND_MS);

  expect(watch.source.watermark()!.at).toBeGreaterThan(at + MINUTE_MS);
});
