// What lint must report, and what it must let be: small files at the paths where the rules hold.

export interface Planted {
  readonly rule: string;
  readonly path: string;
  readonly text: string;
}

const kind = `export type Kind = { kind: "a" } | { kind: "b" };`;
const parsed = `JSON.parse("{}")`;

export const violations: readonly Planted[] = [
  ...oneEach("typescript(no-floating-promises)", {
    "src/engine/forgotten.ts": `export function go() { Promise.resolve(1); }`,
    "src/engine/forgotten-with-void.ts": `export function go() { void Promise.resolve(1); }`,
  }),
  ...oneEach("typescript(no-misused-promises)", {
    "src/engine/misused.ts": `export function go() { [1].forEach(async () => { await Promise.resolve(1); }); }`,
  }),
  ...oneEach("typescript(switch-exhaustiveness-check)", {
    "src/core/missing-case.ts": `${kind} export function go(k: Kind) { switch (k.kind) { case "a": return 1; } return 0; }`,
    "src/core/hiding-default.ts": `${kind} export function go(k: Kind) { switch (k.kind) { case "a": return 1; default: return 0; } }`,
    "src/core/spare-default.ts": `${kind} export function go(k: Kind) { switch (k.kind) { case "a": return 1; case "b": return 2; default: return 0; } }`,
  }),
  ...oneEach("import(no-cycle)", {
    "src/core/circle.ts": `import { b } from "./circle-back.ts"; export const a = (): number => b();`,
    "src/core/circle-back.ts": `import { a } from "./circle.ts"; export const b = (): number => a();`,
  }),
  ...oneEach("import(no-self-import)", { "src/core/self.ts": `import { a } from "./self.ts"; export const b = a;` }),
  ...oneEach("typescript(no-misused-spread)", {
    "src/core/spread.ts": `export const go = (m: Map<string, string>) => ({ ...m });`,
  }),
  ...oneEach("import(no-default-export)", { "src/core/default.ts": `export default 1;` }),
  ...oneEach("typescript(no-explicit-any)", { "src/core/any.ts": `export const a: any = 1;` }),
  ...oneEach("typescript(no-unsafe-assignment)", { "src/sources/a.ts": `export const a: { b: number } = ${parsed};` }),
  ...oneEach("typescript(no-unsafe-member-access)", { "src/sources/b.ts": `export const a: unknown = ${parsed}.b;` }),
  ...oneEach("typescript(no-unsafe-call)", { "src/sources/c.ts": `export const a: unknown = ${parsed}();` }),
  ...oneEach("typescript(no-unsafe-return)", {
    "src/sources/d.ts": `export function a(): string { return ${parsed}; }`,
  }),
  ...oneEach("typescript(no-unsafe-argument)", {
    "src/sources/e.ts": `export const a = Number.parseFloat(${parsed});`,
  }),
  ...oneEach("typescript(no-namespace)", { "src/core/space.ts": `export namespace N { export const a = 1; }` }),
  ...oneEach("typescript(only-throw-error)", { "src/core/thrown.ts": `export function go() { throw "no"; }` }),
  ...oneEach("typescript(return-await)", {
    "src/engine/unawaited.ts": `export async function go() { try { return Promise.resolve(1); } catch { return 2; } }`,
  }),
  ...oneEach("typescript(consistent-type-imports)", {
    "src/core/unmarked.ts": `import { Kind } from "./good.ts"; export const a: Kind = { kind: "a" };`,
  }),
  ...oneEach("eslint(no-console)", {
    "src/engine/printed.ts": `export function go() { console.log("hi"); }`,
    "src/core/printed.test.ts": `console.log("hi");`,
  }),
  ...oneEach("eslint(eqeqeq)", { "src/core/loose.ts": `export const same = (a: number, b: number) => a == b;` }),
  ...oneEach("eslint(no-var)", { "src/core/var.ts": `export var a = 1;` }),
  ...oneEach("eslint(prefer-const)", { "src/core/let.ts": `export function go() { let a = 1; return a; }` }),
  ...oneEach("eslint(no-fallthrough)", {
    "src/core/fall.ts": `${kind} export function go(k: Kind) { let a = 0; switch (k.kind) { case "a": a = 1; case "b": a += 2; } return a; }`,
  }),
  ...oneEach("eslint(preserve-caught-error)", {
    "src/core/cause.ts": `export function go() { try { JSON.stringify(1); } catch (error) { throw new Error(\`no: \${String(error)}\`); } }`,
  }),
  ...oneEach("unicorn(filename-case)", { "src/core/camelCase.ts": `export const a = 1;` }),
  // On because the whole category of correctness is.
  ...oneEach("eslint(no-constant-condition)", {
    "src/core/always.ts": `export function go() { if (1) JSON.stringify(1); }`,
  }),
  ...everywhere("eslint(no-restricted-globals)", ["core", "engine", "connectors/slack", "sources", "store", "wazuh"], {
    fetch: `export const a = fetch("http://127.0.0.1");`,
    interval: `export const a = setInterval(String, 1);`,
    performance: `export const a = performance.now();`,
    process: `export const a = process.pid;`,
    soon: `export const a = setImmediate(String);`,
    timer: `export const a = setTimeout(String, 1);`,
    uuid: `export const a = crypto.randomUUID();`,
  }),
  ...everywhere("eslint(no-restricted-globals)", ["core"], {
    buffer: `export const a = Buffer.from("");`,
    clock: `export const a = new Date(0);`,
    global: `export const a = globalThis.name;`,
  }),
  ...everywhere(
    "eslint(no-restricted-properties)",
    ["core", "engine", "connectors/slack", "http", "sources", "store"],
    {
      "date-now": `export const a = Date.now();`,
      deadline: `export const a = AbortSignal.timeout(1);`,
      random: `export const a = Math.random();`,
    },
  ),
  ...oneEach("eslint(no-restricted-imports)", {
    "test/fakes/borrowed.ts": `import type { Kind } from "../../src/core/good.ts"; export type Mine = Kind;`,
    "test/sim/fakes/borrowed.ts": `import type { Kind } from "../../../src/core/good.ts"; export type Mine = Kind;`,
  }),
  ...oneEach("vitest(no-focused-tests)", { "test/a.test.ts": tests(`test.only("a", () => expect(1).toBe(1));`) }),
  ...oneEach("vitest(valid-expect)", { "test/b.test.ts": tests(`test("a", () => { expect(1); });`) }),
  ...oneEach("vitest(no-identical-title)", {
    "test/c.test.ts": tests(`test("a", () => expect(1)); test("a", () => expect(2));`),
  }),
  ...oneEach("vitest(no-restricted-vi-methods)", { "test/d.test.ts": tests(`vi.mock("../src/core/good.ts");`) }),
];

export const innocents: Readonly<Record<string, string>> = {
  "src/core/good.ts": `${kind} export function go(k: Kind): number { switch (k.kind) { case "a": return 1; case "b": return 2; } }`,
  "src/core/ring.ts": `import type { A } from "./ring-back.ts"; export interface B { readonly a: A }`,
  "src/core/ring-back.ts": `import type { B } from "./ring.ts"; export interface A { readonly b: B | null }`,
  "src/core/good.test.ts": tests(
    `import { now } from "../ports/good.ts"; test("time goes on", () => { expect(now()).toBeLessThanOrEqual(Date.now()); });`,
  ),
  "src/sources/good.ts": `const a: unknown = ${parsed}; export const b = typeof a === "object"; export const c = (t: string) => [...t].length;`,
  "src/store/good.ts": `export type { Kind } from "../core/good.ts";`,
  "src/store/conformance.ts": `import { now } from "../ports/good.ts"; export const at = now();`,
  "src/engine/good.ts": `import { createHash } from "node:crypto"; import type { Kind } from "../store/good.ts"; export async function go(kind: Kind) { await Promise.resolve(1); return createHash("sha256").update(kind.kind).digest("hex") + new Date(0).toISOString(); }`,
  "src/ports/good.ts": `export const now = () => Date.now(); export const chance = () => Math.random();`,
  "src/cli/good.ts": `export function print(): void { console.log("hi", process.pid); }`,
  "src/main.ts": `import { now } from "./ports/good.ts"; console.log(now(), process.pid);`,
  "test/fakes/good.ts": `import { createServer } from "node:http"; export const server = createServer();`,
};

function oneEach(rule: string, files: Readonly<Record<string, string>>): Planted[] {
  return Object.entries(files).map(([path, text]) => ({ rule, path, text }));
}

function everywhere(rule: string, folders: readonly string[], files: Readonly<Record<string, string>>): Planted[] {
  return folders.flatMap((folder) =>
    Object.entries(files).map(([name, text]) => ({ rule, path: `src/${folder}/${name}.ts`, text })),
  );
}

function tests(text: string): string {
  return `import { expect, test, vi } from "vitest"; export const used = [expect, test, vi]; ${text}`;
}
