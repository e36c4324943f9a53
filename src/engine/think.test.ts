import { describe, expect, it } from "vitest";
import { anAttempt, anIncident, aMoment, aReceipt, aWork } from "../../test/conformance/store-rows.ts";
import { aDestination } from "../../test/fixtures/kept-alerts.ts";
import { bruteForce } from "../../test/fixtures/pictures.ts";
import { newLane, type Lane } from "../core/lane.ts";
import { markInstall } from "../core/restore.ts";
import type { Drawer, Step } from "../connectors/connector.ts";
import type { ClaimedWork } from "../store/store.ts";
import { think, type Thought } from "./think.ts";

const restoredAt = 1_000_000;
const before = restoredAt - 1;
const since = restoredAt + 1;

/** Tells every moment that is left, and makes the head right where it is not. */
const drawer: Drawer = {
  next({ moments }, receipt, { mark, repeat }): Step | null {
    const told = receipt?.momentsTold ?? 0;
    const plan = { momentsTold: moments.length, headDigest: "head" };
    if (moments.length <= told && receipt?.headDigest === "head") return null;
    return { action: "post", safeToRepeat: false, plan, anchor: null, mark, body: JSON.stringify({ repeat }) };
  },
};

function thoughtOf(
  claimed: Partial<ClaimedWork>,
  past: number | null = restoredAt,
  finds = false,
  lane: Lane = newLane("chat"),
): Thought {
  const { moments = [] } = claimed;
  const whole: ClaimedWork = {
    work: aWork(1),
    incident: anIncident(1),
    moments,
    firstRaw: "",
    newestRaw: null,
    receipt: null,
    attempt: null,
    ...claimed,
  };
  const terms = aDestination({ name: "chat", finds });
  return think(whole, { ...bruteForce(), moments }, drawer, terms, {
    install: "1a2b3c4d",
    restoredAt: past,
    now: since + 1,
    lane,
  });
}

describe("after a restore", () => {
  it.each([
    ["what happened before it and has no receipt is a possible repeat", [before], 0, true],
    ["so is a telling of which only a part is of before", [before, since], 0, true],
    ["what happened since is not", [since], 0, false],
    ["what the backup knows as told is not told again with it", [before, since], 1, false],
    ["what happened since it was told and before the restore is", [before, before], 1, true],
  ])("%s", (_, instants, told, repeat) => {
    const moments = instants.map((at, i) => aMoment(1, i + 1, { at }));
    const receipt = told === 0 ? null : aReceipt(1, { momentsTold: told, steps: told });

    expect(thoughtOf({ moments, receipt })).toMatchObject({ kind: "call", repeat });
    expect(thoughtOf({ moments, receipt }, null)).toMatchObject({ kind: "call", repeat: false });
  });

  it("steps leave marks that no step has left before", () => {
    const moments = [aMoment(1, 1, { at: since })];

    const marks = [null, restoredAt].map((past) => (thoughtOf({ moments }, past) as { step: Step }).step.mark);

    expect(marks[0]).toMatch(/^rp-1a2b3c4d-1-/);
    expect(marks[1]).toMatch(new RegExp(`^rp-${markInstall("1a2b3c4d", restoredAt)}-1-`));
    expect(marks[1]).not.toBe(marks[0]);
  });

  it.each([
    ["before it is looked for under the mark of then", before, "1a2b3c4d"],
    ["since is looked for under the mark of now", since, markInstall("1a2b3c4d", restoredAt)],
  ])("a call that was lost %s", (_, beganAt, install) => {
    const work = aWork(1, { state: "unknown", lostSince: beganAt, attempt: 7 });

    const thought = thoughtOf({ work, attempt: anAttempt(7, { beganAt }) }, restoredAt, true);

    expect(thought).toMatchObject({ kind: "look", lost: { mark: expect.stringMatching(`^rp-${install}-1-`) } });
  });

  it("a second copy of what was repeated before it is looked for under the mark of then", () => {
    const sweep = { action: "post", attempt: 7, momentsTold: 1, since: before, until: since, at: before };
    const work = aWork(1, { state: "watched", sweeps: [{ ...sweep, step: 1, arrivedAt: before }] });
    const receipt = aReceipt(1, { momentsTold: 0, headDigest: "head", lastDoneAt: since });

    expect(thoughtOf({ work, receipt })).toMatchObject({
      kind: "sweep",
      lost: { mark: expect.stringMatching("^rp-1a2b3c4d-1-") },
    });
  });

  it("the head that a receipt knows of before counts as not known, and is made right", () => {
    const moments = [aMoment(1, 1, { at: before })];
    const receipt = (lastDoneAt: number) => aReceipt(1, { momentsTold: 1, headDigest: "head", lastDoneAt });

    expect(thoughtOf({ moments, receipt: receipt(since) })).toEqual({ kind: "satisfied" });
    expect(thoughtOf({ moments, receipt: receipt(before) })).toMatchObject({ kind: "call", repeat: false });
  });
});

it("while looks are slowed down over there neither a lost step nor a second copy is looked for", () => {
  const until = since + 5_000;
  const lane = { ...newLane("chat"), actionHolds: { look: until } };
  const lost = { work: aWork(1, { state: "unknown", lostSince: since, attempt: 7 }), attempt: anAttempt(7) };
  const sweep = { action: "post", attempt: 7, momentsTold: 1, since, until, at: since, step: 1, arrivedAt: since };
  const watched = {
    work: aWork(1, { state: "watched", sweeps: [sweep] }),
    receipt: aReceipt(1, { headDigest: "head" }),
  };

  expect(thoughtOf(lost, null, true, lane)).toEqual({ kind: "wait", until });
  expect(thoughtOf(watched, null, true, lane)).toEqual({ kind: "wait", until });
  expect(thoughtOf({ moments: [aMoment(1, 1)] }, null, true, lane)).toMatchObject({ kind: "call" });
});

describe("after an edit that got no answer", () => {
  const receipt = aReceipt(1, { momentsTold: 1, headDigest: "head", lastDoneAt: since });
  const moments = [aMoment(1, 1, { at: since })];
  const now = since + 1;

  it("what is made again while it may still land is made once", () => {
    const work = aWork(1, { mayLandUntil: now + 1 });

    expect(thoughtOf({ work, moments, receipt })).toEqual({ kind: "satisfied" });
  });

  it("the head counts as not known once it may have landed over what came later", () => {
    const work = aWork(1, { mayLandUntil: now });

    expect(thoughtOf({ work, moments, receipt })).toMatchObject({ kind: "call", repeat: false });
  });

  it("nobody looks for second copies as long as something is to be made sure of", () => {
    const sweep = {
      step: 1,
      action: "post",
      attempt: 7,
      momentsTold: 1,
      since,
      arrivedAt: since,
      until: now,
      at: since,
    };
    const work = aWork(1, { mayLandUntil: now + 1, sweeps: [sweep] });

    expect(thoughtOf({ work, moments, receipt })).toEqual({ kind: "satisfied" });
  });
});
