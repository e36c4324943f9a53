import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findings } from "./house-rules.ts";
import { type Planted, plant } from "./planted.ts";
import { everyPair, pairText } from "./import-pairs.ts";

interface Plant {
  readonly rule: string;
  readonly path: string;
  readonly text: string;
}

const union = 'export type Kind = { kind: "a" } | { kind: "b" };\n';
const bad: readonly Plant[] = [
  { rule: "typescript(no-floating-promises)", path: "src/engine/forgotten.ts", text: "export function go(): void {\n  Promise.resolve(1);\n}\n" },
  { rule: "typescript(no-floating-promises)", path: "src/engine/forgotten-void.ts", text: "export function go(): void {\n  void Promise.resolve(1);\n}\n" },
  { rule: "typescript(no-misused-promises)", path: "src/engine/misused.ts", text: "export function go(): void {\n  [1].forEach(async () => {\n    await Promise.resolve(1);\n  });\n}\n" },
  { rule: "typescript(switch-exhaustiveness-check)", path: "src/core/missing-case.ts", text: `${union}export function go(k: Kind): number {\n  switch (k.kind) {\n    case "a":\n      return 1;\n  }\n  return 0;\n}\n` },
  { rule: "typescript(switch-exhaustiveness-check)", path: "src/core/hiding-default.ts", text: `${union}export function go(k: Kind): number {\n  switch (k.kind) {\n    case "a":\n      return 1;\n    default:\n      return 0;\n  }\n}\n` },
  { rule: "typescript(switch-exhaustiveness-check)", path: "src/core/needless-default.ts", text: `${union}export function go(k: Kind): number {\n  switch (k.kind) {\n    case "a":\n      return 1;\n    case "b":\n      return 2;\n    default:\n      return 0;\n  }\n}\n` },
  { rule: "import(no-cycle)", path: "src/core/circle.ts", text: 'import { b } from "./circle-back.ts";\nexport const a = (): number => b();\n' },
  { rule: "import(no-default-export)", path: "src/core/default.ts", text: "export default 1;\n" },
  { rule: "typescript(no-explicit-any)", path: "src/core/any.ts", text: "export const a: any = 1;\n" },
  { rule: "typescript(no-unsafe-assignment)", path: "src/sources/parsed.ts", text: 'export const a: { b: number } = JSON.parse("{}");\n' },
  { rule: "typescript(no-unsafe-member-access)", path: "src/sources/member.ts", text: 'export const a: unknown = JSON.parse("{}").b;\n' },
  { rule: "typescript(no-unsafe-call)", path: "src/sources/called.ts", text: 'export const a: unknown = JSON.parse("{}")();\n' },
  { rule: "typescript(no-unsafe-return)", path: "src/sources/returned.ts", text: 'export function a(): string {\n  return JSON.parse("{}");\n}\n' },
  { rule: "typescript(no-unsafe-argument)", path: "src/sources/argument.ts", text: 'export const a = Number.parseInt(JSON.parse("{}"), 10);\n' },
  { rule: "typescript(no-namespace)", path: "src/core/space.ts", text: "export namespace N {\n  export const a = 1;\n}\n" },
  { rule: "typescript(only-throw-error)", path: "src/core/thrown.ts", text: 'export function go(): never {\n  throw "no";\n}\n' },
  { rule: "typescript(return-await)", path: "src/engine/unawaited.ts", text: "export async function go(): Promise<number | null> {\n  try {\n    return Promise.resolve(1);\n  } catch {\n    return null;\n  }\n}\n" },
  { rule: "typescript(consistent-type-imports)", path: "src/core/unmarked.ts", text: 'import { Kind } from "./good.ts";\nexport const a: Kind = { kind: "a" };\n' },
  { rule: "eslint(no-console)", path: "src/engine/printed.ts", text: 'export function go(): void {\n  console.log("hi");\n}\n' },
  { rule: "eslint(eqeqeq)", path: "src/core/loose.ts", text: "export const same = (a: number, b: number): boolean => a == b;\n" },
  { rule: "eslint(no-var)", path: "src/core/var.ts", text: "export var a = 1;\n" },
  { rule: "eslint(prefer-const)", path: "src/core/let.ts", text: "export function go(): number {\n  let a = 1;\n  return a;\n}\n" },
  { rule: "eslint(no-fallthrough)", path: "src/core/fall.ts", text: `${union}export function go(k: Kind): number {\n  let a = 0;\n  switch (k.kind) {\n    case "a":\n      a = 1;\n    case "b":\n      a += 2;\n  }\n  return a;\n}\n` },
  { rule: "eslint(preserve-caught-error)", path: "src/core/cause.ts", text: 'export function go(): void {\n  try {\n    JSON.stringify(1);\n  } catch (error) {\n    throw new Error(`no: ${String(error)}`);\n  }\n}\n' },
  { rule: "unicorn(filename-case)", path: "src/core/camelCase.ts", text: "export const a = 1;\n" },
  // One of the rules that are on because the whole category `correctness` is.
  { rule: "eslint(no-constant-condition)", path: "src/core/always.ts", text: "export function go(): void {\n  if (1) JSON.stringify(1);\n}\n" },
  ...["Date.now()", "performance.now()", "process.pid", 'fetch("http://127.0.0.1")', "setTimeout(String, 1)", "setInterval(String, 1)", "setImmediate(String)", "crypto.randomUUID()", 'Buffer.from("")', "globalThis.name"].map(
    (text, at) => ({ rule: "eslint(no-restricted-globals)", path: `src/core/world-${at}.ts`, text: `export const a: unknown = ${text};\n` }),
  ),
  ...["process.pid", "performance.now()", 'fetch("http://127.0.0.1")', "setTimeout(String, 1)", "setInterval(String, 1)", "crypto.randomUUID()"].flatMap((text, at) =>
    ["connectors", "engine", "sources", "store", "wazuh"].map((folder) => ({ rule: "eslint(no-restricted-globals)", path: `src/${folder}/world-${at}.ts`, text: `export const a: unknown = ${text};\n` })),
  ),
  ...["Math.random()", "Date.now()", "AbortSignal.timeout(1)"].flatMap((text, at) =>
    ["core", "engine", "connectors/slack", "http"].map((folder) => ({ rule: "eslint(no-restricted-properties)", path: `src/${folder}/chance-${at}.ts`, text: `export const a: unknown = ${text};\n` })),
  ),
  { rule: "eslint(no-restricted-imports)", path: "src/engine/chance.ts", text: 'import { randomUUID } from "node:crypto";\nexport const a = randomUUID();\n' },
  { rule: "eslint(no-restricted-imports)", path: "test/fakes/borrowed.ts", text: 'import type { Kind } from "../../src/core/good.ts";\nexport type Mine = Kind;\n' },
  { rule: "eslint(no-restricted-imports)", path: "test/sim/fakes/borrowed.ts", text: 'import type { Kind } from "../../../src/core/good.ts";\nexport type Mine = Kind;\n' },
  { rule: "vitest(no-focused-tests)", path: "test/focused.test.ts", text: 'import { expect, test } from "vitest";\ntest.only("a", () => expect(1).toBe(1));\n' },
  { rule: "vitest(valid-expect)", path: "test/unasked.test.ts", text: 'import { expect, test } from "vitest";\ntest("a", () => {\n  expect(1);\n});\n' },
  { rule: "vitest(no-identical-title)", path: "test/twice.test.ts", text: 'import { expect, test } from "vitest";\ntest("a", () => expect(1).toBe(1));\ntest("a", () => expect(2).toBe(2));\n' },
  { rule: "vitest(no-restricted-vi-methods)", path: "test/mocked.test.ts", text: 'import { vi } from "vitest";\nvi.mock("../src/core/good.ts");\n' },
];

const good: Readonly<Record<string, string>> = {
  "src/core/good.ts": `${union}export function go(k: Kind): number {\n  switch (k.kind) {\n    case "a":\n      return 1;\n    case "b":\n      return 2;\n  }\n}\n`,
  "src/core/circle-types.ts": 'import type { A } from "./circle-types-back.ts";\nexport interface B {\n  readonly a: A;\n}\n',
  "src/core/circle-types-back.ts": 'import type { B } from "./circle-types.ts";\nexport interface A {\n  readonly b: B | null;\n}\n',
  "src/sources/good.ts": 'const a: unknown = JSON.parse("{}");\nexport const b = typeof a === "object";\n',
  "src/engine/good.ts": 'import { createHash } from "node:crypto";\nimport type { Kind } from "../store/good.ts";\nexport async function go(kind: Kind): Promise<string> {\n  await Promise.resolve(1);\n  return createHash("sha256").update(kind.kind).digest("hex") + new Date(0).toISOString();\n}\n',
  "src/store/good.ts": 'export type { Kind } from "../core/good.ts";\n',
  "src/ports/good.ts": "export const now = (): number => Date.now();\nexport const chance = (): number => Math.random();\n",
  "src/main.ts": 'import { now } from "./ports/good.ts";\nconsole.log(now(), process.pid);\n',
  "src/cli/good.ts": 'export function print(): void {\n  console.log("hi");\n}\n',
  "src/store/conformance.ts": 'import { now } from "../ports/good.ts";\nexport const at = now();\n',
  "src/core/good.test.ts": 'import { expect, test } from "vitest";\nimport { now } from "../ports/good.ts";\ntest("time goes on", () => {\n  expect(now()).toBeLessThanOrEqual(Date.now());\n});\n',
  "test/fakes/good.ts": 'import { createServer } from "node:http";\nexport const server = createServer();\n',
};

describe("lint", () => {
  let planted: Planted;
  const reported = new Map<string, Set<string>>();
  const refused = new Set<string>();

  beforeAll(() => {
    planted = plant({
      ...good,
      "src/core/circle-back.ts": 'import { a } from "./circle.ts";\nexport const b = (): number => a();\n',
      ...Object.fromEntries(bad.map(({ path, text }) => [path, text])),
      ...Object.fromEntries([...everyPair].map(([path, lines]) => [path, pairText(lines)])),
    });
    const lint = planted.run("oxlint", "--format", "json", "src", "test");
    const report = JSON.parse(lint.stdout) as { readonly diagnostics: readonly Diagnostic[] };
    for (const { filename, code, labels } of report.diagnostics) {
      reported.set(filename, (reported.get(filename) ?? new Set()).add(code));
      if (code === "eslint(no-restricted-imports)") refused.add(`${filename}:${labels[0]?.span.line ?? 0}`);
    }
  });
  afterAll(() => planted.remove());

  test.each(bad)("$rule bites in $path", ({ rule, path }) => {
    expect([...(reported.get(path) ?? [])]).toContain(rule);
  });

  test("files that keep the rules are let be", () => {
    expect(Object.keys(good).flatMap((path) => [...(reported.get(path) ?? [])].map((rule) => `${path} ${rule}`))).toEqual([]);
  });

  test("for every pair of folders, lint and the import graph say the same", () => {
    const files = new Map([...everyPair].map(([path, lines]) => [path, pairText(lines)]));
    for (const lines of everyPair.values()) for (const line of lines) if (line.target !== null) files.set(line.target, files.get(line.target) ?? "");
    const graph = findings({ files, dependencies: [...everyPackage()], long: {} }).filter(({ rule }) => ["table", "module", "package"].includes(rule));

    const says = (where: ReadonlySet<string>): string[] =>
      [...everyPair].flatMap(([path, lines]) => lines.map(({ text }, at) => `${path} ${text}: ${where.has(`${path}:${at + 1}`) ? "refused" : "allowed"}`));

    expect(says(refused)).toEqual(says(new Set(graph.map(({ path, line }) => `${path}:${line}`))));
  });
});

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}
