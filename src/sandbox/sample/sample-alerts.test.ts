import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "./fleet.ts";
import { sampleAlerts, sampleEvents } from "./sample-alerts.ts";

const START = Date.UTC(2026, 10, 3, 7, 10);
const KEY_ORDER = [
  "timestamp",
  "rule",
  "agent",
  "manager",
  "id",
  "cluster",
  "previous_output",
  "full_log",
  "syscheck",
  "predecoder",
  "decoder",
  "data",
  "location",
];

interface Alert {
  timestamp: string;
  rule: { id: string; level: number; firedtimes: number; description: string };
  agent: { id: string; name: string; ip: string };
  id: string;
  full_log?: string;
  previous_output?: string;
}

function lines(count: number, seed = 1): readonly string[] {
  return sampleAlerts(seed, START).take(count).toArray();
}

function alerts(count: number, seed = 1): readonly Alert[] {
  return lines(count, seed).map((line) => JSON.parse(line) as Alert);
}

describe("the sample", () => {
  test("begins every line with Wazuh's sixty bytes", () => {
    for (const line of lines(2_000)) {
      expect(line.slice(0, 60)).toMatch(
        /^\{"timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000","rule":\{"level":$/,
      );
      expect(line.slice(60)).toMatch(/^\d+,/);
    }
  });

  test("keeps Wazuh's key order, and the rule's", () => {
    for (const line of lines(2_000)) {
      const alert = JSON.parse(line) as Record<string, object>;
      expect(Object.keys(alert)).toEqual(KEY_ORDER.filter((key) => key in alert));
      const rule = Object.keys(alert["rule"] ?? {});
      const known = ["level", "description", "id", "mitre", "frequency", "firedtimes", "mail", "groups"];
      expect(rule.slice(0, known.filter((key) => rule.includes(key)).length)).toEqual(
        known.filter((key) => rule.includes(key)),
      );
    }
  });

  test("holds no line break and no raw control character in a line", () => {
    for (const line of lines(2_000)) expect(line).not.toMatch(/[\u0000-\u001f]/);
  });

  test("says the same for the same seed and something else for another", () => {
    expect(lines(500)).toEqual(lines(500));
    expect(lines(500, 2)).not.toEqual(lines(500));
  });

  test("goes forward in time and in the offset of its ids", () => {
    const seen = alerts(2_000);
    for (const [index, alert] of seen.entries()) {
      const before = seen[index - 1];
      expect(alert.id.split(".")[0]).toBe(String(Math.floor(Date.parse(alert.timestamp) / 1000)));
      if (before === undefined) continue;
      expect(Date.parse(alert.timestamp)).toBeGreaterThanOrEqual(Date.parse(before.timestamp));
      expect(Number(alert.id.split(".")[1])).toBeGreaterThan(Number(before.id.split(".")[1]));
    }
  });

  test("counts how often each rule has fired", () => {
    const fired = alerts(500)
      .filter((alert) => alert.rule.id === "5715")
      .map((alert) => alert.rule.firedtimes);
    expect(fired).toEqual(fired.map((_, index) => index + 1));
  });

  test("is mostly noise, starts its stories within two seconds and tells each kind in the first minute", () => {
    const minute = alerts(500).filter((alert) => Date.parse(alert.timestamp) < START + 60_000);
    const noise = minute.filter((alert) => alert.rule.level <= 5);
    const firstStory = minute.find((alert) => ["5503", "504"].includes(alert.rule.id));

    expect(noise.length / minute.length).toBeGreaterThan(0.9);
    expect(Date.parse(firstStory?.timestamp ?? "")).toBeLessThan(START + 2_000);
    for (const id of ["504", "120100", "5712", "550", "5763", "40112", "60122", "60204", "92213"]) {
      expect(minute.map((alert) => alert.rule.id)).toContain(id);
    }
    expect(minute.filter((alert) => alert.rule.level === 15)).toHaveLength(1);
  });

  test("brings every lost agent back, and the level 15 only once", () => {
    const hour = alerts(18_000);
    const lost = hour.filter((alert) => alert.rule.id === "504").length;
    const back = hour.filter((alert) => alert.rule.id === "503").length;
    expect(lost).toBeGreaterThan(10);
    expect(lost - back).toBeLessThanOrEqual(5);
    expect(hour.filter((alert) => alert.rule.level === 15)).toHaveLength(1);
  });

  test("gives a counting rule the logs that it counted", () => {
    const forced = alerts(500).find((alert) => alert.rule.id === "5763");
    expect(forced?.previous_output?.split("\n")).toHaveLength(7);
    expect(forced?.full_log).toMatch(/^Nov  3 07:1\d:\d\d \S+ sshd\[\d+\]: Failed password for /);
  });

  test("has names in it that attackers would type", () => {
    const text = alerts(20_000)
      .map((alert) => alert.full_log ?? "")
      .join("\n");
    for (const name of HOSTILE_NAMES) expect(text).toContain(name);
  });

  test("uses only addresses that are kept for documentation", () => {
    const addresses = lines(5_000).flatMap((line) => line.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? []);
    const outside = addresses.filter((address) => !/^(192\.0\.2|198\.51\.100|203\.0\.113)\./.test(address));
    expect(outside).toEqual([]);
  });

  test("makes as much noise as it is asked for", () => {
    const upTo = START + 100_000;
    const events = sampleEvents({ seed: 3, startAt: START, eventsPerSecond: 50, offset: 0 });
    let count = 0;
    while (events.next().value.at < upTo) count++;
    expect(count).toBeGreaterThan(4_500);
    expect(count).toBeLessThan(5_700);
  });
});
