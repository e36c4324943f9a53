import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { riposteProblem, type Habit } from "../../test/fakes/riposte-server.ts";
import { filterFrom, ForwardRig } from "../../test/fixtures/forward-rig.ts";
import { hurriedClock } from "../../test/fixtures/start-desk.ts";
import { alertLine } from "../../test/tail/rig.ts";

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
}

function lines(from: number, to: number, level = 10): string[] {
  return numbers(from, to).map((id) => alertLine(id, { level }));
}

describe("while all is well", () => {
  test("every line arrives once, in order and as it was written", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(...lines(1, 40));

    const forwarder = await rig.start();
    await rig.server.until(() => rig.server.kept.size === 40);
    rig.alerts.lines(...lines(41, 50));
    await rig.server.until(() => rig.server.kept.size === 50);
    await forwarder.stop();

    expect(rig.server.ids).toEqual(numbers(1, 50));
    expect(rig.server.duplicates).toBe(0);
    const [first] = rig.server.posts();
    expect(first?.lines[0]).toBe(alertLine(1));
    expect(first?.headers).toMatchObject({
      authorization: "Bearer the-first-token",
      "content-encoding": "zstd",
      "content-type": "application/x-ndjson",
      "riposte-node": "wazuh/worker-1",
    });
    expect(rig.keptAtBytes).toBe(rig.alerts.sizeBytes());
  });

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

describe("when the server has bad habits", () => {
  const once: readonly [name: string, habit: Habit][] = [
    ["loses its answer after it stored the batch", { kind: "reset", done: true }],
    ["breaks the connection before it stored anything", { kind: "reset", done: false }],
    ["answers half and breaks off", { kind: "cut_off", done: true }],
    ["answers 503", { kind: "status", status: 503, body: "" }],
    ["answers 500 after it stored the batch", { kind: "status", status: 500, body: "oh", done: true }],
    ["answers 429", riposteProblem(429, "too-many", "not now")],
    ["answers 200 with something else", { kind: "status", status: 200, body: "<html>welcome</html>" }],
    ["sends it elsewhere", { kind: "status", status: 302, headers: { location: "/login" }, body: "" }],
    ["takes no zstd", { kind: "status", status: 415, body: "" }],
    ["answers that it is the batch (400)", riposteProblem(400, "bad-request", "no")],
  ];
  test.each(once)("one that once %s has every line once", async (_name, habit) => {
    const rig = await ForwardRig.open();
    rig.server.habit = ({ path, n }) => (path === "/v1/alerts" && n === 1 ? habit : null);
    rig.alerts.lines(...lines(1, 20));

    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 20 && rig.server.posts().length > 1);

    expect(rig.server.ids).toEqual(numbers(1, 20));
    expect(existsSync(join(rig.state, "aside.ndjson"))).toBe(false);
  });

  test("an answer that never comes is given up, and the batch sent again", async () => {
    const rig = await ForwardRig.open();
    rig.server.habit = ({ path, n }) => (path === "/v1/alerts" && n === 1 ? { kind: "hang", done: true } : null);
    rig.alerts.lines(...lines(1, 20));

    await rig.start({ callClock: hurriedClock });
    await rig.server.until(() => rig.server.kept.size === 20 && rig.server.duplicates === 20);

    expect(rig.server.ids).toEqual(numbers(1, 20));
  });

  test("the place moves only behind the server's answer", async () => {
    const rig = await ForwardRig.open();
    const forwarder = await rig.start();
    rig.server.habit = ({ path }) => (path === "/v1/alerts" ? { kind: "hang", done: true } : null);
    rig.alerts.lines(...lines(1, 20));

    await rig.server.until(() => rig.server.kept.size === 20);
    const before = rig.keptAtBytes;
    rig.server.habit = () => null;
    rig.server.release();
    await forwarder.stop();

    expect(before).toBe(0);
    expect(rig.keptAtBytes).toBe(rig.alerts.sizeBytes());
  });

  test("one that is away is waited for; nothing is dropped, also of what is written and rotated meanwhile", async () => {
    const rig = await ForwardRig.open();
    await rig.server.close();
    rig.alerts.lines(...lines(1, 50));
    const forwarder = await rig.start();
    await rig.untilReading();
    await rig.untilLogged(({ msg }) => msg.includes("alerts wait"));
    rig.alerts.linkTo("2026/May/ossec-alerts-27.json");
    rig.alerts.lines(...lines(51, 90));

    await rig.server.listen();
    await rig.server.until(() => rig.server.kept.size === 90);

    expect(rig.server.ids).toEqual(numbers(1, 90));
    await rig.untilLogged(({ msg }) => msg === "the server takes alerts again");
    expect(forwarder.status().server).toBeNull();
  });

  test("a kept connection that the server has ended costs no wait", async () => {
    const rig = await ForwardRig.open();
    rig.alerts.lines(...lines(1, 1));
    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 1);

    for (let id = 2; id <= 6; id += 1) {
      rig.server.endIdle();
      rig.alerts.lines(...lines(id, id));
      await rig.server.until(() => rig.server.kept.size === id);
    }

    expect(rig.logged.filter(({ level }) => level !== "info")).toEqual([]);
  });
});

describe("a batch that the server calls bad as a whole", () => {
  function refusing(id: string, status: number): (request: { path: string; lines: readonly string[] }) => Habit | null {
    return ({ path, lines: sent }) =>
      path === "/v1/alerts" && sent.some((line) => line.includes(`"id":"${id}"`))
        ? riposteProblem(status, status === 413 ? "too-large" : "bad-request", "not that one")
        : null;
  }

  test.each([400, 413])("is halved down to the line, which is put aside (%i)", async (status) => {
    const rig = await ForwardRig.open();
    rig.server.habit = refusing("13", status);
    rig.alerts.lines(...lines(1, 20));

    const forwarder = await rig.start();
    await rig.server.until(() => rig.server.kept.size === 19 && rig.server.malformed === 1);
    await forwarder.stop();

    expect(rig.server.ids).toEqual(numbers(1, 20).filter((id) => id !== "13"));
    expect(rig.aside).toMatchObject([{ why: "refused_by_server", line: alertLine(13) }]);
    expect(rig.keptAtBytes).toBe(rig.alerts.sizeBytes());
    expect(rig.logged).toContainEqual(
      expect.objectContaining({ level: "error", msg: "a line was put aside and not sent" }),
    );
  });

  test("also where it is the last line of the batch", async () => {
    const rig = await ForwardRig.open();
    rig.server.habit = refusing("20", 400);
    rig.alerts.lines(...lines(1, 20));

    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 19 && rig.server.malformed === 1);

    expect(rig.aside).toHaveLength(1);
  });

  test("is nothing of the kind where it is not Riposte that says so: then everything waits", async () => {
    const rig = await ForwardRig.open();
    rig.server.habit = ({ path, n }) => (path === "/v1/alerts" && n <= 4 ? { kind: "status", status: 400 } : null);
    rig.alerts.lines(...lines(1, 4));

    await rig.start();
    await rig.server.until(() => rig.server.kept.size === 4);

    expect(existsSync(join(rig.state, "aside.ndjson"))).toBe(false);
    expect(rig.logged.some(({ msg }) => msg.includes("not how Riposte answers"))).toBe(true);
  });

  test("line after line says more of the server than of the lines: then everything waits", async () => {
    const rig = await ForwardRig.open();
    let isMad = true;
    rig.server.habit = ({ path, lines: sent }) =>
      isMad && path === "/v1/alerts" && sent.length > 0 ? riposteProblem(400, "bad-request", "no") : null;
    rig.alerts.lines(...lines(1, 40));

    await rig.start();
    await rig.untilLogged(({ msg }) => msg.includes("not how Riposte answers"));
    isMad = false;
    await rig.server.until(() => rig.server.kept.size === 20);

    expect(rig.aside).toHaveLength(20);
  });
});

describe("a token", () => {
  test("that is not let in is told loudly, and read anew from its file", async () => {
    const rig = await ForwardRig.open();
    rig.server.token = "the-second-token";
    rig.alerts.lines(...lines(1, 3));

    await rig.start();
    const said = await rig.untilLogged(({ msg }) => msg.includes("does not let this sender in"));
    rig.writeToken("the-second-token");
    await rig.server.until(() => rig.server.kept.size === 3);

    expect(said).toMatchObject({ level: "error", trouble: "the server does not know this token (401): no such token" });
    expect(JSON.stringify(rig.logged)).not.toContain("the-first-token");
  });

  test.each([
    ["", "is empty"],
    ["two\nlines", "can be no token"],
  ])("that can be none (%j) is not sent anywhere", async (text, says) => {
    const rig = await ForwardRig.open();
    rig.writeToken(text);
    rig.alerts.lines(...lines(1, 1));

    await rig.start();
    const said = await rig.untilLogged(({ msg }) => msg.includes("does not let this sender in"));

    expect(said["trouble"]).toContain(says);
    expect(rig.server.requests).toEqual([]);
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
});

function folderFacts(folder: string): readonly unknown[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => [path, statSync(path).mtimeMs, statSync(path).mode, statSync(path).ino]);
}
