import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test, vi } from "vitest";
import { loadConfig } from "../../config/load.ts";
import { connectors } from "../../connectors/index.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { replay, type ReplayFailure, type ReplayOptions } from "./replay.ts";
import type { ReplayReport } from "./report.ts";

const BEGIN = Date.UTC(2024, 2, 4, 8);

const POLICIES = `
  - { name: lost, when: { rule.id: 504 }, clear: { rule.id: 503 }, hold: 30m, group_by: [agent.id], severity: high }
  - { name: burst, when: { rule.id: 5763 }, group_by: [data.srcip], severity: critical, resolve_after: 2h, collapse: off }
  - { name: storm, when: { rule.id: 5551 }, group_by: [agent.id], severity: high, resolve_after: 30m }
  - { name: spray, when: { rule.id: 5710 }, window: { count: 3, within: 5m, same: [data.srcip] }, severity: high }
  - { name: backup, when: { rule.id: 300 }, window: { absent: true, within: 9h }, severity: high }`;

test("a hold that is cleared in time tells nobody, and one that is not tells at the time when it is over", async () => {
  const folder = newFolder();
  const path = write(folder, "alerts.json", [
    alert(BEGIN, { rule: "504", agent: "001" }),
    alert(BEGIN + 10 * MINUTE_MS, { rule: "503", agent: "001" }),
    // Its hold is over on the next day.
    alert(BEGIN + 16 * HOUR_MS - 10 * MINUTE_MS, { rule: "504", agent: "002" }),
    alert(BEGIN + 17 * HOUR_MS, { rule: "1" }),
  ]);

  const report = await replayed([path]);

  expect(report.incidents).toMatchObject({ opened: 1, neverSeen: 1, unresolved: 1 });
  expect(report.days.map(({ day, incidents, calls }) => [day, incidents, calls["chat"]])).toEqual([
    ["2024-03-04", 0, 0],
    ["2024-03-05", 1, 1],
  ]);
});

test("every line is counted once, and what can't be read is shown with its place", async () => {
  const folder = newFolder();
  const same = alert(BEGIN, { rule: "5763" });
  const path = write(folder, "alerts.json", [same, "no alert", same, alert(BEGIN + 1, { rule: "5763" }), "", "[]"]);

  const { lines, unreadable } = await replayed([path]);

  expect(lines).toMatchObject({ read: 6, matched: 3, ignored: 1, unreadable: 2, duplicate: 1 });
  expect(unreadable.map(({ line, why, text }) => [line, why, text])).toEqual([
    [2, "not_json", "no alert"],
    [6, "not_an_alert", "[]"],
  ]);
});

test("incidents end by quiet in the time of the alerts, and what comes after reopens them", async () => {
  const folder = newFolder();
  const path = write(folder, "alerts.json", [
    alert(BEGIN, { rule: "5763" }),
    alert(BEGIN + MINUTE_MS, { rule: "5763" }),
    alert(BEGIN + 4 * HOUR_MS, { rule: "5763" }),
    alert(BEGIN + 9 * HOUR_MS, { rule: "1" }),
  ]);

  const { incidents, destinations } = await replayed([path]);

  expect(incidents).toMatchObject({ opened: 1, reopened: 1, resolved: 2, unresolved: 0 });
  expect(destinations.map(({ name, actions }) => [name, actions])).toEqual([
    ["chat", { post: 4 }],
    ["tickets", { create: 1 }],
  ]);
});

test("a window opens in the time of the alerts when it is full, and an absence when it should have come again", async () => {
  const folder = newFolder();
  const path = write(folder, "alerts.json", [
    ...[0, 1, 2].map((n) => alert(BEGIN + n * MINUTE_MS, { rule: "5710" })),
    ...[0, 1, 2].map((n) => alert(BEGIN + HOUR_MS + n * 10 * MINUTE_MS, { rule: "5710" })),
    alert(BEGIN + 2 * HOUR_MS, { rule: "300" }),
    // Long after it was expected again, and with no line between that would have said what time it is.
    alert(BEGIN + 20 * HOUR_MS, { rule: "1" }),
  ]);

  const report = await replayed([path]);

  expect(report.policies.map(({ name, incidents }) => [name, incidents])).toEqual(
    expect.arrayContaining([
      ["spray", 1],
      ["backup", 1],
    ]),
  );
  expect(report.incidents).toMatchObject({ opened: 2 });
});

test("what is told together is one message and one more when all of it is over, and is said", async () => {
  const folder = newFolder();
  const agents = Array.from({ length: 300 }, (_, i) => alert(BEGIN + i * 10, { rule: "5551", agent: `${i}` }));
  const path = write(folder, "alerts.json", [...agents, alert(BEGIN + 2 * HOUR_MS, { rule: "1" })]);

  const report = await replayed([path]);

  expect(report.incidents).toMatchObject({ opened: 300, unresolved: 0, collapsed: 300, massEvents: 1, neverSeen: 0 });
  expect(report.destinations[0]).toMatchObject({ calls: 2 });
  expect(report.policies.find(({ name }) => name === "storm")).toMatchObject({ incidents: 300 });
  expect(report.waiting).toBe(0);
});

test("a destination's pace folds what waits together, and the longest wait is said", async () => {
  const folder = newFolder();
  const flapping = Array.from({ length: 200 }, (_, i) => [
    alert(BEGIN + i * 10_000, { rule: "5763", source: `10.0.0.${i}` }),
  ]).flat();
  const path = write(folder, "alerts.json", flapping);

  const report = await replayed([path], { pace: "{ max: 1, per: 1m }" });

  const [chat] = report.destinations;
  // A message a minute: for the 33 minutes of alerts, and the hour after.
  expect(chat?.calls).toBeGreaterThan(90);
  expect(chat?.calls).toBeLessThan(96);
  expect(report.waiting).toBe(200 - (chat?.calls ?? 0));
  expect(chat?.longestWaitMs).toBeGreaterThan(HOUR_MS);
});

test("Wazuh's folder is read in the order of its days, packed files too, and the live file's second name once", async () => {
  const folder = newFolder();
  const day = (n: number, rule = "5763") => alert(BEGIN + n * DAY_MS, { rule, source: `10.0.0.${n}` });
  write(folder, "2024/Mar/ossec-alerts-04.json", [day(0)]);
  writeFileSync(join(folder, "2024/Mar/ossec-alerts-05.json.gz"), gzipSync(`${day(1)}\n`));
  mkdirSync(join(folder, "2024/Feb"));
  writeFileSync(join(folder, "2024/Feb/ossec-alerts-29.json.gz"), gzipSync(`${day(-4)}\n`));
  const live = write(folder, "2024/Mar/ossec-alerts-06.json", [day(2)]);
  linkSync(live, join(folder, "alerts.json"));
  write(folder, "2024/Mar/ossec-archive-06.json", ["not asked for"]);
  write(folder, "alerts.log", ["not asked for"]);

  const report = await replayed([folder]);

  expect(report.lines).toMatchObject({ read: 4, matched: 4, late: 0, duplicate: 0 });
  expect(report.files).toHaveLength(4);
  expect(report.days.map(({ day: name }) => name)).toEqual(["2024-02-29", "2024-03-04", "2024-03-05", "2024-03-06"]);
});

test("files that are named out of order are put in order by their first alerts", async () => {
  const folder = newFolder();
  const late = write(folder, "a.json", [alert(BEGIN + DAY_MS, { rule: "5763" })]);
  const early = write(folder, "b.json", ["rubbish", alert(BEGIN, { rule: "5763" })]);

  const report = await replayed([late, early]);

  expect(report.files.map(({ path }) => path)).toEqual([early, late]);
  expect(report.lines.late).toBe(0);
});

test("one alert from the future moves no clock, and alerts that come late are counted as such", async () => {
  const folder = newFolder();
  const path = write(folder, "alerts.json", [
    alert(BEGIN, { rule: "504", agent: "001" }),
    alert(Date.UTC(2099, 0), { rule: "5763", source: "10.9.9.9" }),
    alert(BEGIN + 5 * HOUR_MS, { rule: "5763", source: "10.0.0.1" }),
    alert(BEGIN + 5 * HOUR_MS + 1_000, { rule: "5763", source: "10.0.0.2" }),
    alert(BEGIN, { rule: "5763", source: "10.0.0.3" }),
  ]);

  const report = await replayed([path]);

  expect(report.lines.late).toBe(1);
  expect(report.days.filter(({ incidents }) => incidents > 0).map(({ day }) => day)).toEqual(["2024-03-04"]);
});

test("only what happened between --from and --to is replayed", async () => {
  const folder = newFolder();
  const hours = Array.from({ length: 5 }, (_, i) => alert(BEGIN + i * HOUR_MS, { rule: "5763" }));
  const path = write(folder, "alerts.json", hours);

  const { lines } = await replayed([path], { fromAt: BEGIN + HOUR_MS, toAt: BEGIN + 3 * HOUR_MS });

  expect(lines).toMatchObject({ read: 2, passedOver: 3, matched: 2 });
});

test("of a packed file that is cut off everything counts that comes out, and it is named", async () => {
  const folder = newFolder();
  const whole = gzipSync(
    Array.from({ length: 2_000 }, (_, i) => `${alert(BEGIN + i, { rule: String(i) })}\n`).join(""),
  );
  const path = join(folder, "alerts.json.gz");
  writeFileSync(path, whole.subarray(0, whole.length / 2));

  const { files, lines } = await replayed([path]);

  expect(files[0]?.trouble).toMatch(/^is damaged or cut off/);
  expect(lines.read).toBeGreaterThan(100);
});

test.each([
  ["a file that is not there", "gone.json", "missing", /there is no such file\. Name/],
  ["a folder without alerts", ".", "no_alerts", /a folder without alerts\. Name/],
  ["an empty file", "empty.json", "no_alerts", /empty\. Name files that hold alerts/],
])("%s is told in a sentence that says what to do", async (_, name, code, says) => {
  const folder = newFolder();
  writeFileSync(join(folder, "empty.json"), "");

  const failed = await attempt([join(folder, name)]);

  expect(failed).toMatchObject({ kind: "failed", code });
  expect((failed as ReplayFailure).says).toMatch(says);
});

test("nothing stays behind, also when it was stopped in the middle", async () => {
  const folder = newFolder();
  const temporary = newFolder();
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  const path = write(folder, "alerts.json", [alert(BEGIN, { rule: "5763" })]);
  const stop = new AbortController();

  const report = await attempt([path], { signal: stop.signal, progress: () => stop.abort() });

  expect(report).toMatchObject({ kind: "replayed", isWhole: false });
  expect(readdirSync(temporary)).toEqual([]);
});

test("a place without room to work in is named, and how to choose another", async () => {
  const folder = newFolder();
  vi.stubEnv("TMPDIR", join(folder, "nowhere"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const path = write(folder, "alerts.json", [alert(BEGIN, { rule: "5763" })]);

  expect(await attempt([path])).toMatchObject({
    code: "unwritable",
    says: expect.stringContaining("TMPDIR") as string,
  });
});

interface Few {
  readonly rule: string;
  readonly agent?: string;
  readonly source?: string;
}

function alert(at: number, { rule, agent = "001", source = "192.0.2.1" }: Few): string {
  return JSON.stringify({
    timestamp: new Date(at).toISOString().replace("Z", "+0000"),
    rule: { level: 10, description: `rule ${rule}`, id: rule, groups: ["test"] },
    agent: { id: agent, name: `agent-${agent}` },
    manager: { name: "m" },
    id: `${Math.floor(at / 1_000)}.${at % 1_000}${rule}`,
    data: { srcip: source },
  });
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "riposte-replay-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function write(folder: string, name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

type More = Partial<Pick<ReplayOptions, "fromAt" | "toAt" | "signal" | "progress">> & { readonly pace?: string };

async function attempt(named: readonly string[], { pace, ...more }: More = {}): Promise<ReplayReport | ReplayFailure> {
  const text = `store: sqlite:/nowhere/riposte.db
wazuh: { alerts: /nowhere/alerts.json }
destinations:
  chat: { type: slack, webhook: { file: /nowhere/slack }${pace === undefined ? "" : `, pace: ${pace}`} }
  tickets: { type: jira-automation, secret: { file: /nowhere/jira } }
policies:${POLICIES}`;
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  const { config } = loaded;
  const signal = new AbortController().signal;
  return replay({ config, named, fromAt: null, toAt: null, progress: () => {}, signal, ...more });
}

async function replayed(named: readonly string[], more: More = {}): Promise<ReplayReport> {
  const report = await attempt(named, more);
  if (report.kind === "failed") throw new Error(report.says);
  return report;
}
