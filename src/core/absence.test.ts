import { describe, expect, it } from "vitest";
import { noon } from "../../test/fixtures/kept-alerts.ts";
import { absence, aCounted, firstSeen, sequence, windowWorld } from "../../test/fixtures/window-world.ts";
import { SECOND_MS } from "./time.ts";

describe("a sequence", () => {
  it("opens for the end that has enough before it, and not for one that has not", () => {
    const { take, incidents } = windowWorld(sequence);

    expect(
      take(
        aCounted(0, { ends: true }),
        aCounted(1),
        aCounted(2, { ends: true }),
        aCounted(3),
        aCounted(60, { ends: true }),
      ),
    ).toEqual(["sequence_not_met", "in_window", "in_window", "in_window", "opened"]);
    expect(incidents()).toMatchObject([{ count: 4, firstAt: noon + SECOND_MS }]);
  });

  it("opens for what came before the end and is read after it", () => {
    const { take } = windowWorld(sequence);

    expect(take(aCounted(0), aCounted(5, { ends: true }), aCounted(4))).toEqual(["in_window", "in_window", "opened"]);
  });

  it("does not take what came after the end for what came before it", () => {
    const { take } = windowWorld(sequence);

    expect(take(aCounted(0), aCounted(5, { ends: true }), aCounted(6), aCounted(66, { ends: true }))).toEqual([
      "in_window",
      "in_window",
      "in_window",
      "in_window",
    ]);
  });
});

describe("an absence", () => {
  it("opens at the time by which it should have come again, and is over when it comes", () => {
    const { take, tickAt, incidents, rows } = windowWorld(absence);

    expect(take(aCounted(0), aCounted(50))).toEqual(["expected", "expected"]);
    tickAt(120);
    expect(incidents()).toEqual([]);
    tickAt(121);
    expect(incidents()).toMatchObject([
      { state: "open", groupKey: '["198.51.100.1"]', title: "Did not come again: sshd: brute force" },
    ]);
    expect([...rows.bodies.values()]).toMatchObject([{ raw: "line 50" }]);

    expect(take(aCounted(300))).toEqual(["cleared"]);
    expect(incidents()).toMatchObject([{ state: "resolved", resolvedBy: "clear" }]);
    expect([...rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved"]);
  });

  it("ends a backlog as it would have ended live: what came too late was absent", () => {
    const { take, rows } = windowWorld(absence);

    expect(take(aCounted(0), aCounted(100))).toEqual(["expected", "cleared"]);
    expect([...rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved"]);
  });

  it("is over by quiet before it comes again, where that is how it would have been live", () => {
    const { take, rows } = windowWorld(absence, { resolveAfterMs: 100 * SECOND_MS });

    expect(take(aCounted(0), aCounted(300))).toEqual(["expected", "expected"]);
    expect([...rows.incidents.values()]).toMatchObject([{ state: "resolved", resolvedBy: "quiet" }]);
  });

  it("is told once, and again only after it has come again", () => {
    const { take, tickAt, rows } = windowWorld(absence);
    take(aCounted(0));
    tickAt(100);
    tickAt(500);
    take(aCounted(600));
    tickAt(700);

    expect([...rows.moments.values()].map(({ kind }) => kind)).toEqual(["opened", "resolved", "reopened"]);
  });

  it("waits for what its source has not read yet", () => {
    const { take, tickAt, incidents } = windowWorld(absence);
    take(aCounted(0));

    tickAt(60);
    take(aCounted(59));
    tickAt(110);

    expect(incidents()).toEqual([]);
  });
});

describe("a value that was never seen", () => {
  it("is learned at first, and opens an incident from then on, once", () => {
    const { take, incidents } = windowWorld(firstSeen);
    const from = (n: number) => ({ key: `["198.51.100.${n}"]` });

    expect(
      take(
        aCounted(0, from(1)),
        aCounted(99, from(2)),
        aCounted(100, from(3)),
        aCounted(101, from(3)),
        aCounted(102, from(2)),
      ),
    ).toEqual(["value_learned", "value_learned", "opened", "joined", "value_known"]);
    expect(incidents()).toMatchObject([{ groupKey: '["198.51.100.3"]', count: 2 }]);
  });

  it("is forgotten when it was not seen for the time, counted from when it was seen last", () => {
    const { take } = windowWorld(firstSeen, { resolveAfterMs: SECOND_MS });
    const from = (n: number) => ({ key: `["198.51.100.${n}"]` });
    take(aCounted(0, from(1)));

    expect(
      take(aCounted(150, from(2)), aCounted(210, from(2)), aCounted(280, from(2)), aCounted(351, from(2))),
    ).toEqual(["opened", "value_known", "value_known", "reopened"]);
  });

  it("opens nothing where it can't be remembered", () => {
    const { take } = windowWorld({ ...firstSeen, keysMost: 1 });

    take(aCounted(0), aCounted(60), aCounted(120));

    expect(take(aCounted(125, { key: '["198.51.100.9"]' }))).toEqual(["window_refused"]);
  });
});
