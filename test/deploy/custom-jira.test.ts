import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { FakeCa } from "../fakes/certificates.ts";
import { FakeJiraAutomation } from "../fakes/jira-automation.ts";
import { unreachableUrl, serveVendor, type ServedVendor, type ServeOptions } from "../fakes/serve.ts";
import { jsonAnswer, textAnswer } from "../fakes/vendor.ts";
import { hostileTexts } from "../fixtures/hostile.ts";
import { mountSmallDisk } from "../fixtures/small-disk.ts";
import { passwordGuess, wazuhAlert } from "../fixtures/wazuh-alerts.ts";
import { Manager, NO_PYTHON, python, type Block } from "./integratord.ts";

const TOKEN = "API_KEY-not-to-be-seen";
const alertText = (user = "ana"): string => `${JSON.stringify(passwordGuess(user))}\n`;
const source = fileURLToPath(new URL("../../deploy/wazuh/manager/custom-jira.py", import.meta.url));

describe("custom-riposte, in plain sh", () => {
  it("hands the alert over as it is, readable for the group alone, whether Riposte is alive or not", async () => {
    const manager = new Manager();
    const text = alertText();

    const ended = await manager.call(text, { name: "custom-riposte" });

    expect(ended).toEqual({ code: 0, output: "" });
    expect(manager.handedOver).toEqual([text]);
    const [name = ""] = readdirSync(manager.spool);
    expect(name).toMatch(/^\d{19}-\d+\.json$/);
    expect(statSync(join(manager.spool, name)).mode & 0o777).toBe(0o640);
  });

  it("keeps the order of the alerts, and two at once come both", async () => {
    const manager = new Manager();
    for (const n of [1, 2, 3]) await manager.call(`alert ${n}`, { name: "custom-riposte" });
    const inOrder = manager.handedOver;
    await Promise.all([4, 5, 6, 7].map((n) => manager.call(`alert ${n}`, { name: "custom-riposte" })));

    expect(inOrder).toEqual(["alert 1", "alert 2", "alert 3"]);
    expect(manager.handedOver.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `alert ${n}`));
  });

  it.each([
    ["no alert file is named, as when /tmp is full", "", 2],
    ["the alert file is gone", "/nowhere.alert", 6],
    ["the alert file is a directory", "/", 6],
    ["the alert file is empty", "/dev/null", 6],
  ])("says so where %s", async (_, alert, code) => {
    const ended = await new Manager().run("custom-riposte", [alert, "", "", "", "", "10", "3", "> /dev/null 2>&1"]);

    expect(ended.code).toBe(code);
    expect(ended.output).toMatch(/^custom-riposte: .+\n$/);
  });

  it("says so where there is no spool directory", async () => {
    const manager = new Manager();
    rmSync(manager.spool, { recursive: true });

    const ended = await manager.call(alertText(), { name: "custom-riposte" });

    expect(ended.code).toBe(8);
    expect(ended.output).toContain("there is no spool directory");
  });

  it("cuts what no reader would take", async () => {
    const manager = new Manager();

    const ended = await manager.call("x".repeat(20_000_000), { name: "custom-riposte" });

    expect(ended.code).toBe(0);
    expect(manager.handedOver[0]?.length).toBe(8 * 1_024 * 1_024);
  });

  it("leaves nothing half on a full disk, and says so", async ({ skip }) => {
    const disk = mountSmallDisk(2);
    if (disk === null) return skip("this user may not mount a small disk");
    disk.fill();
    const manager = new Manager({ spool: disk.folder });

    const ended = await manager.call(alertText(), { name: "custom-riposte" });
    disk.freeUp();
    const afterwards = await manager.call(alertText(), { name: "custom-riposte" });

    expect([ended.code, afterwards.code]).toEqual([8, 0]);
    expect(ended.output).toMatch(/Is the disk full\?|is the disk full\?/);
    expect(manager.handedOver).toHaveLength(1);
  });
});

describe.skipIf(python === null)(python === null ? NO_PYTHON : "custom-jira", () => {
  const jira = (): FakeJiraAutomation => new FakeJiraAutomation({ token: TOKEN, createAfterMs: 0 });
  let sink: FakeJiraAutomation;
  let served: ServedVendor;
  const block = (more: Block = {}): Block => ({ hookUrl: `${served.url}${sink.path}`, apiKey: TOKEN, ...more });

  async function serve(options: ServeOptions = {}): Promise<void> {
    const vendor = await serveVendor(sink, options);
    served = vendor;
    onTestFinished(() => vendor.close());
  }

  beforeEach(() => {
    sink = jira();
  });

  function tickets(): FakeJiraAutomation["issues"] {
    sink.settle(Date.now() + 1_000);
    expect(sink.failedRuns).toEqual([]);
    return sink.issues;
  }

  /** Nothing that people read, or that other programs can, has the token or the address. */
  function expectNoSecret(...texts: readonly string[]): void {
    for (const text of texts) {
      expect(text).not.toContain(TOKEN);
      expect(text).not.toContain(sink.path);
    }
  }

  it("hands over to a Riposte that is alive, and calls nobody", async () => {
    await serve();
    const manager = new Manager();
    manager.lives();
    const text = alertText();

    const ended = await manager.call(text, block());

    expect(ended).toEqual({ code: 0, output: "" });
    expect(manager.handedOver).toEqual([text]);
    expect(served.requests).toEqual([]);
  });

  it("hands over by itself where custom-riposte is not installed", async () => {
    await serve();
    const manager = new Manager({ without: ["custom-riposte"] });
    manager.lives();
    const text = alertText();

    const ended = await Promise.all([manager.call(text, block()), manager.call(text, block())]);

    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(manager.handedOver).toEqual([text, text]);
    const names = readdirSync(manager.spool).filter((name) => name !== "alive");
    for (const name of names) {
      expect(name).toMatch(/^\d{19}-\d+-[0-9a-f]{8}\.json$/);
      expect(statSync(join(manager.spool, name)).mode & 0o777).toBe(0o640);
    }
    expect(served.requests).toEqual([]);
  });

  it.each([
    ["there never was one", null],
    ["it has been silent for three minutes", 180],
  ])("posts the webhook with the predefined fields where no Riposte is there: %s", async (_, secondsAgo) => {
    await serve();
    const manager = new Manager();
    manager.lives(secondsAgo);

    const ended = await manager.call(alertText(), block());

    expect(ended).toEqual({ code: 0, output: "" });
    expect(manager.handedOver).toEqual([]);
    const [issue] = tickets();
    expect(issue?.issueType).toBe("Task");
    expect(issue?.summary).toBe("[Wazuh] PAM: possible password guess on the account ana (web-01)");
    expect(issue?.description).toContain("Rule: 120100 (level 10)");
    expect(issue?.description).toContain("Agent: web-01 003 192.0.2.21");
    expect(issue?.description).toContain("authentication failure; user=ana");
    expect(manager.log).toMatch(/custom-jira: .+: alert [\d.]+ was posted to Jira, which answered HTTP 200\n$/);
    expectNoSecret(manager.log);
  });

  it.each([
    ["is missing", (manager: Manager) => rmSync(manager.spool, { recursive: true })],
    ["is a file", (manager: Manager) => (rmSync(manager.spool, { recursive: true }), writeFileSync(manager.spool, ""))],
  ])("posts where the spool directory %s", async (_, spoil) => {
    await serve();
    const manager = new Manager();
    spoil(manager);

    expect(await manager.call(alertText(), block())).toEqual({ code: 0, output: "" });
    expect(tickets()).toHaveLength(1);
  });

  it("posts where the disk of the spool is full, and leaves nothing half on it", async ({ skip }) => {
    const disk = mountSmallDisk(2);
    if (disk === null) return skip("this user may not mount a small disk");
    await serve();
    const manager = new Manager({ spool: disk.folder });
    manager.lives();
    disk.fill();

    expect(await manager.call(alertText(), block())).toEqual({ code: 0, output: "" });
    expect(tickets()).toHaveLength(1);
    expect(readdirSync(disk.folder).filter((name) => !name.startsWith("filler"))).toEqual(["alive"]);
    expect(manager.log).toContain("No space left on device");
  });

  it("tries three times where Jira is in trouble, and says where an earlier call may have arrived", async () => {
    await serve({ faults: (n) => (n < 3 ? { kind: "status-503", done: n === 2, retryAfterSeconds: null } : null) });
    const manager = new Manager();

    expect(await manager.call(alertText(), block())).toEqual({ code: 0, output: "" });
    expect(served.requests.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(tickets().at(-1)?.description).toMatch(/^Possible repeat: an earlier call may have arrived\./);
  }, 20_000);

  it("gives up after three, with an exit code that says so", async () => {
    await serve();
    sink.scripted.push(...[1, 2, 3].map(() => textAnswer(429, "", { "retry-after": "1" })));
    const manager = new Manager();

    const ended = await manager.call(alertText(), block());

    expect(ended.code).toBe(9);
    expect(ended.output).toBe("custom-jira: Jira did not take the alert: HTTP 429 (try 3 of 3)\n");
    expect(served.requests).toHaveLength(3);
    expectNoSecret(manager.log, ended.output);
  }, 20_000);

  it("does not wait for a Jira that hangs beyond the block's own timeout", async () => {
    await serve({ faults: () => ({ kind: "timeout-not-done" }) });
    const manager = new Manager();

    const ended = await manager.call(alertText(), block({ timeout: 1, retries: 1 }));

    expect(ended.code).toBe(9);
    expectNoSecret(manager.log, ended.output);
  }, 20_000);

  it.each([
    ["a token that Jira does not know", jsonAnswer(403, {}), "HTTP 403"],
    ["another address", textAnswer(302, "", { location: "http://127.0.0.1:9/elsewhere" }), "HTTP 302"],
    ["a login page", textAnswer(200, "<html>"), "HTTP 200 with something that is not Jira's"],
  ])("does not try again after %s", async (_, answer, says) => {
    await serve();
    sink.scripted.push(answer);
    const manager = new Manager();

    const ended = await manager.call(alertText(), block());

    expect(ended.code).toBe(9);
    expect(ended.output).toContain(says);
    expect(served.requests).toHaveLength(1);
    expectNoSecret(manager.log, ended.output);
  });

  it("sends the token to nobody whose certificate it does not trust", async () => {
    const ca = new FakeCa("nobody's");
    await serve({ tls: ca.issue({ names: ["127.0.0.1"] }) });
    const manager = new Manager();

    const ended = await manager.call(alertText(), block());

    expect(ended.code).toBe(9);
    expect(ended.output).toContain("its certificate is not trusted");
    expect(served.requests).toEqual([]);
    expectNoSecret(manager.log, ended.output);
  });

  it.each([
    ["nobody listens", {}, 9, "Connection refused"],
    ["there is no address", { hookUrl: "" }, 8, "no <hook_url> is set"],
    ["the address has a space in it, on which integratord splits", { hookUrl: "https://jira.example/a b" }, 9, ""],
    ["the token has a space in it", { apiKey: `${TOKEN} x` }, 8, "<hook_url>"],
    ["there is no token", { apiKey: "" }, 8, "<api_key> is empty"],
    ["the address is not https", { hookUrl: "http://jira.example/x" }, 8, "not https"],
    ["the address is none", { hookUrl: "webhook-url" }, 8, "<hook_url> "],
    ["the address has a password in it", { hookUrl: `https://a:${TOKEN}@jira.example/` }, 8, "no user name"],
  ])("says what is wrong where %s", async (_, more, code, says) => {
    const url = await unreachableUrl();
    const manager = new Manager();

    const ended = await manager.call(alertText(), { hookUrl: url, apiKey: TOKEN, retries: 1, timeout: 1, ...more });

    expect(ended.code).toBe(code);
    expect(ended.output).toMatch(/^custom-jira: .+\n$/);
    expect(ended.output).toContain(says);
    expect(ended.output + manager.log).not.toContain(TOKEN);
    expect(ended.output + manager.log).not.toContain(url);
  });

  it.each([
    ["is missing", null, 6],
    ["is empty", "", 7],
    ["is half", alertText().slice(0, 100), 7],
    ["is in Wazuh's text format", "alertdate='x'\nalertlocation='y'\n", 7],
    ["is nested without end", `{"rule":{},"a":${"[".repeat(100_000)}`, 7],
    ["is no alert", "[1]", 7],
  ])("says so where the alert's file %s", async (_, text, code) => {
    await serve();
    const manager = new Manager();

    const ended = await manager.call(text, block());

    expect(ended.code).toBe(code);
    expect(ended.output).toMatch(/^custom-jira: .+\n$/);
    expect(served.requests).toEqual([]);
  });

  it("leaves it to Riposte to say what a half alert is", async () => {
    const manager = new Manager({ without: ["custom-riposte"] });
    manager.lives();
    const half = alertText().slice(0, 100);

    expect((await manager.call(half)).code).toBe(0);
    expect(manager.handedOver).toEqual([half]);
  });

  it.each(Object.entries(hostileTexts))("posts hostile text as text that Jira takes: %s", async (_, whole) => {
    const text = whole.slice(0, 200_000);
    await serve();
    const manager = new Manager();
    const agent = { id: text, name: text, ip: text };
    const alert = wazuhAlert({ id: text, level: 10, description: text, agent, location: text, fullLog: text });

    expect(await manager.call(JSON.stringify(alert), block())).toEqual({ code: 0, output: "" });
    const [issue] = tickets();
    expect(issue?.summary).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]|\{\{|\[~/u);
    expect(issue?.description).not.toMatch(/[\u202e\u2066]|\{\{|\[~|\{code\}/u);
    expect(manager.log.split("\n")).toHaveLength(2);
  });

  it("posts an alert with a number of any length", async () => {
    await serve();
    const alert = `{"rule":{"level":10,"id":"1","description":"d"},"x":${"1".repeat(10_000)}}`;

    expect((await new Manager().call(alert, block())).code).toBe(0);
    expect(tickets()[0]?.description).toContain("(level 10) d");
  });

  it("posts an alert that lacks everything but its rule, in bytes that are no UTF-8", async () => {
    await serve();
    const manager = new Manager();

    await manager.call(
      Buffer.from('{"rule":{"level":10},"full_log":"caf\xe9","agent":null,"data":[]}', "latin1"),
      block(),
    );

    expect(tickets()[0]?.description).toContain("caf\ufffd");
  });

  it.each([
    ["a project's key", "SEC", { project: { key: "SEC" } }],
    [
      "fields of a ticket",
      '{"issuetype":{"name":"Bug"},"labels":["x"]}',
      { issuetype: { name: "Bug" }, labels: ["x"] },
    ],
    ["no JSON", "{oops", { issuetype: { name: "Task" } }],
    ["nothing", "", { issuetype: { name: "Task" } }],
  ])("takes options: %s", async (_, options, expected) => {
    await serve();
    const manager = new Manager();

    expect((await manager.call(alertText(), block({ options }))).code).toBe(0);
    expect(tickets()[0]?.body["data"]).toMatchObject(expected);
  });

  it("works with integratord's debug argument as well", async () => {
    await serve();

    expect((await new Manager().call(alertText(), block({ debug: true }))).code).toBe(0);
    expect(tickets()).toHaveLength(1);
  });

  it("never ends with the exit code at which integratord logs the whole command", async () => {
    const manager = new Manager({ without: ["custom-jira.py"] });

    const ended = await manager.call(alertText(), { hookUrl: "https://jira.example/", apiKey: TOKEN });

    expect(ended.code).toBe(3);
    expect(ended.output).toContain("custom-jira.py beside this script is missing");
  });

  it("imports nothing that another put beside it", async () => {
    await serve();
    const manager = new Manager();
    for (const name of ["json", "ssl", "stat"]) {
      writeFileSync(join(manager.home, "integrations", `${name}.py`), "raise SystemExit(99)");
      mkdirSync(join(manager.home, name), { recursive: true });
    }

    expect((await manager.call(alertText(), block())).code).toBe(0);
  });

  it("is written for Python 3.8 and its standard library alone", () => {
    const check = `
import ast, sys
tree = ast.parse(open(sys.argv[1]).read(), feature_version=(3, 8))
names = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
names += [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
print(" ".join(sorted({name.split(".")[0] for name in names})))
`;
    const found = spawnSync(python ?? "", ["-c", check, source], { encoding: "utf8" });

    expect(found.stdout.trim()).toBe("http json os re signal socket ssl stat sys time urllib");
  });
});
