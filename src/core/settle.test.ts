import { describe, expect, it } from "vitest";
import { Desk, done, unknown } from "../../test/fixtures/desk.ts";
import { aKeptAlert, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import type { Outcome, Reason } from "./outcome.ts";
import { MINUTE_MS, SECOND_MS } from "./time.ts";

function putOff(reason: Reason, of: Partial<Extract<Outcome, { kind: "later" }>> = {}): Outcome {
  return { kind: "later", reason, scope: "destination", retryAfterMs: null, evidence: "", ...of };
}

describe("what becomes of work after a call", () => {
  it("done: the receipt says so and nothing waits any more", () => {
    const desk = new Desk();

    desk.settle(desk.begin(), done);

    expect(desk.work).toBeUndefined();
    expect(desk.receipt).toMatchObject({ steps: 1, momentsTold: 1, remote: { anchor: "K-1" }, repeats: 0 });
  });

  it("done, but more has happened meanwhile: the rest is due at once", () => {
    const desk = new Desk();
    const attempt = desk.begin();
    desk.decide(aStretch([aKeptAlert(2, { level: 15 })]));

    desk.settle(attempt, done);

    expect(desk.work).toMatchObject({ state: "ready", dueAt: desk.now, wanted: 2, priority: 2 });
  });

  it("unknown as often as its destination bears: a person must look", () => {
    const desk = new Desk({ callsMost: 2 });
    desk.settle(desk.begin(), unknown);
    expect(desk.work).toMatchObject({ state: "unknown", lost: 1 });
    desk.now = desk.work!.dueAt;

    desk.settle(desk.begin(), unknown);

    expect(desk.work).toMatchObject({ state: "dead", reason: "gave_up", evidence: "timeout: no answer" });
  });

  it("all of what was seen is kept with the call, and the one line where something waits because of it", () => {
    const desk = new Desk();
    const attempt = desk.begin();

    desk.settle(attempt, { ...unknown, evidence: "it failed\nTraceback\n  and more" });

    expect(desk.rows.attempts.get(attempt)).toMatchObject({ evidence: "it failed\nTraceback\n  and more" });
    expect(desk.work).toMatchObject({ evidence: "it failed" });
    expect(desk.lane).toMatchObject({ evidence: "it failed" });
  });

  it("a second report of the same call changes nothing", () => {
    const desk = new Desk();
    const attempt = desk.begin();
    desk.settle(attempt, done);
    const before = structuredClone(desk.rows);

    desk.settle(attempt, unknown);

    expect(desk.rows).toEqual(before);
  });

  it("a call whose step nobody asked for any more is not begun", () => {
    const desk = new Desk();
    desk.settle(desk.begin(), done);

    expect(desk.begin()).toBeNaN();
  });

  it("later, by the destination's fault: the destination waits, and the work keeps its place in it", () => {
    const desk = new Desk();

    desk.settle(desk.begin(), putOff("connection_refused"));

    expect(desk.work).toMatchObject({ state: "ready", reason: "connection_refused", lostSince: null });
    expect(desk.work!.dueAt).toBe(desk.now);
    expect(desk.lane).toMatchObject({ failures: 1, reason: "connection_refused" });
    expect(desk.lane!.holdUntil).toBeGreaterThan(desk.now);
  });

  it("asked to wait: the destination waits exactly that long, and the work keeps its place", () => {
    const desk = new Desk();

    desk.settle(desk.begin(), putOff("rate_limited", { retryAfterMs: 17 * SECOND_MS }));

    expect(desk.lane?.holdUntil).toBe(desk.now + 17 * SECOND_MS);
    expect(desk.work?.dueAt).toBe(desk.now);
  });

  it("calls that fail together count as one failure of the destination", () => {
    const desk = new Desk();
    desk.decide(aStretch([aKeptAlert(2, { match: { groupKey: '["b"]' } })]));
    const first = desk.begin();
    const item = { incident: 2, revision: 1 };
    const plan = { momentsTold: 1, headDigest: null };
    const what = {
      kind: "call",
      action: "post",
      step: 1,
      safeToRepeat: false,
      repeat: false,
      plan,
      completes: true,
    } as const;
    const [second] = desk.beginAll([{ ...item, what }]);
    desk.now += SECOND_MS;

    desk.settle(first, unknown);
    desk.decide({ kind: "settle", destination: "chat", incident: 2, attempt: second!, outcome: unknown });

    expect(desk.lane?.failures).toBe(1);
  });

  it("never: a dead letter with its reason, and the destination is not to blame", () => {
    const desk = new Desk();

    desk.settle(desk.begin(), { kind: "never", reason: "bad_request", evidence: "invalid_blocks" });

    expect(desk.work).toMatchObject({ state: "dead", reason: "bad_request", evidence: "invalid_blocks" });
    expect(desk.lane?.failures).toBe(0);
  });

  it("unknown: it waits for the settle time, and the next call of it is a possible repeat", () => {
    const desk = new Desk();
    desk.settle(desk.begin(), unknown);

    expect(desk.work).toMatchObject({ state: "unknown", lostSince: noon, dueAt: desk.now + 30 * SECOND_MS });

    desk.now = desk.work!.dueAt;
    desk.settle(desk.begin(), done);
    expect(desk.receipt).toMatchObject({ steps: 1, repeats: 1 });
    expect([...desk.rows.attempts.values()].map(({ step, repeat }) => [step, repeat])).toEqual([
      [1, false],
      [1, true],
    ]);
  });

  it("a repeat that failed cleanly is still a possible repeat the next time", () => {
    const desk = new Desk();
    desk.settle(desk.begin(), unknown);
    desk.now = desk.work!.dueAt;

    desk.settle(desk.begin(), putOff("connection_refused"));

    expect(desk.work).toMatchObject({ state: "unknown", lostSince: noon });
  });

  it("a step that never gets an answer is repeated at longer and longer intervals, and not for ever", () => {
    const desk = new Desk();
    const waits: number[] = [];
    while (desk.work?.state !== "dead") {
      desk.settle(desk.begin(), unknown);
      waits.push((desk.work?.dueAt ?? 0) - desk.now);
      desk.now = desk.work!.dueAt;
    }

    expect(waits.slice(0, 4).map((ms) => ms / SECOND_MS)).toEqual([30, 60, 120, 240]);
    expect(desk.rows.attempts.size).toBeLessThanOrEqual(10);
    expect(desk.work).toMatchObject({ state: "dead", reason: "gave_up", lostSince: noon });
  });

  it("calls that were cleanly refused count for nothing when one is lost at last", () => {
    const desk = new Desk();
    for (let i = 0; i < 12; i += 1) desk.settle(desk.begin(), putOff("connection_refused"));

    desk.settle(desk.begin(), unknown);

    expect(desk.work).toMatchObject({ state: "unknown", lost: 1, dueAt: desk.now + 30 * SECOND_MS });
  });

  it("an older call's success does not undo what the other side asked for since", () => {
    const desk = new Desk();
    desk.decide(aStretch([aKeptAlert(2, { match: { groupKey: '["b"]' } })]));
    const slow = desk.begin();
    const plan = { momentsTold: 1, headDigest: null };
    const call = {
      kind: "call",
      action: "post",
      step: 1,
      safeToRepeat: false,
      repeat: false,
      plan,
      completes: true,
    } as const;
    const items = [{ incident: 2, revision: 1, what: call }];
    const [other] = desk.beginAll(items);
    const limited = putOff("rate_limited", { retryAfterMs: MINUTE_MS });
    desk.decide({ kind: "settle", destination: "chat", incident: 2, attempt: other!, outcome: limited });

    desk.settle(slow, done);

    expect(desk.lane?.holdUntil).toBe(desk.now + MINUTE_MS);
  });

  it("an unknown that comes with a Retry-After makes the destination wait for it", () => {
    const desk = new Desk();

    desk.settle(desk.begin(), { ...unknown, kind: "unknown", reason: "server_error", retryAfterMs: 40 * SECOND_MS });

    expect(desk.lane?.holdUntil).toBe(desk.now + 40 * SECOND_MS);
  });

  it("waiting in line is no reason to give up: the time counts from the first try", () => {
    const desk = new Desk();
    desk.now += 60 * MINUTE_MS;

    desk.settle(desk.begin(), putOff("connection_refused"));

    expect(desk.work).toMatchObject({ state: "ready" });
  });

  it("news of an incident is worth another try of what was refused", () => {
    const desk = new Desk();
    desk.settle(desk.begin(), { kind: "never", reason: "bad_request", evidence: "" });

    const { woken } = desk.decide(aStretch([aKeptAlert(2, { level: 15 })]));

    expect(woken).toEqual(["chat"]);
    expect(desk.work).toMatchObject({ state: "ready", dueAt: desk.now });
  });

  it("too old: given up with the reason that it waited for", () => {
    const desk = new Desk();
    const attempt = desk.begin();
    desk.now += 10 * MINUTE_MS;

    desk.settle(attempt, putOff("connection_refused"));

    expect(desk.work).toMatchObject({ state: "dead", reason: "gave_up" });
    expect(desk.work?.evidence).toContain("connection_refused");
  });

  it("found: what was found is the receipt, and what it shows is made sure of", () => {
    const desk = new Desk();
    const attempt = desk.begin();
    desk.settle(attempt, unknown);

    const look = { kind: "found", remote: { anchor: "K-7", url: null }, others: [], evidence: "by its mark" } as const;
    desk.decide({ kind: "looked", destination: "chat", incident: 1, attempt, beganAt: desk.now, look });

    expect(desk.receipt).toMatchObject({ steps: 1, remote: { anchor: "K-7" }, headDigest: null });
    expect(desk.work).toMatchObject({ state: "ready", lostSince: null });
  });

  it("not found: looked for once more after the settle time, and only then done again", () => {
    const desk = new Desk();
    const attempt = desk.begin();
    desk.settle(attempt, unknown);
    const look = { kind: "absent", evidence: "" } as const;
    const looked = { kind: "looked", destination: "chat", incident: 1, attempt, beganAt: desk.now, look } as const;

    desk.decide(looked);
    expect(desk.work).toMatchObject({ state: "unknown", looks: 1, dueAt: desk.now + 30 * SECOND_MS });

    desk.decide(looked);
    expect(desk.work).toMatchObject({ state: "unknown", looks: 2, dueAt: desk.now });
  });

  it("a look that fails leaves the step unknown", () => {
    const desk = new Desk();
    const attempt = desk.begin();
    desk.settle(attempt, unknown);

    const look = putOff("server_error") as Extract<Outcome, { kind: "later" }>;
    desk.decide({ kind: "looked", destination: "chat", incident: 1, attempt, beganAt: desk.now, look });

    expect(desk.work).toMatchObject({ state: "unknown", lostSince: noon, looks: 0 });
  });
});
