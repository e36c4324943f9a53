import { expect, onTestFinished, test } from "vitest";
import type { AlertRow } from "../core/change.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { systemClock } from "../ports/clock.ts";
import { openReader } from "../store/queries.ts";
import { StoreError } from "../store/store.ts";
import { anAlert, anIdentity, noon } from "../../test/conformance/store-rows.ts";
import { newPath, open } from "../../test/fixtures/database-file.ts";
import { newestAlerts, type NewestQuery } from "./newest-alerts.ts";

const all: NewestQuery = { filter: {}, isWanted: () => true, limit: 5, piece: 10 };

const idByTime = (n: number): string => `${1_795_435_200 + n}.${n}`;

/** Sixty alerts of three nodes, of which one has been silent for a while. */
function ledger() {
  return ledgerOf(60, (n) => {
    const identity = anIdentity({ origin: n < 20 ? "w/old" : `w/${n % 2}`, nativeId: idByTime(n) });
    return { identity, at: noon + n, agentId: n === 3 ? "007" : "003" };
  });
}

function ledgerOf(length: number, alertOf: (n: number) => Partial<AlertRow>) {
  const path = newPath();
  open(path).commit(Array.from({ length }, (_, n) => ({ table: "alert", row: anAlert(alertOf(n)) })));
  const reader = openReader(path);
  if (reader instanceof StoreError) throw reader;
  onTestFinished(() => reader.close());
  return reader;
}

const ages = ({ alerts }: { alerts: readonly { at: number }[] }): number[] => alerts.map(({ at }) => at - noon);

test("the newest come first whichever node they are of, and no more is read than that takes", async () => {
  const found = await newestAlerts(ledger(), systemClock, all);

  expect(ages(found)).toEqual([59, 58, 57, 56, 55]);
  expect(found).toMatchObject({ lookedAt: 30, isWhole: true });
});

test("what is rare is looked for to the end", async () => {
  const found = await newestAlerts(ledger(), systemClock, { ...all, filter: { agentId: "007" } });

  expect(ages(found)).toEqual([3]);
  expect(found).toMatchObject({ lookedAt: 60, isWhole: true });
});

test("a ledger that is longer than may be looked through is not, and that is said", async () => {
  const found = await newestAlerts(ledger(), systemClock, { ...all, filter: { agentId: "007" }, lookedAtMost: 45 });

  expect(found).toMatchObject({ alerts: [], lookedAt: 45, isWhole: false });
});

test("what is older than was asked for is not read, but for an hour in which a late one may be", async () => {
  const reader = ledgerOf(400, (n) => {
    const at = noon + (n === 340 ? 395 : n) * MINUTE_MS;
    return { identity: anIdentity({ nativeId: idByTime(n * 60) }), at };
  });

  const sinceAt = noon + 390 * MINUTE_MS;
  const found = await newestAlerts(reader, systemClock, { ...all, filter: { sinceAt }, limit: 100 });

  const minutes = ages(found).map((age) => age / MINUTE_MS);
  expect(minutes).toEqual([399, 398, 397, 396, 395, 395, 394, 393, 392, 391, 390]);
  expect(found).toMatchObject({ lookedAt: 80, isWhole: true });
});

test.each([
  ["document ids", (n: number) => `doc-${99 - n}`],
  ["sums of lines, beside Wazuh's ids", (n: number) => (n === 0 ? "sha256:00" : idByTime(99 - n))],
])("where ids say nothing of when, as %s, the newest is found wherever it stands", async (_, nativeId) => {
  const inNoOrder = (n: number): number => (n * 37) % 60;
  const reader = ledgerOf(60, (n) => ({ identity: anIdentity({ nativeId: nativeId(n) }), at: noon + inNoOrder(n) }));

  const found = await newestAlerts(reader, systemClock, all);
  expect(ages(found)).toEqual([59, 58, 57, 56, 55]);
  expect(found).toMatchObject({ lookedAt: 60, isWhole: true });

  const since = { ...all, filter: { sinceAt: noon + 2 * HOUR_MS } };
  expect(await newestAlerts(reader, systemClock, since)).toEqual({ alerts: [], lookedAt: 60, isWhole: true });

  const cut = await newestAlerts(reader, systemClock, { ...all, lookedAtMost: 45 });
  expect(cut).toMatchObject({ lookedAt: 45, isWhole: false });
});

test("a node whose ids say nothing of when does not take the turns of one whose ids do", async () => {
  const reader = ledgerOf(60, (n) => {
    const [origin, nativeId] = n % 2 === 0 ? ["w/4", idByTime(n)] : ["w/1", `doc-${99 - n}`];
    return { identity: anIdentity({ origin, nativeId }), at: noon + n };
  });

  const found = await newestAlerts(reader, systemClock, { ...all, limit: 15, lookedAtMost: 40 });

  expect(ages(found)).toEqual([58, 56, 54, 52, 50, 48, 46, 44, 42, 40, 39, 38, 37, 36, 35]);
  expect(found.isWhole).toBe(false);
});

test("an empty ledger is whole", async () => {
  const path = newPath();
  open(path);
  const reader = openReader(path);
  if (reader instanceof StoreError) throw reader;
  onTestFinished(() => reader.close());

  expect(await newestAlerts(reader, systemClock, all)).toEqual({ alerts: [], lookedAt: 0, isWhole: true });
});
