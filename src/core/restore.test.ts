import { describe, expect, it } from "vitest";
import { chained } from "./audit-chain.ts";
import { aKeptAlert, aPolicy, aDestination, aSnapshot, aStretch, noon } from "../../test/fixtures/kept-alerts.ts";
import { MemoryRows } from "../../test/fixtures/memory-rows.ts";
import type { Context } from "./context.ts";
import { decide } from "./decide.ts";
import { markInstall, mayHaveBeenTold, restoredChanges } from "./restore.ts";
import { MINUTE_MS } from "./time.ts";
import { View } from "./view.ts";

const restore = { at: noon, who: "ana", from: "/backup/old.db" };

describe("a restored database", () => {
  it.each([
    ["nobody knows how far the lost state had come", 42, null, 2_000],
    ["it had opened more", 42, 57, 1_000],
    ["it had opened fewer", 42, 7, 1_000],
    ["it stood on a full thousand", 999, 1_000, 2_000],
  ])("numbers its incidents from behind a gap where %s", (_, known, elsewhere, last) => {
    const counters = { incident: known, attempt: 5, audit: 3, auditHead: "ab12" };
    const row = chained({ id: 4, at: noon, who: "ana", what: "restore", about: "/backup/old.db" }, "ab12");
    const { hash } = row;

    expect(restoredChanges(counters, { ...restore, lastIncident: elsewhere })).toEqual([
      { table: "counters", row: { incident: last, attempt: 5, audit: 4, auditHead: hash } },
      { table: "audit", row },
    ]);
  });

  it("leaves other marks than before, and the same as long as it is not restored again", () => {
    const marks = [null, noon, noon + 1, noon].map((restoredAt) => markInstall("1a2b3c4d", restoredAt));

    expect(marks[0]).toBe("1a2b3c4d");
    expect(new Set(marks).size).toBe(3);
    expect(marks[3]).toBe(marks[1]);
    for (const mark of marks) expect(mark).toMatch(/^[a-z0-9]{8}$/);
  });

  it("counts as possibly told what happened up to the restore, and nothing else", () => {
    expect([noon - 1, noon, noon + 1].map((at) => mayHaveBeenTold(at, noon))).toEqual([true, true, false]);
    expect(mayHaveBeenTold(0, null)).toBe(false);
  });
});

describe("a moment", () => {
  const tell = { low: [], medium: ["chat"], high: ["chat"], critical: ["chat"] };
  const snapshot = aSnapshot([aPolicy({ tell })], [aDestination({ name: "chat" })]);

  function momentOf(restoredAt: number | null): number | undefined {
    const rows = new MemoryRows();
    const view = new View(rows.facts());
    const context: Context = { now: noon + 60 * MINUTE_MS, random: () => 0.5, snapshot, restoredAt };
    decide(view, aStretch([aKeptAlert(1)]), context);
    const moments = view.changes().flatMap((change) => (change.table === "moment" ? [change.row.at] : []));
    return moments[0];
  }

  it("of an alert from before the restore keeps the alert's time, so that it shows that it may have been told", () => {
    const { at } = aKeptAlert(1);

    expect(momentOf(at + MINUTE_MS)).toBe(at);
    expect(momentOf(at)).toBe(at);
  });

  it("of what a person did over there before the restore keeps the time at which he did it", () => {
    const rows = new MemoryRows();
    const context: Context = { now: noon + 60 * MINUTE_MS, random: () => 0.5, snapshot, restoredAt: noon + 9 };
    for (const happenedAt of [noon + 8, noon + 10]) {
      const view = new View(rows.facts());
      decide(view, aStretch([aKeptAlert(1)]), context);
      const resolve = { kind: "resolve", incident: 1, note: "SEC-12 was closed" } as const;
      decide(view, { kind: "command", who: "soc-jira", command: resolve, happenedAt }, context);

      const moments = view.changes().flatMap((change) => (change.table === "moment" ? [change.row] : []));

      expect(moments.at(-1)).toMatchObject({ kind: "resolved", at: happenedAt === noon + 8 ? noon + 8 : context.now });
    }
  });

  it("of an alert since, or where nothing was ever restored, is of when it was noticed", () => {
    const now = noon + 60 * MINUTE_MS;

    expect(momentOf(aKeptAlert(1).at - 1)).toBe(now);
    expect(momentOf(null)).toBe(now);
  });
});
