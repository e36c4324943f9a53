import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { riposteProblem, type Habit } from "../../test/fakes/riposte-server.ts";
import { ForwardRig, lines, numbers } from "../../test/fixtures/forward-rig.ts";
import { hurriedClock } from "../../test/fixtures/start-desk.ts";
import { alertLine } from "../../test/tail/rig.ts";

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
