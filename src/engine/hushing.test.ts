import { describe, expect, test } from "vitest";
import { aTeam, NO_HUSH } from "../../test/fixtures/hush-team.ts";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import type { MuteTime } from "../core/hush.ts";
import { SEVERITIES } from "../core/severity.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { WEEKDAYS } from "../core/weekly-window.ts";

/** The desk's clock begins a minute behind noon of a Monday. */
const HOUR = { days: WEEKDAYS, fromMinute: 12 * 60, toMinute: 13 * 60, zone: "UTC" };
const MUTE: MuteTime = { ...HOUR, name: "patching", policies: ["any"], destinations: null };

describe("in a mute time", () => {
  const muted = { hush: { ...NO_HUSH, muteTimes: [MUTE] } };

  test("an incident is not told, and its work says why and until when", async () => {
    const team = await aTeam(muted);

    await team.incidents(10);

    expect(team.called).toEqual([]);
    expect(team.desk.work(1)).toMatchObject({ state: "hushed", reason: "muted", dueAt: noon + HOUR_MS });
    expect(team.desk.work(1)?.evidence).toContain("patching");
    await team.end();
  });

  test("what is still true when it is over is told once", async () => {
    const team = await aTeam(muted);
    await team.incidents(10, 10);

    await team.pass(58 * MINUTE_MS);
    expect(team.called).toEqual([]);
    await team.pass(2 * MINUTE_MS);

    expect(team.called).toEqual([1, 2]);
    expect(team.desk.works()).toEqual([]);
    await team.pass(2 * HOUR_MS);
    expect(team.called).toEqual([1, 2]);
    await team.end();
  });

  test("what is over by then stays untold", async () => {
    const team = await aTeam(muted);
    await team.incidents(10);

    await team.command({ kind: "resolve", incident: 1, note: null });

    expect(team.desk.works()).toEqual([]);
    await team.pass(2 * HOUR_MS);
    expect(team.called).toEqual([]);
    await team.end();
  });

  test("of other policies nothing is held back", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, muteTimes: [{ ...MUTE, policies: ["other"] }] } });

    await team.incidents(10);

    expect(team.called).toEqual([1]);
    await team.end();
  });

  test("of another destination nothing is held back", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, muteTimes: [{ ...MUTE, destinations: ["pager"] }] } });

    await team.incidents(10);

    expect(team.called).toEqual([1]);
    await team.end();
  });

  test("a person has it told all the same", async () => {
    const team = await aTeam(muted);
    await team.incidents(10);

    await team.command({ kind: "retry_work", incident: 1, destination: "chat" });

    expect(team.called).toEqual([1]);
    await team.end();
  });

  test("a restart changes nothing of it", async () => {
    const team = await aTeam(muted);
    await team.incidents(10);

    await team.desk.restart();
    await team.begin();
    expect(team.called).toEqual([]);
    await team.pass(HOUR_MS);

    expect(team.called).toEqual([1]);
    await team.end();
  });

  test("a clock that was a year ahead leaves nothing waiting for a year", async () => {
    const team = await aTeam(muted);
    team.desk.clock.set(364 * DAY_MS);
    await team.incidents(10);
    expect(team.desk.work(1)).toMatchObject({ state: "hushed" });

    team.desk.clock.set(-364 * DAY_MS + 2 * HOUR_MS);
    await team.incidents(10);

    expect(team.heard).toEqual([1, 2]);
    await team.end();
  });
});

describe("in quiet hours", () => {
  const quiet = { ...HOUR, letThrough: "high" } as const;

  test("what is mild waits, and what is bad goes through", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, quietHours: quiet } });

    await team.incidents(10, 12, 15);

    expect(team.heard).toEqual([2, 3]);
    await team.pass(HOUR_MS);
    expect(team.heard).toEqual([1, 2, 3]);
    await team.end();
  });

  test("the critical always goes through", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, quietHours: { ...quiet, letThrough: "critical" } } });

    await team.incidents(12, 15);

    expect(team.called).toEqual([2]);
    await team.end();
  });

  test("what gets worse meanwhile is told at once", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, quietHours: quiet } });
    await team.incidents(10);

    await team.alert(50, 1, 15);

    expect(team.called).toEqual([1]);
    await team.end();
  });

  test("a destination without any is told whatever goes for others", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, quietHours: quiet }, terms: { quietHours: null } });

    await team.incidents(10);

    expect(team.called).toEqual([1]);
    await team.end();
  });
});

test("a destination hears of nothing milder than it wants, until it gets as bad", async () => {
  const team = await aTeam({ terms: { minSeverity: "high" } });
  await team.incidents(10, 12);
  expect(team.called).toEqual([2]);
  expect(team.desk.work(1)).toMatchObject({ state: "hushed", reason: "below_severity" });

  await team.alert(50, 1, 13);

  expect(team.called).toEqual([2, 1]);
  await team.end();
});

test("in the warm-up nobody gets a ticket, and gets it when it is over", async () => {
  const hush = { ...NO_HUSH, warmUpMs: DAY_MS };
  const team = await aTeam({ hush, terms: { type: "jira" } });
  await team.incidents(15);
  expect(team.desk.work(1)).toMatchObject({ state: "hushed", reason: "warm_up" });

  await team.pass(DAY_MS + MINUTE_MS);

  expect(team.called).toEqual([1]);
  await team.end();
});

describe("an inhibition", () => {
  const critical = { policies: ["any"], severities: ["critical"] } as const;
  const lesser = { policies: ["any"], severities: SEVERITIES.slice(0, 3) };
  const rule = { when: critical, hide: lesser, same: ["agent.id"] };

  test("hides what follows from another incident, until that is over", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, inhibit: [{ ...rule, same: [] }] } });
    await team.incidents(15, 10);
    expect(team.called).toEqual([1]);
    expect(team.desk.work(2)).toMatchObject({ state: "hushed", reason: "inhibited" });
    expect(team.desk.work(2)?.evidence).toContain("#1");

    await team.command({ kind: "acknowledge", incident: 1 });
    expect(team.called).toEqual([1, 1]);
    await team.command({ kind: "resolve", incident: 1, note: null });

    expect(team.called).toEqual([1, 1, 1, 2]);
    await team.end();
  });

  test("hides nothing that differs in what must be the same", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, inhibit: [rule] } });

    await team.incidents(15, 10);

    expect(team.heard).toEqual([1, 2]);
    await team.end();
  });

  test("holds after a restart, and ends while nobody looks", async () => {
    const team = await aTeam({ hush: { ...NO_HUSH, inhibit: [{ ...rule, same: [] }] } });
    await team.incidents(15, 10);

    await team.desk.restart();
    await team.begin();
    expect(team.called).toEqual([1]);
    team.desk.commitFails = (changes) => changes.some(({ table }) => table === "work");
    await team.desk.writer
      .submit({ kind: "command", who: "ana", command: { kind: "resolve", incident: 1, note: null } })
      .catch(() => {});
    team.desk.commitFails = () => false;
    team.desk.failures.length = 0;
    await team.command({ kind: "resolve", incident: 1, note: null });
    await team.pass(MINUTE_MS);

    expect(team.heard).toEqual([1, 1, 2]);
    await team.end();
  });
});

test("an incident that flaps is told so once, and again when it was calm", async () => {
  const team = await aTeam({ policy: { flapping: { above: 2, withinMs: HOUR_MS } } });
  await team.incidents(10);
  let n = 10;
  for (let i = 0; i < 6; i += 1) {
    await team.alert((n += 10), 1, 10, true);
    await team.pass(MINUTE_MS);
    await team.alert((n += 10), 1);
  }
  const told = team.called.length;
  // Opened, over, back, over, back with the word that it flaps; and then nothing.
  expect(told).toBe(5);
  expect(team.desk.work(1)).toMatchObject({ state: "hushed", reason: "flapping" });

  await team.pass(HOUR_MS);

  expect(team.called.length).toBe(told + 1);
  expect(team.desk.works()).toEqual([]);
  await team.end();
});
