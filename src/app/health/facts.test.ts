import { expect, test } from "vitest";
import { createTestClock } from "../../../test/clock.ts";
import { loadConfig } from "../../config/load.ts";
import { connectors } from "../../connectors/index.ts";
import type { SourceRow } from "../../core/change.ts";
import { MINUTE_MS } from "../../core/time.ts";
import type { LiveSource } from "../../http/source-report.ts";
import type { Reader } from "../../store/queries.ts";
import { createLook } from "./facts.ts";

const loaded = loadConfig(
  `http: { listen: "127.0.0.1:80", tokens: [{ name: w1, secret: { env: TOKEN }, may: [send] }] }
wazuh: { alerts: { from: http, name: forwarders } }
policies: [{ name: x, when: { rule.id: 1 }, tell: [] }]`,
  "riposte.yaml",
  connectors,
);
if (loaded.kind !== "loaded") throw new Error("the config is wrong");
const { config } = loaded;

function openLook() {
  const clock = createTestClock();
  const rows: SourceRow[] = [];
  const live: { sender: NonNullable<LiveSource["sender"]> } = {
    sender: { heardAt: null, lastBatch: null, beats: true, refused: null },
  };
  const look = createLook({
    clock,
    reader: {
      sources: () => Promise.resolve(rows),
      workTallies: () => Promise.resolve([]),
      lanes: () => Promise.resolve([]),
      windowBooks: () => Promise.resolve([]),
    } as unknown as Reader,
    secrets: { read: () => Promise.resolve({ kind: "value", value: "x" }) },
    config: () => config,
    sources: () => ({ "forwarders/w1": { state: "at_end", trouble: null, behindBytes: null, ...live } }),
    unsent: () => [],
    folder: null,
  });
  return { clock, rows, live, seen: async () => (await look()).sources[0]! };
}

test("a sender that nobody has heard of yet is missed by nobody", async () => {
  const { clock, seen } = openLook();
  await seen();
  await clock.advance(10 * MINUTE_MS);

  expect(await seen()).toMatchObject({ lineAt: null, sender: { beats: true } });
});

test("one that was heard of, in this life or an earlier one, is missed from then on, lines or no lines", async () => {
  const { clock, rows, live, seen } = openLook();
  rows.push({ name: "forwarders/w1", read: 3 } as SourceRow);
  const startedAt = clock.now();
  expect(await seen()).toMatchObject({ lineAt: startedAt });

  await clock.advance(3 * MINUTE_MS);
  live.sender = { ...live.sender, heardAt: clock.now() };
  await clock.advance(MINUTE_MS);

  expect(await seen()).toMatchObject({ lineAt: startedAt + 3 * MINUTE_MS });
});

test("what it sends and is refused is trouble, since it was first refused", async () => {
  const { clock, live, seen } = openLook();
  live.sender = { ...live.sender, heardAt: clock.now(), refused: { since: clock.now(), says: "too large" } };
  const since = clock.now();
  await seen();
  await clock.advance(6 * MINUTE_MS);

  expect(await seen()).toMatchObject({ trouble: expect.stringContaining("too large"), troubledSince: since });
});
