import { describe, expect, it, test } from "vitest";
import { aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { LostFleet, range } from "../../test/fixtures/lost-fleet.ts";
import { OnDuty } from "../../test/fixtures/on-duty.ts";
import { repeatWaitMs, spanWords, type Repeat } from "./rhythm.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

const hourly: Repeat = { everyMs: HOUR_MS, mostMs: HOUR_MS };
const growing: Repeat = { everyMs: HOUR_MS, mostMs: 5 * HOUR_MS };
const escalate = { afterMs: 30 * MINUTE_MS, to: ["pager"] };
const quiet = { resolveAfterMs: 100 * HOUR_MS };
const always = { condition: { kind: "always" }, written: "{}", comment: null } as const;
const aSilence = { kind: "add_silence", incident: 1, endsAt: noon + 9 * HOUR_MS, ...always } as const;

describe("an incident that nobody acknowledges", () => {
  it("is told again each time its wait is over", () => {
    const duty = new OnDuty({ ...quiet, repeat: { high: hourly } });
    duty.alerts(12, 1);
    duty.tellDue();

    duty.pass(150 * MINUTE_MS, MINUTE_MS);

    expect(duty.story("chat")).toEqual(["+0m #1 opened", "+60m #1 repeated", "+120m #1 repeated"]);
    expect([...duty.rows.moments.values()].at(-1)?.text).toBe("nobody has acknowledged it for 2 hours");
  });

  it("is told ever less often where the waits grow, up to the longest", () => {
    const duty = new OnDuty({ ...quiet, repeat: { high: growing } });
    duty.alerts(12, 1);

    duty.pass(20 * HOUR_MS, MINUTE_MS);

    const hours = duty.told.slice(1).map(({ at }) => (at - noon) / HOUR_MS);
    expect(hours).toEqual([1, 3, 7, 12, 17]);
    expect([1, 2, 3, 4, 5, 2_000].map((n) => repeatWaitMs(growing, n) / HOUR_MS)).toEqual([1, 2, 4, 5, 5, 5]);
  });

  it("is told others once, who hear all of it and whatever comes after", () => {
    const duty = new OnDuty({ ...quiet, escalate });
    duty.alerts(12, 1);
    duty.pass(5 * HOUR_MS, MINUTE_MS);
    duty.order({ kind: "resolve", incident: 1, note: null });
    duty.tellDue();

    expect(duty.story("pager")).toEqual(["+30m #1 opened unanswered", "+300m #1 resolved"]);
    expect(duty.story("chat")).toEqual(["+1m #1 opened", "+30m #1 unanswered", "+300m #1 resolved"]);
    expect([...duty.rows.moments.values()][1]?.text).toBe(
      "nobody has acknowledged it for 30 minutes, so pager is told as well",
    );
    expect(duty.rows.reminders.size).toBe(0);
  });

  it("is told anew from when it got worse, at the pace of what is worse", () => {
    const repeat = { high: hourly, critical: { everyMs: 10 * MINUTE_MS, mostMs: 10 * MINUTE_MS } };
    const duty = new OnDuty({ ...quiet, repeat, escalate });
    duty.alerts(12, 1);
    duty.pass(25 * MINUTE_MS, MINUTE_MS);
    duty.alerts(15, 1);
    duty.pass(21 * MINUTE_MS, MINUTE_MS);

    // Who waits for an answer waits from when it opened.
    expect(duty.story("chat").slice(1)).toEqual([
      "+26m #1 escalated",
      "+30m #1 unanswered",
      "+35m #1 repeated",
      "+45m #1 repeated",
    ]);
  });

  it("begins anew when it comes back", () => {
    const duty = new OnDuty({ ...quiet, repeat: { high: hourly }, escalate });
    duty.alerts(12, 1);
    duty.pass(10 * MINUTE_MS, MINUTE_MS);
    duty.clear(1);
    duty.pass(10 * MINUTE_MS, MINUTE_MS);
    duty.alerts(12, 1);
    duty.pass(70 * MINUTE_MS, MINUTE_MS);

    expect(duty.story("pager")).toEqual(["+50m #1 opened resolved reopened unanswered", "+80m #1 repeated"]);
    expect(duty.story("chat").at(-1)).toBe("+80m #1 repeated");
  });

  test.each([
    ["acknowledges it", { kind: "acknowledge", incident: 1 }],
    ["calls it over", { kind: "resolve", incident: 1, note: null }],
  ] as const)("until somebody %s, at once and at any moment", (_, command) => {
    const duty = new OnDuty({ ...quiet, repeat: { high: hourly }, escalate: { afterMs: HOUR_MS, to: ["pager"] } });
    duty.alerts(12, 1);
    duty.now = noon + HOUR_MS;

    // Both are due in this very turn, and a person comes first.
    duty.decide({ kind: "command", who: "ana", command }, { kind: "tick", now: duty.now, watermarks: {} });
    duty.pass(10 * HOUR_MS, HOUR_MS);

    expect([...duty.rows.moments.values()].map(({ kind }) => kind)).toHaveLength(2);
    expect(duty.story("pager")).toEqual([]);
    expect(duty.rows.reminders.size).toBe(0);
  });

  it("is of no more concern once it is over, and nothing is left of it", () => {
    const duty = new OnDuty({ ...quiet, repeat: { high: hourly }, escalate });
    duty.alerts(12, 1);
    duty.clear(1);
    duty.pass(2 * HOUR_MS, MINUTE_MS);

    expect([...duty.rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved"]);
    expect(duty.rows.reminders.size).toBe(0);
  });

  it("waits for what its source has not read yet, which may be its end", () => {
    const duty = new OnDuty({ ...quiet, repeat: { high: hourly } });
    duty.alerts(12, 1);
    duty.now = noon + 5 * HOUR_MS;
    const behind = { at: noon + 30 * MINUTE_MS, reportedAt: duty.now };

    duty.tick({ alerts: behind });
    expect([...duty.rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened"]);
    duty.decide(aStretch([duty.alert(1, { at: noon + 50 * MINUTE_MS, clears: true })]));
    duty.tick({ alerts: { at: duty.now, reportedAt: duty.now } });

    expect([...duty.rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved"]);
  });

  it("is told once however long nobody looked at the clock", () => {
    const duty = new OnDuty({ ...quiet, repeat: { high: hourly }, escalate });
    duty.alerts(12, 1);

    duty.pass(9 * HOUR_MS);

    expect(duty.told.filter(({ kinds }) => kinds.includes("repeated"))).toHaveLength(2);
    expect(duty.story("chat")).toEqual(["+540m #1 opened unanswered repeated"]);
  });

  it("follows the policy in force: whom it names now, or nobody", () => {
    const duty = new OnDuty({ ...quiet, repeat: { high: hourly }, escalate });
    duty.alerts(12, 1);
    const { repeat: _, escalate: __, ...plain } = duty.snapshot.policies["any"]!;
    duty.snapshot = { ...duty.snapshot, policies: { any: plain } };

    duty.pass(3 * HOUR_MS, MINUTE_MS);

    expect(duty.story("chat")).toEqual(["+1m #1 opened"]);
    expect(duty.rows.reminders.size).toBe(0);
  });

  it("and is told in a mass event is reminded of by that, and by itself once it leaves it", () => {
    const fleet = new LostFleet({ severity: null, repeat: { high: hourly, critical: hourly }, ...quiet });
    fleet.decide(aStretch(range(1, 9).map((agent) => fleet.alert(agent, { level: 12 }))));
    fleet.pass(HOUR_MS);
    fleet.tick();
    expect(fleet.moments(fleet.mass!.id)).toEqual(["opened", "repeated"]);
    expect(fleet.moments(fleet.of(9).id)).toEqual(["opened"]);

    fleet.decide(aStretch([fleet.alert(9, { level: 15 })]));
    fleet.pass(HOUR_MS);
    fleet.tick();

    expect(fleet.moments(fleet.of(9).id)).toEqual(["opened", "escalated", "repeated"]);
    expect(fleet.moments(fleet.of(8).id)).toEqual(["opened"]);
  });
});

describe("the first word", () => {
  it("waits for what comes in the same breath, and then counts it", () => {
    const duty = new OnDuty({ groupWaitMs: 10 * SECOND_MS });
    duty.alerts(12, 1);
    duty.pass(5 * SECOND_MS, SECOND_MS);
    duty.alerts(12, 1);
    duty.pass(4 * SECOND_MS, SECOND_MS);
    expect(duty.told).toEqual([]);

    duty.pass(SECOND_MS);

    expect(duty.told).toMatchObject([{ at: noon + 10 * SECOND_MS, kinds: ["opened"] }]);
    expect(duty.of(1).count).toBe(2);
  });

  it("of what is critical never waits, nor of what becomes so", () => {
    const duty = new OnDuty({ groupWaitMs: 10 * SECOND_MS });
    duty.alerts(15, 1);
    duty.alerts(12, 2);
    duty.tellDue("chat");
    duty.now += SECOND_MS;
    duty.alerts(15, 2);
    duty.tellDue("chat");

    expect(duty.told.map(({ at, incident }) => [at - noon, incident])).toEqual([
      [0, 1],
      [SECOND_MS, 2],
    ]);
  });
});

describe("between two words about the same incident", () => {
  const edits = { edits: true };

  it("what only grew is shown after the interval, once", () => {
    const duty = new OnDuty({ groupIntervalMs: 5 * MINUTE_MS }, edits);
    duty.alerts(12, 1);
    duty.tellDue();
    for (const _ of range(1, 30)) {
      duty.now += 10 * SECOND_MS;
      duty.alerts(12, 1);
      duty.tellDue();
    }

    expect(duty.story("chat")).toEqual(["+0m #1 opened", "+5m #1 "]);
  });

  it("what grew while it was told waits as well", () => {
    const duty = new OnDuty({ groupIntervalMs: 5 * MINUTE_MS }, edits);
    duty.alerts(12, 1);
    const work = duty.work(1, "chat")!;
    const attempt = duty.begin(work);
    duty.alerts(12, 1);
    duty.end(work, attempt);

    expect(duty.work(1, "chat")).toMatchObject({ state: "ready", dueAt: noon + 5 * MINUTE_MS });
  });

  it("that it comes and goes is told as it is at the end", () => {
    const duty = new OnDuty({ groupIntervalMs: 5 * MINUTE_MS });
    duty.alerts(12, 1);
    duty.tellDue();
    for (const _ of range(1, 4)) {
      duty.now += MINUTE_MS / 2;
      duty.clear(1);
      duty.tellDue();
      duty.now += MINUTE_MS / 2;
      duty.alerts(12, 1);
      duty.tellDue();
    }
    duty.pass(MINUTE_MS);

    expect(duty.story("chat")).toHaveLength(2);
    expect(duty.told[1]).toMatchObject({ at: noon + 5 * MINUTE_MS });
    expect(duty.told[1]?.kinds.at(-1)).toBe("reopened");
  });

  test.each([
    ["what got worse", (duty: OnDuty) => duty.alerts(14, 1)],
    ["what a person did", (duty: OnDuty) => duty.order({ kind: "acknowledge", incident: 1 })],
    ["to whom it was given", (duty: OnDuty) => duty.order({ kind: "assign", incident: 1, to: "Ben" })],
    ["that it is silenced", (duty: OnDuty) => duty.order(aSilence)],
  ])("%s waits for nothing", (_, act) => {
    const duty = new OnDuty({ groupIntervalMs: HOUR_MS }, edits);
    duty.alerts(7, 1);
    duty.tellDue();
    duty.now += MINUTE_MS;
    duty.alerts(7, 1);
    act(duty);
    duty.tellDue();

    expect(duty.told.map(({ at }) => at - noon)).toEqual([0, MINUTE_MS]);
  });

  it("a clock that was set back makes nothing wait longer than that", () => {
    const duty = new OnDuty({ groupIntervalMs: 5 * MINUTE_MS }, edits);
    duty.alerts(12, 1);
    duty.tellDue();
    duty.now = noon - 9 * HOUR_MS;
    duty.alerts(12, 1);

    expect(duty.work(1, "chat")?.dueAt).toBe(duty.now + 5 * MINUTE_MS);
  });
});

test.each([
  [30 * SECOND_MS, "30 seconds"],
  [MINUTE_MS, "1 minute"],
  [90 * MINUTE_MS, "90 minutes"],
  [4 * HOUR_MS, "4 hours"],
  [48 * HOUR_MS, "2 days"],
])("a span of %i ms is %s", (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});
