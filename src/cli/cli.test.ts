import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { alertLine, openCliRig, type CliRig } from "../../test/fixtures/cli-rig.ts";
import type { Status } from "../http/status.ts";

let rig: CliRig;

beforeEach(async () => {
  rig = await openCliRig();
});
afterEach(() => rig.close());

describe("check", () => {
  test("a right config is ok, with what is not parsed", async () => {
    const { code, out, err } = await rig.riposte("check", rig.writeConfig());

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("riposte.yaml: ok, 1 source, 1 destination, 1 policy\n");
    expect(out).toContain("  lines below level 5 are not parsed\n");
    expect(out).toContain(
      "  lines of rules 651 to 658, which are the log of Wazuh's own active response, are always parsed\n",
    );
  });

  test("a wrong one gives each mistake with its place, and 78", async () => {
    const path = join(rig.directory, "bad.yaml");
    writeFileSync(path, "wazuh: { alerts: relative.json }\ndestinatoins: {}\npolicies: []\n");

    const { code, out } = await rig.riposte("check", path);
    const json = await rig.riposte("check", path, "--json");

    expect(code).toBe(78);
    expect(out).toContain(`${path}:1:18 wazuh.alerts: expected an absolute path`);
    expect(out).toMatch(/bad\.yaml:2:1 .*destinations/);
    expect((JSON.parse(json.out) as { errors: unknown[] }).errors.length).toBeGreaterThan(2);
  });

  test("asked to, it tells which destinations can't be used, and 69", async () => {
    const config = rig.writeConfig();
    const text = readFileSync(config, "utf8");
    const chat = `  chat: { type: slack, webhook: { file: "${join(rig.directory, "not-there")}" } }\n`;
    writeFileSync(config, text.replace("destinations:\n", `destinations:\n${chat}`));

    const { code, out, err } = await rig.riposte("check", "--online", config);

    expect({ code, err }).toEqual({ code: 69, err: "riposte: 1 destination can't be used\n" });
    expect(out).toMatch(/chat +slack +NO +.*not-there/);
    expect(out).toMatch(/receiver +webhook +yes +\S+/);
  });
});

describe("explain", () => {
  test.each([
    ["taken", () => alertLine(1), 0, ["- ssh: matches", "yes rule.id is 5763: it is 5763", "tells receiver at once"]],
    ["not taken", () => alertLine(1, 3), 1, ["counted as ignored and not parsed", "no  rule.level is >= 5: it is 3"]],
    ["none", () => "nonsense", 65, []],
  ])("an alert that is %s", async (_name, line, code, says) => {
    rig.writeConfig();

    const ended = await rig.start(["explain", "-"], line()).ended;

    expect(ended.code).toBe(code);
    for (const sentence of says) expect(ended.out).toContain(sentence);
    expect(ended.out + ended.err).not.toContain("\u001b");
  });

  test("a file that is not there is 66", async () => {
    rig.writeConfig();

    expect(await rig.riposte("explain", "nothing.json")).toMatchObject({ code: 66, out: "" });
  });
});

describe("a server", () => {
  test("tells of an alert, answers over its socket, and ends in order when asked", async () => {
    const config = rig.writeConfig();
    const server = await rig.serving(config);
    rig.appendAlert(1);
    await rig.receiver.next();
    await server.said(/"msg":"delivered"/);

    const status = await rig.riposte("status", "--config", config, "--json");
    const list = await rig.riposte("incidents", "list", "--socket", join(rig.directory, "riposte.sock"));
    const acknowledged = await rig.riposte("incidents", "ack", "#1");
    const again = await rig.riposte("incidents", "ack", "1");
    const shown = await rig.riposte("incidents", "show", "1");
    const ledger = await rig.riposte(
      "alerts",
      "list",
      "--incident",
      "1",
      "--since",
      "2026-11-23",
      "--disposition",
      "opened",
    );
    const story = await rig.riposte("alerts", "show", "1795435200.1");
    const none = await rig.riposte("work", "show", "1", "nobody");
    server.child.kill("SIGTERM");
    const ended = await server.ended;

    const { sent, sources } = JSON.parse(status.out) as Status;
    expect(sent.destinations).toMatchObject([{ name: "receiver", incidentsShown: 1, dead: { count: 0 } }]);
    expect(sources).toMatchObject([{ name: "alerts", addsUp: true, row: { read: 1, kept: 1 } }]);
    expect(list.out).toMatch(/^ID .*REASON\n#1 +medium +open .*rule 5763: sshd: \\x1b\[2J brute force\n$/);
    expect(acknowledged).toMatchObject({ code: 0, err: "" });
    expect(again).toMatchObject({ code: 1, out: "", err: "riposte: incident #1 is acknowledged\n" });
    expect(shown.out).toMatch(/acknowledged by \w+/);
    expect(ledger.out).toMatch(
      /^AT .*\n2026-11-23 07:00:01Z +1795435200\.1 +5763 +10 +001 +#1 +opened +opened an incident\n$/,
    );
    expect(story).toMatchObject({ code: 0, err: "" });
    expect(story.out).toMatch(/by the config:\n +- ssh: matches\n +yes rule\.id is 5763/);
    expect(story.out).toMatch(/Who was told of #1\n +receiver: .* steps?$/m);
    expect(story.out).not.toContain("\u001b");
    expect(none.code).toBe(1);
    expect(ended.code).toBe(0);
    expect(
      ended.err
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { msg: string }).msg),
    ).toContain("stopped");
    expect(existsSync(join(rig.directory, "riposte.sock"))).toBe(false);
  });

  test("that does not run is stood in for; what it will tell waits for it", async () => {
    const config = rig.writeConfig();
    const server = await rig.serving(config);
    rig.receiver.status = 400;
    rig.appendAlert(1);
    await rig.receiver.next();
    await server.said(/"msg":"delivery refused for good"/);
    server.child.kill("SIGTERM");
    await server.ended;
    rig.receiver.status = 200;

    const status = await rig.riposte("status");
    const retried = await rig.riposte("work", "retry", "--dead", "receiver");
    const gone = await rig.riposte("status", "--socket", join(rig.directory, "riposte.sock"));
    await rig.serving(config);
    await rig.receiver.next();

    expect(status.err).toContain("no server is running at");
    expect(status.out).toContain("Not all of it: given up for 1.");
    expect(status.out).toContain("receiver: 1 dead: the other side refused what was sent");
    expect(retried).toMatchObject({ code: 0, out: "to be tried again now\n" });
    expect(gone).toMatchObject({ code: 69, out: "" });
  });

  test("shows the lines that it could not read, running or not", async () => {
    const config = rig.writeConfig();
    const server = await rig.serving(config);
    appendFileSync(join(rig.directory, "alerts", "alerts.json"), "{half \u001b[2J\n");
    rig.appendAlert(1);
    await rig.receiver.next();

    const listed = await rig.riposte("quarantine", "list");
    const shown = await rig.riposte("quarantine", "show", "alerts", "1", "--json");
    const none = await rig.riposte("quarantine", "show", "alerts", "2");
    server.child.kill("SIGTERM");
    await server.ended;
    const later = await rig.riposte("quarantine", "list", "alerts");

    expect(listed.out).toMatch(/^SOURCE .*TEXT\nalerts +1 +\S+ \S+ +not JSON +\{half \\x1b\[2J\n$/);
    expect(JSON.parse(shown.out)).toMatchObject({ line: { source: "alerts", n: 1, raw: "{half \u001b[2J" } });
    expect(none).toMatchObject({ code: 1, out: "" });
    expect(none.err).toContain("line 2 of alerts is not in quarantine");
    expect(later.out).toBe(listed.out);
  });

  test("that holds the database keeps others out with 75, in one sentence", async () => {
    await rig.serving(rig.writeConfig());
    const other = rig.writeConfig("other.yaml", "other.sock");

    const second = await rig.riposte("serve", "--config", other);
    const status = await rig.riposte("status", "--config", other);

    for (const { code, out, err } of [second, status]) {
      expect({ code, out }).toEqual({ code: 75, out: "" });
      expect(err).toContain("riposte: Another Riposte is working on");
    }
  });
});

describe("what can't be", () => {
  test.each([
    ["no config anywhere", 78, "no config", () => ["status"]],
    ["a config that is not there", 78, "no such file", () => ["serve", "--config", "none.yaml"]],
    ["a database that never was", 66, "no database", () => ["status", "--config", rig.writeConfig()]],
    [
      "a database that is none",
      65,
      "is no database",
      () => {
        writeFileSync(
          join(rig.directory, "riposte.db"),
          "not a database, but long enough to be taken for one".repeat(20),
        );
        return ["serve", "--config", rig.writeConfig()];
      },
    ],
    ["an unknown command", 2, "No command registered", () => ["frobnicate"]],
    ["a flag that is wrong", 2, "must be a whole number", () => ["incidents", "list", "--limit", "many"]],
    ["half a command", 2, "say which", () => ["work", "retry", "1"]],
  ])("%s ends with %i", async (_name, code, says, args) => {
    const ended = await rig.riposte(...args());

    expect(ended).toMatchObject({ code, out: "" });
    expect(ended.err).toContain(says);
    expect(ended.err).not.toContain("    at ");
  });
});

test("npm start's command shows incidents on its page, and ends in order", async () => {
  const sandbox = rig.start(["start"]);
  const page = await sandbox.said(/tickets: (http:\S+)/);
  await sandbox.said(/"msg":"delivered"/);

  const answer = await fetch(page);
  const status = await rig.riposte("status", "--config", join(rig.directory, ".riposte", "riposte.yaml"), "--json");
  sandbox.child.kill("SIGINT");
  const ended = await sandbox.ended;

  expect(answer.status).toBe(200);
  expect((JSON.parse(status.out) as Status).tickets).toMatchObject([{ destination: "soc-jira", verdict: "received" }]);
  expect(ended.code).toBe(0);
  expect(ended.out).toBe("");
});
