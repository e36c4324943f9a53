import { afterAll, beforeAll, expect, test } from "vitest";
import config from "../../oxlint.config.ts";
import { findings } from "./house-rules.ts";
import { everyPair } from "./import-pairs.ts";
import { innocents, violations } from "./planted-lint.ts";
import { plant, type PlantedRepository } from "./planted-repository.ts";

interface Report {
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly code: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

const pairs = everyPair();
let planted: PlantedRepository;
let report: Report;

beforeAll(() => {
  const files = violations.map(({ path, text }) => [path, text] as const);
  planted = plant({ ...innocents, ...Object.fromEntries([...files, ...pairs.files]) });
  report = JSON.parse(planted.run("oxlint", "--format", "json", "src", "test").stdout) as Report;
});

afterAll(() => planted.remove());

test.each(violations)("lint reports $rule in $path", ({ rule, path }) => {
  expect(rulesIn(path)).toContain(rule);
});

test("every rule that is set has a planted violation", () => {
  const sets = [config.rules, ...config.overrides.map((one) => one.rules ?? {})];
  const on = sets.flatMap((rules) => Object.entries(rules).filter(([, how]) => how !== "off")).map(([name]) => name);
  const names = new Set(on.map((name) => (name.includes("/") ? name.replace("/", "(") : `eslint(${name}`) + ")"));
  const planted = new Set(violations.map(({ rule }) => rule));

  expect([...names].filter((name) => !planted.has(name))).toEqual([]);
});

test("lint lets files be that keep the rules", () => {
  expect(Object.keys(innocents).flatMap((path) => rulesIn(path).map((rule) => `${path} ${rule}`))).toEqual([]);
});

test("lint and the import graph say the same of every pair of folders, every module and every package", () => {
  const stand = new Map([...pairs.targets.map((path) => [path, ""] as const), ...pairs.files]);
  const graph = findings({ files: stand, dependencies: pairs.packages, long: {} });
  const byGraph = graph
    .filter(({ rule }) => ["table", "module", "package"].includes(rule))
    .map(({ path, line }) => `${path}:${line}`);
  const byLint = report.diagnostics
    .filter(({ code }) => code === "eslint(no-restricted-imports)")
    .map(({ filename, labels }) => `${filename}:${labels[0]?.span.line}`);

  expect(refusals(byLint)).toEqual(refusals(byGraph));
  expect(byLint.length).toBeGreaterThan(1000);
});

function refusals(places: readonly string[]): string[] {
  const refused = new Set(places);
  return [...pairs.files].flatMap(([path, text]) =>
    text.split("\n").flatMap((line, at) => (refused.has(`${path}:${at + 1}`) ? [`${path}: ${line}`] : [])),
  );
}

function rulesIn(path: string): string[] {
  return [...new Set(report.diagnostics.filter(({ filename }) => filename === path).map(({ code }) => code))];
}
