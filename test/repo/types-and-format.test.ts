import { afterAll, beforeAll, expect, test } from "vitest";
import { plant, type PlantedRepository } from "./planted-repository.ts";

const typeErrors: readonly [path: string, code: string, text: string][] = [
  ["src/core/wrong.ts", "TS2322", `export const a: number = "one";`],
  ["src/core/index-access.ts", "TS2322", `export const first = (list: readonly number[]): number => list[0];`],
  ["src/core/optional.ts", "TS2375", `export const a: { b?: number } = { b: undefined };`],
  ["src/core/enum.ts", "TS1294", `export enum Kind { A }`],
  ["src/core/parameter-property.ts", "TS1294", `export class A { constructor(readonly b: number) {} }`],
  ["src/core/unmarked.ts", "TS1484", `import { A } from "./right.ts"; export const a: A = 1;`],
  ["src/core/unused.ts", "TS6133", `const a = 1; export {};`],
  ["src/core/missing-return.ts", "TS7030", `export function go(a: number) { if (a > 1) return 2; }`],
  ["src/core/browser.ts", "TS2584", `export const page = document;`],
  ["src/core/bare-import.ts", "TS2835", `export { go } from "./right";`],
];
const right = "export type A = number;\nexport function go(): A {\n  return 1;\n}\n";

let planted: PlantedRepository;
let types: string;
let format: { readonly status: number | null; readonly stdout: string };

beforeAll(() => {
  const files = typeErrors.map(([path, , text]) => [path, text] as const);
  planted = plant({
    ...Object.fromEntries(files),
    "src/core/right.ts": right,
    "src/core/untidy.ts": "export  const a = 'b'",
  });
  types = planted.run("tsc", "-p", "tsconfig.json").stdout;
  format = planted.run("oxfmt", "--check", "src/core/right.ts", "src/core/untidy.ts");
});

afterAll(() => planted.remove());

test.each(typeErrors)("the type check refuses %s (%s)", (path, code) => {
  expect(
    types
      .split("\n")
      .filter((line) => line.startsWith(`${path}(`))
      .join("\n"),
  ).toContain(code);
});

test("the type check lets right code be", () => {
  expect(types).not.toContain("right.ts(");
});

test("the format check names the untidy file alone", () => {
  expect(format.status).toBe(1);
  expect(format.stdout).toContain("untidy.ts");
  expect(format.stdout).not.toContain("right.ts");
});
