import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../ports/clock.ts";
import { openReader } from "../store/queries.ts";
import { StoreError } from "../store/store.ts";
import { anAlert, anIdentity, noon } from "../../test/conformance/store-rows.ts";
import { newPath, open } from "../../test/fixtures/database-file.ts";
import { newestAlerts, type NewestQuery } from "./newest-alerts.ts";

const all: NewestQuery = { filter: {}, isWanted: () => true, limit: 5, piece: 10 };

/** Sixty alerts of three nodes, of which one has been silent for a while. */
function ledger() {
  const path = newPath();
  open(path).commit(
    Array.from({ length: 60 }, (_, n) => {
      const origin = n < 20 ? "w/old" : `w/${n % 2}`;
      const identity = anIdentity({ origin, nativeId: `${1_795_435_200 + n}.${n}` });
      return { table: "alert", row: anAlert({ identity, at: noon + n, agentId: n === 3 ? "007" : "003" }) };
    }),
  );
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

test("an empty ledger is whole", async () => {
  const path = newPath();
  open(path);
  const reader = openReader(path);
  if (reader instanceof StoreError) throw reader;
  onTestFinished(() => reader.close());

  expect(await newestAlerts(reader, systemClock, all)).toEqual({ alerts: [], lookedAt: 0, isWhole: true });
});
