import { describe, expect, test } from "vitest";
import { aTeam, fieldIs, NO_HUSH } from "../../test/fixtures/hush-team.ts";
import type { DigestTerms } from "../core/digest-event.ts";
import type { MuteTime, QuietHours } from "../core/hush.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { WEEKDAYS } from "../core/weekly-window.ts";

/** The desk's clock begins a minute behind noon of a Monday. */
const HOUR = { days: WEEKDAYS, fromMinute: 12 * 60, toMinute: 13 * 60, zone: "UTC" };
const MUTE: MuteTime = { ...HOUR, name: "patching", policies: ["any"], destinations: null };
const QUIET: QuietHours = { ...HOUR, letThrough: "high" };
const digest: DigestTerms = { everyMs: 10 * MINUTE_MS, severities: ["low", "medium", "high"], above: null };
const EVERY_MS = digest.everyMs!;

/** Levels of rules, and what they come to. */
const [LOW, MEDIUM, HIGH] = [5, 8, 12];

describe("a digest of what there is a reason not to tell", () => {
  test("waits, collects on, and is told once when the reason ends", async () => {
    const team = await aTeam({ terms: { digest }, hush: { ...NO_HUSH, muteTimes: [MUTE] } });
    await team.incidents(MEDIUM);
    await team.pass(2 * EVERY_MS);
    expect(team.called).toEqual([]);
    expect(team.desk.work(2)).toMatchObject({ state: "hushed", reason: "muted" });
    expect(team.desk.work(2)?.evidence).toContain("patching");

    await team.incidents(MEDIUM);
    await team.pass(HOUR_MS);

    expect(team.called).toEqual([2]);
    expect(team.desk.incident(2)).toMatchObject({ count: 2, state: "resolved" });
    await team.pass(DAY_MS);
    expect(team.called).toEqual([2]);
    await team.end();
  });

  test("is told without what is silenced, which moves to the next", async () => {
    const team = await aTeam({ terms: { digest } });
    await team.incidents(MEDIUM, HIGH);
    const endsAt = team.desk.clock.now() + 25 * MINUTE_MS;
    await team.silence({ condition: fieldIs("severity", "high"), endsAt });

    await team.pass(EVERY_MS);

    // 1, its digest, and the other one.
    expect(team.called).toEqual([2]);
    expect(team.desk.incident(2)).toMatchObject({ count: 1, severity: "medium", state: "resolved" });
    expect(team.desk.work(3)).toMatchObject({ state: "listed", reason: "digested", evidence: "told in #4" });
    expect(team.desk.incident(4)).toMatchObject({ count: 1, severity: "high", state: "open" });
    expect(team.desk.work(4)).toMatchObject({ state: "hushed", reason: "silenced" });

    await team.pass(10 * MINUTE_MS);
    expect(team.called).toEqual([2]);
    await team.pass(30 * MINUTE_MS);
    expect(team.called).toEqual([2, 4]);
    await team.end();
  });

  test("is told as soon as a person ends the silence, and once what is over is out of it", async () => {
    const team = await aTeam({ terms: { digest } });
    await team.incidents(MEDIUM, MEDIUM);
    await team.silence({ endsAt: team.desk.clock.now() + DAY_MS });
    await team.pass(3 * EVERY_MS);
    expect(team.called).toEqual([]);
    await team.command({ kind: "resolve", incident: 1, note: null });
    await team.pass(EVERY_MS);
    expect(team.desk.incident(2)).toMatchObject({ count: 1, state: "open" });

    await team.command({ kind: "expire_silence", silence: 1 });

    expect(team.called).toEqual([2]);
    await team.end();
  });

  test("stays untold when all that is in it is over by then", async () => {
    const team = await aTeam({ terms: { digest } });
    await team.incidents(MEDIUM);
    await team.silence({ endsAt: team.desk.clock.now() + DAY_MS });
    await team.command({ kind: "resolve", incident: 1, note: null });

    await team.pass(2 * EVERY_MS);

    expect(team.called).toEqual([]);
    expect(team.desk.incident(2)).toMatchObject({ state: "resolved" });
    expect(team.desk.works()).toEqual([]);
    await team.end();
  });

  test("in quiet hours is told of what goes through, and of the rest in the morning", async () => {
    const team = await aTeam({ terms: { digest, quietHours: QUIET } });
    await team.incidents(LOW, MEDIUM, HIGH);

    await team.pass(EVERY_MS);
    expect(team.called).toEqual([2]);
    expect(team.desk.incident(2)).toMatchObject({ count: 1, severity: "high" });
    await team.pass(HOUR_MS);

    expect(team.called).toEqual([2, 5]);
    expect(team.desk.incident(5)).toMatchObject({ count: 2, severity: "medium" });
    await team.end();
  });

  test("has nothing milder than its destination hears of, which is told when it gets worse", async () => {
    const team = await aTeam({ terms: { digest, minSeverity: "high" } });
    await team.incidents(MEDIUM);
    await team.pass(2 * EVERY_MS);
    expect(team.desk.work(1)).toMatchObject({ state: "hushed", reason: "below_severity" });

    await team.alert(2, 1, HIGH);

    expect(team.called).toEqual([1]);
    await team.end();
  });

  test("is told whole when a person asks for it", async () => {
    const team = await aTeam({ terms: { digest }, hush: { ...NO_HUSH, muteTimes: [MUTE] } });
    await team.incidents(MEDIUM, MEDIUM);
    await team.pass(EVERY_MS);
    expect(team.called).toEqual([]);

    await team.command({ kind: "retry_work", incident: 2, destination: "chat" });

    expect(team.called).toEqual([2]);
    expect(team.desk.incident(2)).toMatchObject({ count: 2 });
    await team.end();
  });

  test("goes on waiting after a restart, and knows its end", async () => {
    const team = await aTeam({ terms: { digest }, hush: { ...NO_HUSH, muteTimes: [MUTE] } });
    await team.incidents(MEDIUM, MEDIUM);
    await team.pass(EVERY_MS);

    await team.desk.restart();
    await team.begin();
    await team.pass(HOUR_MS);

    expect(team.called).toEqual([2]);
    await team.end();
  });
});
