import { expect, test } from "vitest";
import { createTestClock, TEST_START_AT, type TestClock } from "../../test/clock.ts";
import { wazuhAlert } from "../../test/fixtures/wazuh-alerts.ts";
import { compilePolicies, matchAlert } from "../core/match.ts";
import type { AcceptInput } from "../core/input.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { Batch } from "../ports/intake.ts";
import { re2 } from "../ports/regex.ts";
import { aPolicy } from "../../test/fixtures/kept-alerts.ts";
import type { AlertOfFinding } from "./http-batch.ts";
import { createHttpSource, type HttpSource } from "./http-source.ts";
import { createLineJudge } from "./line-judge.ts";

interface Rig {
  readonly clock: TestClock;
  readonly source: HttpSource;
  readonly stretches: AcceptInput[];
  store: (stretch: AcceptInput) => Promise<void>;
  readonly take: (alerts: readonly object[], of?: Partial<Batch>) => ReturnType<HttpSource["take"]>;
}

function openRig(of: { readonly cursor?: string | null; readonly alertOfFinding?: AlertOfFinding } = {}): Rig {
  const clock = createTestClock();
  const stretches: AcceptInput[] = [];
  const all = { terms: aPolicy(), when: { kind: "always" }, clear: null, continues: false } as const;
  const source = createHttpSource({
    name: "forwarders/master",
    sender: "master",
    clock,
    judge: createLineJudge(compilePolicies([all], re2), () => false, matchAlert),
    accept: async (stretch) => {
      stretches.push(stretch);
      await rig.store(stretch);
      return { woken: [], counts: { kept: stretch.alerts.length, duplicate: 0, collision: 0 } };
    },
    ...(of.alertOfFinding !== undefined && { alertOfFinding: of.alertOfFinding }),
  });
  source.start(of.cursor ?? null);
  const rig: Rig = {
    clock,
    source,
    stretches,
    store: () => Promise.resolve(),
    take: (alerts, batch = {}) =>
      source.take({
        body: Buffer.from(alerts.map((alert) => `${JSON.stringify(alert)}\n`).join("")),
        framing: "lines",
        node: null,
        readTo: null,
        ignored: 0,
        malformed: 0,
        ...batch,
      }),
  };
  return rig;
}

const at = (ms: number, of: object = {}): object => ({
  ...wazuhAlert({ id: "5712", level: 10, description: "x" }, new Date(TEST_START_AT + ms)),
  ...of,
});

test("its watermark is the last alert's time, and at the sender's end how far it says that it has read", async () => {
  const { source, take } = openRig();
  expect(source.watermark()).toBeNull();

  await take([at(-10 * MINUTE_MS), at(-9 * MINUTE_MS)]);
  expect(source.watermark()?.at).toBe(TEST_START_AT - 9 * MINUTE_MS);

  await take([], { readTo: TEST_START_AT - 2 * SECOND_MS });
  expect(source.watermark()).toEqual({ at: TEST_START_AT - 2 * SECOND_MS, reportedAt: TEST_START_AT });
});

test("a time to come moves it no further than to now, and the next one puts a wrong one right", async () => {
  const { source, stretches, take } = openRig();

  await take([at(400 * DAY_MS)]);
  await take([], { readTo: TEST_START_AT + 400 * DAY_MS });
  expect(stretches.map(({ watermarkAt }) => watermarkAt)).toEqual([TEST_START_AT, TEST_START_AT]);
  expect(source.watermark()?.at).toBe(TEST_START_AT);

  const other = openRig();
  await other.take([at(400 * DAY_MS)]);
  await other.take([at(-MINUTE_MS)]);
  expect(other.source.watermark()?.at).toBe(TEST_START_AT - MINUTE_MS);
});

test("a sender that says how far it has read, while more of it is on its way, is not believed", async () => {
  const rig = openRig();
  const stored = Promise.withResolvers<void>();
  rig.store = () => stored.promise;
  const first = rig.take([at(-10 * MINUTE_MS)]);
  const second = rig.take([], { readTo: TEST_START_AT });

  stored.resolve();
  await Promise.all([first, second]);

  expect(rig.source.watermark()?.at).toBe(TEST_START_AT - 10 * MINUTE_MS);
  await rig.take([], { readTo: TEST_START_AT });
  expect(rig.source.watermark()?.at).toBe(TEST_START_AT);
});

test("a later batch that is stored sooner does not move it past an earlier one", async () => {
  const rig = openRig();
  const stored = Promise.withResolvers<void>();
  rig.store = ({ read }) => (read === 2 ? stored.promise : Promise.resolve());
  const earlier = rig.take([at(-10 * MINUTE_MS), at(-9 * MINUTE_MS)]);
  await rig.take([at(-MINUTE_MS)]);
  expect(rig.source.watermark()?.at).toBe(0);

  stored.resolve();
  await earlier;

  expect(rig.source.watermark()?.at).toBe(TEST_START_AT - 9 * MINUTE_MS);
});

test("of a batch that was stored in part nothing is said to have been read", async () => {
  const rig = openRig();
  rig.store = () => Promise.reject(new Error("full"));

  const taken = await rig.take([at(0)], { readTo: TEST_START_AT });

  expect(taken).toEqual({ kind: "not_stored", says: "full" });
  expect(rig.source.watermark()).toBeNull();
});

test("that a sender beats is known after a restart", async () => {
  const first = openRig();
  await first.take([at(0)]);
  expect(first.source.status().sender).toMatchObject({ beats: false, heardAt: TEST_START_AT });
  await first.take([], { readTo: TEST_START_AT });

  const second = openRig({ cursor: first.stretches.at(-1)!.cursor });

  expect(second.source.status()).toMatchObject({ state: "at_end", sender: { beats: true, heardAt: null } });
  expect(openRig({ cursor: '{"v":9}' }).source.status().sender?.beats).toBe(false);
});

test("stopping waits for what is on its way, and takes nothing more", async () => {
  const rig = openRig();
  const stored = Promise.withResolvers<void>();
  rig.store = () => stored.promise;
  const taking = rig.take([at(0)]);
  let isDrained = false;
  const drained = rig.source.drain().then(() => (isDrained = true));
  await rig.clock.advance(MINUTE_MS);
  expect(isDrained).toBe(false);

  stored.resolve();
  await drained;

  expect((await taking).kind).toBe("taken");
  expect((await rig.take([at(1)])).kind).toBe("busy");
});

test("a long batch lets others have their turn", async () => {
  const rig = openRig();
  const taking = rig.take(Array.from({ length: 600 }, (_, n) => at(n)));
  let isTaken = false;
  const done = taking.then(() => (isTaken = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isTaken).toBe(false);

  await rig.clock.advance(0);
  await rig.clock.advance(0);
  await done;

  expect(rig.stretches.map(({ alerts }) => alerts.length)).toEqual([600]);
});

test("the nodes that alerts came from, and that a sender names, are known", async () => {
  const rig = openRig();

  await rig.take([at(0, { cluster: { name: "wazuh", node: "worker-1" } })]);
  await rig.take([], { node: "wazuh/worker-2" });

  expect([...rig.source.nodesHeard!().keys()].toSorted()).toEqual(["wazuh-manager", "worker-1", "worker-2"]);
});

test("findings are read where somebody can, under their document's name or one from their bytes", async () => {
  const names: string[] = [];
  const rig = openRig({
    alertOfFinding: (finding, id) => {
      names.push(id);
      return { timestamp: finding["@timestamp"], id, rule: { level: 9, id: "a" } };
    },
  });
  // The `rule` is ECS's own, of another product.
  const finding = { "@timestamp": "2026-11-23T10:00:00Z", rule: { name: "x" }, wazuh: { rule: { id: "a" } } };

  const taken = await rig.take([finding, { _id: "doc-1", _source: finding }, { message: JSON.stringify(finding) }]);

  expect(taken).toMatchObject({ read: 3, kept: 3, malformed: 0 });
  expect(names).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{16}$/), "doc-1", names[0]]);
  expect(rig.stretches[0]?.alerts.map(({ identity }) => identity.nativeId)).toEqual(names);
});
