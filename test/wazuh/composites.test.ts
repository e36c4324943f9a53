// Wazuh's composites as policies of ours: they must open at the very event at which Wazuh writes them.
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { snapshotOf } from "../../src/config/snapshot.ts";
import { connectors } from "../../src/connectors/index.ts";
import { accept } from "../../src/core/accept.ts";
import { compilePolicies, matchAlert } from "../../src/core/match.ts";
import { compileRefusal } from "../../src/core/refusal.ts";
import { View } from "../../src/core/view.ts";
import { re2 } from "../../src/ports/regex.ts";
import { createLineJudge } from "../../src/sources/line-judge.ts";
import { aStretch } from "../fixtures/kept-alerts.ts";
import { MemoryRows } from "../fixtures/memory-rows.ts";
import { describeWithSharedData } from "../shared-data.ts";

const policies = readFileSync(new URL("../fixtures/wazuh-composites.yaml", import.meta.url), "utf8");
const text = [
  "wazuh: { alerts: /var/ossec/logs/alerts/alerts.json }",
  "destinations: { chat: { type: slack, webhook: { file: /etc/riposte/slack } } }",
  "policies:",
  ...policies.split("\n").map((line) => `  ${line}`),
].join("\n");

function load() {
  const loaded = loadConfig(text, "riposte.yaml", connectors);
  if (loaded.kind === "refused") throw new Error(loaded.errors.map(({ says }) => says).join("\n"));
  return loaded;
}

const applied = snapshotOf(load().config, connectors);
const judge = createLineJudge(compilePolicies(applied.policies, re2), compileRefusal(applied.policies), matchAlert);

/** What opened at which line, from 1, as `LINE POLICY xCOUNT`. */
function openedBy(lines: readonly string[]): readonly string[] {
  const rows = new MemoryRows();
  const opened: string[] = [];
  lines.forEach((line, i) => {
    const bytes = Buffer.from(line);
    if (judge.refuse(bytes, 0, bytes.length)) return;
    const judged = judge.judge(line, 0);
    if (judged.kind !== "kept") return;
    const known = rows.incidents.size;
    const view = new View(rows.facts());
    accept(view, aStretch([judged.alert]), { now: judged.alert.at, random: () => 0, snapshot: applied.snapshot });
    rows.apply(view.changes());
    for (const { id, policy, count } of rows.incidents.values())
      if (id > known) opened.push(`${i + 1} ${policy} x${count}`);
  });
  return opened;
}

interface Event {
  readonly rule: string;
  readonly second: number;
  readonly groups?: readonly string[];
  readonly agent?: string;
  readonly data?: object;
}

let ids = 0;

function line({ rule, second, groups = ["authentication_failed"], agent = "003", data }: Event): string {
  const timestamp = new Date(Date.UTC(2026, 7, 20, 9) + second * 1_000).toISOString().replace("Z", "+0000");
  return JSON.stringify({
    timestamp,
    rule: { level: 5, description: `rule ${rule}`, id: rule, firedtimes: 1, mail: false, groups },
    agent: { id: agent, name: `web-${agent}` },
    manager: { name: "manager" },
    id: `1787216400.${(ids += 1)}`,
    full_log: "x",
    decoder: { name: "sshd" },
    data: data ?? { srcip: "198.51.100.23" },
    location: "journald",
  });
}

/** So many events, of which the last is the one at which Wazuh writes its composite. */
function stream(count: number, of: Omit<Event, "second">, composite: string | null, spreadSeconds: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const second = (i * spreadSeconds) / (count - 1);
    const isLast = i === count - 1 && composite !== null;
    return line(isLast ? { ...of, rule: composite, groups: ["authentication_failures"], second } : { ...of, second });
  });
}

const windows = { win: { eventdata: { ipAddress: "198.51.100.23", targetUserName: "administrator" } } };
interface Composite {
  readonly composite: string;
  readonly base: string;
  readonly frequency: number;
  readonly timeframe: number;
  readonly groups: readonly string[];
  readonly data?: object;
}

const failed = ["authentication_failed"];
const composites: readonly Composite[] = [
  { composite: "5712", base: "5710", frequency: 8, timeframe: 120, groups: ["x"] },
  { composite: "5763", base: "5760", frequency: 8, timeframe: 120, groups: ["x"] },
  { composite: "5720", base: "5716", frequency: 8, timeframe: 360, groups: ["x"] },
  { composite: "5551", base: "5503", frequency: 8, timeframe: 180, groups: ["x"] },
  { composite: "40111", base: "2501", frequency: 12, timeframe: 160, groups: failed },
  { composite: "60204", base: "60122", frequency: 8, timeframe: 240, groups: failed, data: windows },
];

describe("Wazuh's composites as policies", () => {
  it("have nothing that check would warn of", () => {
    expect(load().warnings).toEqual([]);
  });

  describe.each(composites)("$composite", ({ composite, base, frequency, timeframe, groups, data }) => {
    const of = { rule: base, groups, ...(data !== undefined && { data }) };

    it.each([composite, null])("opens at the event at which Wazuh writes it, written or not (%s)", (written) => {
      const opened = openedBy(stream(frequency, of, written, timeframe));

      expect(opened).toEqual([`${frequency} composite-${composite} x${frequency}`]);
    });

    it("does not open for one less, nor for as many that take longer", () => {
      expect(openedBy(stream(frequency - 1, of, null, timeframe / 2))).toEqual([]);
      expect(openedBy(stream(frequency, of, null, timeframe + 1))).toEqual([]);
    });

    it("counts each agent and each address by itself", () => {
      const other =
        data === undefined ? { srcip: "203.0.113.9" } : { win: { eventdata: { ipAddress: "203.0.113.9" } } };
      const half = frequency / 2;

      expect(openedBy([...stream(half, of, null, 1), ...stream(half, { ...of, agent: "004" }, null, 1)])).toEqual([]);
      expect(openedBy([...stream(half, of, null, 1), ...stream(half, { ...of, data: other }, null, 1)])).toEqual([]);
    });
  });

  it("40112 opens for a success after a composite, in its time and from the same address", () => {
    const failures = line({ rule: "5712", second: 0, groups: ["authentication_failures"] });
    const success = (second: number, of: Partial<Event> = {}) =>
      line({ rule: "5715", second, groups: ["authentication_success"], ...of });

    expect(openedBy([failures, success(240)])).toEqual(["2 composite-40112 x2"]);
    expect(openedBy([failures, line({ rule: "40112", second: 240, groups: ["attacks"] })])).toEqual([
      "2 composite-40112 x2",
    ]);
    expect(openedBy([failures, success(241)])).toEqual([]);
    expect(openedBy([failures, success(9, { data: { srcip: "203.0.113.9" } })])).toEqual([]);
    expect(openedBy([success(0), line({ rule: "5712", second: 9, groups: ["authentication_failures"] })])).toEqual([]);
  });

  it("a login after failures needs no composite", () => {
    const failures = stream(8, { rule: "60000" }, null, 100);

    expect(openedBy([...failures, line({ rule: "5715", second: 101, groups: ["authentication_success"] })])).toEqual([
      "9 login-after-failures x9",
    ]);
  });

  test.each(["-", "::1", "127.0.0.1"])("logins on the machine itself (%s) are nobody's address", (ipAddress) => {
    const data = { win: { eventdata: { ipAddress } } };

    expect(openedBy(stream(8, { rule: "60122", data }, null, 100))).toEqual([]);
  });
});

describeWithSharedData("the composites of sample alerts", (fileNamed) => {
  const lines = readFileSync(fileNamed("alerts-synthetic-scenarios.jsonl"), "utf8").trimEnd().split("\n");
  const ruleOf = (written: string) => (JSON.parse(written) as { rule: { id: string } }).rule.id;
  const places = (rule: string) => lines.flatMap((written, i) => (ruleOf(written) === rule ? [i + 1] : []));

  test("open at the lines at which Wazuh wrote them, and nowhere else", () => {
    expect(openedBy(lines)).toEqual([
      ...places("5712").map((n) => `${n} composite-5712 x8`),
      ...places("5763").map((n) => `${n} composite-5763 x8`),
    ]);
  });

  test("open at the same lines where Wazuh writes no composites", () => {
    const plain = lines.map((written) =>
      written.replace('"id":"5712"', '"id":"5710"').replace('"id":"5763"', '"id":"5760"'),
    );

    expect(openedBy(plain)).toEqual([
      ...places("5712").map((n) => `${n} composite-5712 x8`),
      ...places("5763").map((n) => `${n} composite-5763 x8`),
    ]);
  });
});
