// What stores keep of windows, and what a turn is told of them.
import { describe, expect, it } from "vitest";
import type { Change } from "../../src/core/change.ts";
import { DUE_WINDOWS_A_TURN } from "../../src/core/need.ts";
import type { LiveWindow, WindowBook } from "../../src/core/window.ts";
import * as sample from "./store-rows.ts";
import { noon } from "./store-rows.ts";
import type { Begin } from "./store.ts";

function aWindow(of: Partial<LiveWindow> = {}): LiveWindow {
  return {
    policy: "spray",
    key: '["198.51.100.1\u0000é"]',
    n: 1,
    source: "alerts",
    dueAt: noon,
    shape: "00112233445566ff",
    contributions: [
      { at: noon - 5, level: 5, stands: 1, ends: false, values: ["ffeeddccbbaa9988", null] },
      { at: noon, level: 10, stands: 3, ends: true, values: [null, "0011223344556677"] },
    ],
    bodies: ['{"a":"\\u0000 first"}', "second \u0000"],
    last: null,
    ...of,
  };
}

function aBook(of: Partial<WindowBook> = {}): WindowBook {
  return { policy: "spray", n: 7, live: 2, refused: 3, refusedAt: noon, sinceAt: noon - 9, ...of };
}

function put(row: LiveWindow): Change {
  return { table: "window", row };
}

const last = { title: "backup\u0000", ruleId: "100300", level: 3, agentId: null, agentName: "db-01" };

export function windowSuite(name: string, begin: Begin): void {
  describe(`${name}: windows`, () => {
    it("brings them as they were put, with the books of their policies, and nothing where nobody asks", async () => {
      const absent = aWindow({ policy: "absent", key: "[]", last, bodies: [], contributions: [] });
      const { store, reopen } = await begin([
        put(aWindow()),
        put(aWindow({ key: '["other"]' })),
        put(absent),
        { table: "window_book", row: aBook() },
        { table: "window_book", row: aBook({ policy: "other" }) },
        { table: "incident", row: sample.anIncident(1, { policy: "absent", groupKey: "[]" }) },
      ]);
      const { key } = aWindow();
      const ask = new Map([
        ["a", ["spray", key]],
        ["b", ["absent", "[]"]],
        ["c", ["spray", "nobody"]],
      ] as const);

      expect(await store.read(sample.aNeed({ due: [{ source: "alerts", before: noon + 9 }] }))).not.toHaveProperty(
        "windows",
      );
      const { windows, incidents } = await (await reopen()).read(sample.aNeed({ windows: ask }));

      const byPolicy = windows!.live.toSorted((one, other) => (one.policy < other.policy ? 1 : -1));
      expect(byPolicy).toEqual([aWindow(), absent]);
      expect(windows).toMatchObject({ due: [], books: [aBook()] });
      expect(incidents).toMatchObject([{ id: 1 }]);
    });

    it("puts one in the place of the one with its key, and takes away what is gone", async () => {
      const { store } = await begin([put(aWindow()), put(aWindow({ key: "gone" })), put(aWindow({ key: "back" }))]);
      const windows = new Map([aWindow().key, "gone", "back"].map((key) => [key, ["spray", key] as const]));

      await store.commit([
        put(aWindow({ n: 2, bodies: [], contributions: [] })),
        { table: "window_gone", policy: "spray", key: "gone" },
        { table: "window_gone", policy: "spray", key: "back" },
        put(aWindow({ key: "back", n: 9 })),
      ]);

      const found = (await store.read(sample.aNeed({ windows }))).windows!.live;
      expect(new Map(found.map(({ key, n, bodies }) => [key, [n, bodies.length]]))).toEqual(
        new Map([
          [aWindow().key, [2, 0]],
          ["back", [9, 2]],
        ]),
      );
    });

    it("brings those that ended, by source and of all other sources, so many at once and those first that ended first", async () => {
      const { store } = await begin([
        put(aWindow({ key: "b", dueAt: noon - 1 })),
        put(aWindow({ key: "a", dueAt: noon - 2 })),
        put(aWindow({ key: "on", dueAt: noon })),
        put(aWindow({ key: "gone", source: "gone", dueAt: noon - 1, policy: "p" })),
        { table: "window_book", row: aBook() },
      ]);
      const ask = async (...due: { source: string | null; before: number }[]): Promise<readonly string[]> => {
        const { windows } = await store.read(sample.aNeed({ due, dueWindows: true }));
        return windows!.due.map(([policy, key]) => `${policy} ${key}`);
      };

      expect(await ask({ source: "alerts", before: noon })).toEqual(["spray a", "spray b"]);
      expect(await ask({ source: "alerts", before: noon - 9 }, { source: null, before: noon })).toEqual(["p gone"]);
      await store.commit(
        Array.from({ length: DUE_WINDOWS_A_TURN + 3 }, (_, i) => put(aWindow({ key: `${i}`, source: "s", dueAt: i }))),
      );
      expect(await ask({ source: "s", before: noon })).toHaveLength(DUE_WINDOWS_A_TURN);
    });

    it("brings those of a policy that are over where there may be no room for the keys that are asked for", async () => {
      const { store } = await begin([
        put(aWindow({ key: "over", dueAt: noon - 1 })),
        put(aWindow({ key: "now", dueAt: noon })),
        put(aWindow({ key: "elsewhere", source: "spool", dueAt: noon - 1 })),
        put(aWindow({ key: "other", policy: "p", dueAt: noon - 2 })),
        { table: "window_book", row: aBook({ live: 3 }) },
      ]);
      const windows = new Map([["spray\nnew", ["spray", "new"] as const]]);
      const ask = async (keysMost: number): Promise<readonly string[]> => {
        const windowRoom = new Map([["spray\nalerts", { policy: "spray", keysMost, source: "alerts", before: noon }]]);
        const { windows: found } = await store.read(sample.aNeed({ windows, windowRoom }));
        expect(found!.books).toEqual([aBook({ live: 3 })]);
        return found!.due.map(([policy, key]) => `${policy} ${key}`);
      };

      expect(await ask(4)).toEqual([]);
      expect(await ask(3)).toEqual(["spray over"]);
    });

    it("tells people which window an alert counted in, which incident that filled, and how windows stand", async () => {
      const windows = [{ policy: "spray", n: 4 }];
      const { reader } = await begin([
        put(aWindow()),
        { table: "window_book", row: aBook() },
        { table: "window_filled", row: { policy: "spray", n: 4, incident: 12, fromAt: noon - 60 } },
        { table: "alert", row: sample.anAlert({ disposition: "in_window", incidents: [], windows }) },
      ]);
      const people = await reader();

      expect(await people.alerts("wazuh/node01", "1795435200.1")).toMatchObject([{ windows, incidents: [] }]);
      expect(await people.windowFilled(windows[0]!)).toEqual({
        policy: "spray",
        n: 4,
        incident: 12,
        fromAt: noon - 60,
      });
      expect(await people.windowFilled({ policy: "spray", n: 5 })).toBeNull();
      expect((await people.ledger.windowsOf({ id: 12, policy: "spray" }, 9)).map(({ n }) => n)).toEqual([4]);
      expect(await people.ledger.windowsOf({ id: 12, policy: "web" }, 9)).toEqual([]);
      expect(await people.liveWindow("spray", aWindow().key)).toEqual(aWindow());
      expect(await people.liveWindow("spray", "[]")).toBeNull();
      expect(await people.windowBooks()).toEqual([aBook()]);
    });
  });
}
