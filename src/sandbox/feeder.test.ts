import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFeeder, sampleAlerts } from "./feeder.ts";
import type { Feeder, FeederOptions } from "./feeder.ts";

const START = Date.UTC(2026, 10, 23, 7, 10);

let directory: string;
let path: string;
let now: number;
const running: Feeder[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "feeder-"));
  path = join(directory, "alerts", "alerts.json");
  now = START;
});

afterEach(() => {
  for (const feeder of running.splice(0)) feeder.stop();
  rmSync(directory, { recursive: true });
});

function started(options: Partial<FeederOptions> = {}): Feeder {
  const feeder = createFeeder({ path, seed: 1, eventsPerSecond: 5, clock: { now: () => now }, ...options });
  running.push(feeder);
  feeder.start();
  return feeder;
}

function pass(feeder: Feeder, ms: number): void {
  for (const end = now + ms; now < end;) {
    now += 100;
    feeder.turn();
  }
}

function dated(name: string, month = "Nov"): string {
  return join(directory, "alerts", "2026", month, name);
}

describe("the feeder", () => {
  test("hard-links the dated file as alerts.json, and it is there as soon as it has started", () => {
    started();

    expect(statSync(path).ino).toBe(statSync(dated("ossec-alerts-23.json")).ino);
    expect(statSync(path).nlink).toBe(2);
    expect(statSync(path).size).toBe(0);
  });

  test("writes the sample's lines, each when its time has come", () => {
    const feeder = started();

    pass(feeder, 5_000);
    feeder.stop();

    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines).toEqual(sampleAlerts(1, START).take(lines.length).toArray());
    expect(lines.length).toBe(feeder.fed());
    expect(lines.every((line) => Date.parse(JSON.parse(line).timestamp) <= START + 5_000)).toBe(true);
  });

  test("flushes about once a second and leaves a partial last line when its buffer filled before that", () => {
    const feeder = started({ eventsPerSecond: 20 });

    pass(feeder, 900);
    const partial = readFileSync(path);
    pass(feeder, 100);

    expect(partial.length % 4_096).toBe(0);
    expect(partial.length).toBeGreaterThan(0);
    expect(partial.at(-1)).not.toBe(10);
    expect(readFileSync(path).at(-1)).toBe(10);
  });

  test("goes on in the same file after a restart on the same day, with ids that go on too", () => {
    const first = started();
    pass(first, 3_000);
    first.stop();
    const before = readFileSync(path);
    const { ino } = statSync(path);

    pass(started(), 3_000);
    running.at(-1)?.stop();

    const after = readFileSync(path);
    expect(statSync(path).ino).toBe(ino);
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    const next = JSON.parse(after.subarray(before.length).toString().split("\n")[0] ?? "");
    expect(next.id).toMatch(new RegExp(`\\.${before.length}$`));
  });

  test("begins a new dated file at midnight and links that one", () => {
    now = Date.UTC(2026, 10, 30, 23, 59, 58);
    const feeder = started();

    pass(feeder, 6_000);
    feeder.stop();

    const november = readFileSync(dated("ossec-alerts-30.json"), "utf8");
    const december = readFileSync(dated("ossec-alerts-01.json", "Dec"), "utf8");
    expect(statSync(path).ino).toBe(statSync(dated("ossec-alerts-01.json", "Dec")).ino);
    expect(november.endsWith("}\n")).toBe(true);
    expect(december).toMatch(/^\{"timestamp":"2026-12-01T00:00:0/);
    expect(`${november}${december}`.trimEnd().split("\n")).toHaveLength(feeder.fed());
  });

  test("rotates by size, numbers the files as Wazuh does and keeps only the last ones", () => {
    const feeder = started({ maxFileBytes: 20_000, keptFiles: 2 });

    pass(feeder, 30_000);
    feeder.stop();

    const names = readdirSync(join(directory, "alerts", "2026", "Nov")).sort();
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^ossec-alerts-23-\d{3}\.json$/);
    expect(statSync(path).ino).toBe(statSync(dated(names.at(-1) ?? "")).ino);
  });

  test("starts afresh after a long sleep instead of making up for it", () => {
    const feeder = started();
    pass(feeder, 1_000);
    const before = feeder.fed();

    now += 3_600_000;
    feeder.turn();

    expect(feeder.fed()).toBe(before);
    pass(feeder, 5_000);
    expect(feeder.fed()).toBeGreaterThan(before);
  });
});
