import { expect, test } from "vitest";
import { Watch, watchOver } from "../../test/fixtures/agents-watch.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";

test("an agent that is lost is told of as Wazuh's own alert would, since its last keepalive", async () => {
  const watch = await watchOver("web-01", "db-01");

  watch.fake.lose("002", noon + 30 * SECOND_MS, noon - 15 * MINUTE_MS);
  await watch.aMinute();

  expect(watch.said()).toMatchObject([
    { rule: "504", agent: "002", at: noon + 30 * SECOND_MS, since: noon - 15 * MINUTE_MS, clears: false },
  ]);
  const [alert] = watch.stretches.at(-1)!.alerts;
  expect(JSON.parse(alert!.raw)).toMatchObject({ location: "wazuh-api", agent: { id: "002", name: "db-01" } });
  await watch.aMinute();
  expect(watch.said()).toEqual([]);
});

test("one that said that it stops is told of as stopped", async () => {
  const watch = await watchOver("web-01");

  watch.fake.stopGracefully("001", noon + 30 * SECOND_MS);
  await watch.aMinute();

  expect(watch.said()).toMatchObject([{ rule: "506", agent: "001", title: "Wazuh agent stopped." }]);
});

test("one that is back ends what was told, and one that is not yet fully back does not", async () => {
  const watch = await watchOver("web-01");
  watch.fake.lose("001", noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.said();

  watch.fake.agents.get("001")!.status = "pending";
  await watch.aMinute();
  expect(watch.said()).toEqual([]);
  watch.fake.bringBack("001", watch.clock.now());
  await watch.aMinute();

  expect(watch.said()).toMatchObject([{ rule: "503", agent: "001", clears: true }]);
  await watch.aMinute();
  expect(watch.said()).toEqual([]);
});

test("one that came back and was lost again between two looks is told of as both, in that order", async () => {
  const watch = await watchOver("web-01");
  watch.fake.lose("001", noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.said();

  watch.fake.lose("001", watch.clock.now() + 40 * SECOND_MS, watch.clock.now() + 30 * SECOND_MS);
  await watch.aMinute();

  const [back, again] = watch.said();
  expect([back?.rule, again?.rule]).toEqual(["503", "504"]);
  expect(back!.at).toBeLessThan(again!.at);
});

test("an agent that was removed ends its incident with those words, though the policy names only its return", async () => {
  const watch = await watchOver("web-01");
  watch.fake.lose("001", noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.said();

  watch.fake.agents.delete("001");
  await watch.aMinute();

  expect(watch.said()).toMatchObject([{ rule: "505", agent: "001", clears: true, title: "Wazuh agent removed." }]);
});

test("who takes the number of a removed agent is another one", async () => {
  const watch = await watchOver("web-01");
  watch.fake.lose("001", noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.said();

  watch.fake.add("001", "web-02", watch.clock.now());
  await watch.aMinute();

  expect(watch.said()).toMatchObject([{ rule: "505", agent: "001", clears: true }]);
});

test("agents that our user may not see any more are not taken for removed or back", async () => {
  const watch = await watchOver("web-01");
  watch.fake.lose("001", noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.said();

  watch.fake.hidden = new Set(["001"]);
  watch.fake.bringBack("001", watch.clock.now());
  await watch.aMinute();
  expect(watch.said()).toEqual([]);
  watch.fake.hidden = null;
  await watch.aMinute();

  expect(watch.said()).toMatchObject([{ rule: "503", agent: "001" }]);
});

test("the manager itself and agents that never connected are never lost", async () => {
  const watch = await watchOver("web-01");

  Object.assign(watch.fake.agents.get("001")!, { status: "never_connected", lastKeepAliveAt: null });
  await watch.aMinute();

  expect(watch.said()).toEqual([]);
});

test("an API that can't be reached is the source's trouble and nobody's loss or return", async () => {
  const watch = await watchOver("web-01", "db-01");
  watch.fake.lose("002", noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.said();

  watch.api.answers = false;
  await watch.aMinute();
  await watch.aMinute();

  expect(watch.said()).toEqual([]);
  expect(watch.source.status()).toMatchObject({
    state: "unreadable",
    trouble: expect.stringContaining("the Wazuh API gives no answer"),
  });
  expect(watch.events).toHaveLength(1);
  watch.api.answers = true;
  await watch.aMinute();
  expect(watch.source.status()).toMatchObject({ state: "at_end", trouble: null });
  expect(watch.events.map(({ kind }) => kind)).toEqual(["not_asked", "well"]);
  expect(watch.said()).toEqual([]);
});

test("a manager that begins anew has not lost all its agents; who stays away ten minutes is", async () => {
  const watch = await watchOver("web-01", "db-01");

  watch.fake.restartManager(noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.fake.bringBack("001", watch.clock.now());
  for (let n = 0; n < 9; n += 1) await watch.aMinute();
  expect(watch.said()).toEqual([]);
  await watch.aMinute();

  expect(watch.said()).toMatchObject([{ rule: "504", agent: "002", since: noon }]);
});

test("forty that were lost before the first look are told of as one, and each by itself when it is lost again", async () => {
  const watch = new Watch();
  for (let n = 1; n <= 40; n += 1) {
    const id = String(n).padStart(3, "0");
    watch.fake.add(id, `host-${n}`, noon - 40 * DAY_MS);
    watch.fake.lose(id, noon - 30 * DAY_MS);
  }
  await watch.start();

  expect(watch.said()).toMatchObject([
    {
      rule: "504",
      agent: null,
      title: "40 Wazuh agents were disconnected before Riposte first asked.",
      since: noon - 30 * DAY_MS,
      clears: false,
    },
  ]);
  watch.fake.bringBack("007", watch.clock.now());
  await watch.aMinute();
  watch.fake.lose("007", watch.clock.now() + 30 * SECOND_MS);
  await watch.aMinute();
  expect(watch.said()).toMatchObject([
    { rule: "503", agent: "007" },
    { rule: "504", agent: "007" },
  ]);
});

test("a few that were lost before the first look have an incident each, as new as the look", async () => {
  const watch = new Watch();
  watch.fake.add("001", "web-01", noon - 40 * DAY_MS);
  watch.fake.lose("001", noon - 30 * DAY_MS);
  await watch.start();

  expect(watch.said()).toMatchObject([{ rule: "504", agent: "001", at: noon, since: noon - 30 * DAY_MS }]);
});

test("after a restart nothing is said twice, and what happened meanwhile is said once", async () => {
  const watch = await watchOver("web-01", "db-01");
  watch.fake.lose("001", noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.said();
  await watch.source.drain();
  const downAt = watch.clock.now();

  await watch.clock.advance(HOUR_MS);
  watch.fake.lose("002", watch.clock.now() - 30 * MINUTE_MS, watch.clock.now() - 45 * MINUTE_MS);
  watch.fake.bringBack("001", watch.clock.now() - 20 * MINUTE_MS);
  await watch.start();

  expect(watch.said()).toMatchObject([
    { rule: "504", agent: "002", at: watch.clock.now(), since: watch.clock.now() - 45 * MINUTE_MS },
    // Perhaps it was back before a hold was over.
    { rule: "503", agent: "001", at: downAt + 1 },
  ]);
});

test("the first look comes after what the others have to read, or after ten minutes of waiting", async () => {
  const watch = new Watch();
  watch.fake.add("001", "web-01", noon);
  watch.fake.lose("001", noon);
  watch.othersHaveRead = false;
  await watch.start();
  await watch.clock.advance(9 * MINUTE_MS);
  expect(watch.source.status()).toMatchObject({
    state: "starting",
    waitsFor: "the other sources to read what is there",
  });
  expect(watch.said()).toEqual([]);

  watch.othersHaveRead = true;
  await watch.clock.advance(SECOND_MS);
  await watch.clock.advance(0);
  expect(watch.source.status()).toEqual({ state: "at_end", trouble: null, behindBytes: null });
  expect(watch.said()).toMatchObject([{ rule: "504", agent: "001" }]);

  watch.othersHaveRead = false;
  await watch.source.drain();
  await watch.start();
  await watch.clock.advance(10 * MINUTE_MS);
  await watch.clock.advance(SECOND_MS);
  expect(watch.source.status().state).toBe("at_end");
});

test("what could not be stored is said again, under the same identity", async () => {
  const watch = await watchOver("web-01");
  watch.fake.lose("001", noon + 30 * SECOND_MS);
  watch.stores = false;
  await watch.aMinute();
  expect(watch.source.status().trouble).toContain("the disk is full");

  watch.stores = true;
  await watch.aMinute();

  expect(watch.said()).toMatchObject([{ rule: "504", agent: "001", at: noon + 30 * SECOND_MS }]);
  expect(watch.source.status().trouble).toBeNull();
});

test("an agent that only an alert called lost is known to be back by a keepalive since, and that is said once", async () => {
  const watch = await watchOver("web-01");
  watch.open.set("001", { lastAt: noon + 30 * SECOND_MS, isTold: true });

  await watch.aMinute();
  expect(watch.said()).toEqual([]);
  watch.fake.bringBack("001", noon + 90 * SECOND_MS);
  await watch.aMinute();
  expect(watch.said()).toMatchObject([{ rule: "503", agent: "001", at: noon + 30 * SECOND_MS + 1, clears: true }]);

  // The policy may take no return for an end: then the incident stays, and is not told of it each minute.
  await watch.aMinute();
  await watch.source.drain();
  await watch.start();
  expect(watch.said()).toEqual([]);
});

test("one that stays lost is said again before its incident is taken for over", async () => {
  const watch = await watchOver("web-01");
  watch.fake.lose("001", noon + 30 * SECOND_MS);
  await watch.aMinute();
  watch.said();

  await watch.clock.advance(12 * HOUR_MS);
  await watch.aMinute();

  expect(watch.said()).toMatchObject([{ rule: "504", agent: "001", since: noon + 30 * SECOND_MS }]);
});

test("six hundred at once are six hundred alerts, in stretches that keep the place before them until the last", async () => {
  const watch = new Watch();
  for (let n = 1; n <= 600; n += 1) watch.fake.add(String(n).padStart(3, "0"), `host-${n}`, noon);
  await watch.start();
  const before = watch.cursor;
  watch.said();

  for (const id of watch.fake.agents.keys()) watch.fake.lose(id, noon + 30 * SECOND_MS);
  await watch.aMinute();

  expect(watch.stretches.slice(-2).map(({ read, alerts }) => [read, alerts.length])).toEqual([
    [500, 500],
    [100, 100],
  ]);
  expect(watch.stretches.at(-2)!.cursor).toBe(before);
  expect(new Set(watch.said().map(({ agent }) => agent)).size).toBe(600);
});

test("its watermark is the last look that was stored, and it stands still while the API is away", async () => {
  const watch = await watchOver("web-01");
  expect(watch.source.watermark()).toEqual({ at: noon - 2 * SECOND_MS, reportedAt: noon });

  watch.api.answers = false;
  await watch.aMinute();

  expect(watch.source.watermark()).toEqual({ at: noon - 2 * SECOND_MS, reportedAt: noon });
});
