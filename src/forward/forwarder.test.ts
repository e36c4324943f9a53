import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DurableFolder } from "../ports/durable-folder.ts";
import { filterFrom, ForwardRig, lines, numbers } from "../../test/fixtures/forward-rig.ts";
import { alertLine } from "../../test/tail/rig.ts";

describe("while all is well", () => {
  test.each(["zstd", "gzip", "off"] as const)(
    "every line arrives once, in order and as it was written (%s)",
    async (compress) => {
      const rig = await ForwardRig.open();
      rig.alerts.lines(...lines(1, 100));

      const forwarder = await rig.start({ settings: { compress } });
      await rig.server.until(() => rig.server.kept.size === 100);
      rig.alerts.lines(...lines(101, 110));
      await rig.server.until(() => rig.server.kept.size === 110);
      await forwarder.stop();

      expect(rig.server.ids).toEqual(numbers(1, 110));
      expect(rig.server.duplicates).toBe(0);
      const [first] = rig.server.posts();
      expect(first?.lines[0]).toBe(alertLine(1));
      expect(first?.headers["content-encoding"]).toBe(compress === "off" ? undefined : compress);
      expect(first?.headers).toMatchObject({
        authorization: "Bearer the-first-token",
        "content-type": "application/x-ndjson",
        "riposte-node": "wazuh/worker-1",
      });
      expect(rig.keptAtBytes).toBe(rig.alerts.sizeBytes());
    },
  );

  test("what the server's filter refuses is not sent, and counted", async () => {
    const rig = await ForwardRig.open();
    rig.server.filter = filterFrom(7);
    rig.alerts.lines(...lines(1, 30, 3), ...lines(31, 33, 12), "", "   ");

    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 3 && rig.server.ignored === 32);

    expect(rig.server.posts().flatMap(({ lines: sent }) => sent)).toEqual(lines(31, 33, 12));
  });

  test("another filter is fetched as soon as an answer names it", async () => {
    const rig = await ForwardRig.open();
    rig.server.filter = filterFrom(7);
    rig.alerts.lines(...lines(1, 1));
    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 1);

    rig.server.filter = filterFrom(3);
    rig.alerts.lines(...lines(2, 2));
    await rig.server.until(() => rig.server.kept.size === 2);
    rig.alerts.lines(...lines(3, 3, 5), ...lines(4, 4));
    await rig.server.until(() => rig.server.kept.size === 4);

    expect(rig.server.ids).toEqual(["1", "2", "3", "4"]);
  });

  test("at the end of the file it says how far it has read, again and again", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(...lines(1, 1));

    await rig.start();
    await rig.server.until(() => rig.server.readTo.length >= 4);

    const beat = rig.server.posts().at(-1);
    expect(beat?.lines).toEqual([]);
    expect(rig.server.readTo).toEqual(rig.server.readTo.toSorted());
    expect(rig.server.readTo.at(-1)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("a file that is left at midnight is read to its end, and packed ones in between too", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(...lines(1, 5));
    const first = await rig.start();
    await rig.server.until(() => rig.server.kept.size === 5);
    await first.stop();
    rig.alerts.lines(...lines(6, 8));
    rig.alerts.linkTo("2026/May/ossec-alerts-27.json");
    rig.alerts.lines(...lines(9, 12));
    rig.alerts.pack("2026/May/ossec-alerts-26.json");
    rig.alerts.linkTo("2026/May/ossec-alerts-28.json");
    rig.alerts.lines(...lines(13, 14));

    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 14);
    rig.alerts.linkTo("2026/May/ossec-alerts-29.json");
    rig.alerts.lines(...lines(15, 16));
    await rig.server.until(() => rig.server.kept.size === 16);

    expect(rig.server.ids).toEqual(numbers(1, 16));
    expect(rig.server.duplicates).toBe(0);
  });

  test("lines between the zeros of a power cut go out by themselves", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.append(`${alertLine(1)}\n${"\0".repeat(50)}${alertLine(2)}\n`);

    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 2);

    expect(rig.server.ids).toEqual(["1", "2"]);
    expect(rig.server.malformed).toBe(0);
  });

  test("nothing is written where the alerts are", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(...lines(1, 3));
    const before = folderFacts(rig.alerts.folder);

    const forwarder = await rig.start();
    await rig.server.until(() => rig.server.kept.size === 3);
    await forwarder.stop();

    expect(folderFacts(rig.alerts.folder)).toEqual(before);
  });
});

describe("a restart", () => {
  test("with the server away still refuses by the filter that was heard last", async () => {
    const rig = await ForwardRig.open();
    rig.server.filter = filterFrom(7);
    rig.alerts.lines(...lines(1, 2));
    const first = await rig.start();
    await rig.server.until(() => rig.server.kept.size === 2);
    await first.stop();
    await rig.server.close();
    rig.alerts.lines(...lines(3, 30, 3), ...lines(31, 31));

    await rig.start();
    await rig.untilLogged(({ msg }) => msg.includes("alerts wait"));
    await rig.server.listen();
    await rig.server.until(() => rig.server.kept.size === 3);

    expect(rig.server.posts().flatMap(({ lines: sent }) => sent)).toEqual([...lines(1, 2), ...lines(31, 31)]);
  });

  test("lines that were read while the server was away are judged by the filter with which it comes back", async () => {
    const rig = await ForwardRig.open();
    rig.server.filter = filterFrom(7);
    rig.alerts.lines(...lines(1, 1));
    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 1);
    await rig.server.close();
    rig.alerts.lines(...lines(2, 2), ...lines(3, 9, 5));
    await rig.untilLogged(({ msg }) => msg.includes("alerts wait"));

    rig.server.filter = filterFrom(5);
    await rig.server.listen();
    await rig.server.until(() => rig.server.kept.size === 9);

    expect(rig.server.ids).toEqual(numbers(1, 9));
  });

  test("goes on at the last place that was answered for", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(...lines(1, 5));
    const first = await rig.start();
    await rig.server.until(() => rig.server.kept.size === 5);
    await first.stop();
    rig.alerts.lines(...lines(6, 9));

    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 9);

    expect(rig.server.duplicates).toBe(0);
  });

  test("while the server was away from the very first start misses nothing of what came since", async () => {
    const rig = await ForwardRig.open();
    await rig.server.close();
    rig.alerts.lines(...lines(1, 5));
    const first = await rig.start({ settings: { start: "end" } });
    await rig.untilReading();
    rig.alerts.lines(...lines(6, 9));
    await first.stop();

    await rig.server.listen();
    await rig.start({ settings: { start: "end" } });
    await rig.server.until(() => rig.server.kept.size === 4);

    expect(rig.server.ids).toEqual(numbers(6, 9));
  });

  test.each(["end", "beginning"] as const)(
    "from a first life that died before the server had said a word misses nothing, a midnight later (start: %s)",
    async (start) => {
      const rig = await ForwardRig.open();
      rig.alerts.lines(...lines(1, 5));
      await rig.startUnheard({ settings: { start } });
      rig.alerts.lines(...lines(6, 9));
      rig.alerts.linkTo("2026/May/ossec-alerts-27.json");
      rig.alerts.lines(...lines(10, 12));

      await rig.start({ settings: { start } });
      await rig.server.until(() => rig.server.ids.at(-1) === "12");

      expect(rig.server.ids).toEqual(numbers(start === "end" ? 6 : 1, 12));
    },
  );

  test("from a first life that found no file yet reads the one that came, from its start", async () => {
    const rig = await ForwardRig.open();
    rmSync(rig.alerts.path);
    rmSync(rig.alerts.dated);
    await rig.startUnheard({ settings: { start: "end" } });
    rig.alerts.linkTo("2026/May/ossec-alerts-27.json");
    rig.alerts.lines(...lines(1, 3));

    await rig.start({ settings: { start: "end" } });
    await rig.server.until(() => rig.server.ids.at(-1) === "3");

    expect(rig.server.ids).toEqual(numbers(1, 3));
  });

  test("a stop while the server hangs ends in time and keeps the place of before", async () => {
    const rig = await ForwardRig.open();
    const forwarder = await rig.start();
    rig.server.habit = ({ path }) => (path === "/v1/alerts" ? { kind: "hang", done: false } : null);
    rig.alerts.lines(...lines(1, 3));
    await rig.server.until(() => rig.server.posts().some(({ lines: sent }) => sent.length === 3));

    await forwarder.stop();

    expect(rig.keptAtBytes).toBe(0);
  });
});

describe("lines and places that can't be kept", () => {
  test("a line that is too long is put aside, counted, and those behind it arrive", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(alertLine(1), `{"long":"${"x".repeat(5_000)}"}`, alertLine(2));

    await rig.start({ limits: { lineBytes: 2_000, chunkBytes: 1_000 } });
    await rig.server.until(() => rig.server.kept.size === 2 && rig.server.malformed === 1);
    await rig.untilLogged(({ msg }) => msg === "a line was put aside and not sent");

    expect(rig.aside).toMatchObject([{ why: "too_long" }]);
  });

  test("a state folder that takes no writes holds no alert back", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(...lines(1, 3));
    const full = (): never => {
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    };

    await rig.start({ folder: (real) => ({ ...real, replace: full }) });
    await rig.server.until(() => rig.server.kept.size === 3);
    rig.alerts.lines(...lines(4, 5));
    await rig.server.until(() => rig.server.kept.size === 5);

    expect(rig.logged).toContainEqual(expect.objectContaining({ level: "error", code: "ENOSPC" }));
  });

  test("a state folder that has room again gets the place, and after an orderly stop nothing is sent again", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(...lines(1, 3));
    let isFull = true;
    const folder = (real: DurableFolder): DurableFolder => ({
      ...real,
      replace(name, text) {
        if (isFull) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        real.replace(name, text);
      },
    });

    const first = await rig.start({ folder });
    await rig.server.until(() => rig.server.kept.size === 3);
    isFull = false;
    await first.stop();
    await rig.start();
    rig.alerts.lines(...lines(4, 4));
    await rig.server.until(() => rig.server.kept.size === 4);

    expect(rig.server.duplicates).toBe(0);
  });
});

function folderFacts(folder: string): readonly unknown[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => [path, statSync(path).mtimeMs, statSync(path).mode, statSync(path).ino]);
}
