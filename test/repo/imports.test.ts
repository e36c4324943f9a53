import { describe, expect, test } from "vitest";
import { type Finding, findings, type House } from "./house-rules.ts";
import { longFiles } from "./long-files.ts";
import { readRepositoryFile, repositoryPaths } from "./tree.ts";

test("every file keeps to the house's rules of names, sizes and who may import whom", () => {
  const paths = repositoryPaths().filter((path) => /^(src|test|bench|scripts)\//.test(path));
  const manifest = JSON.parse(readRepositoryFile("package.json")) as { readonly dependencies: object };

  const found = findings({
    files: new Map(paths.map((path) => [path, path.endsWith(".ts") ? readRepositoryFile(path) : ""])),
    dependencies: Object.keys(manifest.dependencies),
    long: longFiles,
  });

  expect(found.map(sentence)).toEqual([]);
});

const clean: Readonly<Record<string, string>> = {
  "src/core/alert.ts": "export interface Alert { readonly id: string }\nexport const maxAlerts = 5;",
  "src/core/incident.ts": 'import type { Alert } from "./alert.ts";\nexport const first: Alert | null = null;',
  "src/store/tables.ts": 'import { DatabaseSync } from "node:sqlite";\nexport type Row = DatabaseSync;',
  "src/engine/perform.ts": 'import type { Row } from "../store/tables.ts";\nexport type Job = Row;',
  "src/engine/writer-thread.ts": 'import "../store/tables.ts";\nexport const started = Date.now();',
  "src/connectors/slack/post.ts": 'import type { Block } from "@slack/types";\nexport type Post = Block;',
  "src/connectors/slack/readme.md": "",
  "src/connectors/index.ts": 'import "./slack/post.ts";\nexport const connectors = [];',
  "src/sources/tail.test.ts":
    'import { test } from "vitest";\nimport "../store/tables.ts";\nimport "../../test/seed/m1.ts";',
  "src/ports/clock.ts": "export const now = () => new Date();",
  "test/fakes/slack.ts": 'import "./serve.ts";\nimport "node:http";',
  "test/fakes/serve.ts": "export const port = 0;",
  "test/seed/m1.ts": 'import "../../src/core/alert.ts";',
};

test("a house that keeps to the rules has no findings", () => {
  expect(findings(house({})).map(sentence)).toEqual([]);
});

describe("a planted violation is found:", () => {
  const planted: readonly [name: string, rule: string, path: string, text: string][] = [
    ["the core imports the store", "table", "src/core/x.ts", 'import { a } from "../store/tables.ts";'],
    [
      "the core imports a type of the store",
      "table",
      "src/core/x.ts",
      'import type { Row } from "../store/tables.ts";',
    ],
    [
      "the core names a type of the store",
      "table",
      "src/core/x.ts",
      'export type A = import("../store/tables.ts").Row;',
    ],
    [
      "the core loads the store later",
      "table",
      "src/core/x.ts",
      'export const a = await import("../store/tables.ts");',
    ],
    [
      "the core passes on the store",
      "table",
      "src/core/x.ts",
      'export * from "../store/tables.ts"; export const a = 1;',
    ],
    ["the core imports a module of Node", "module", "src/core/x.ts", 'import { join } from "node:path";'],
    ["the core imports a package", "package", "src/core/x.ts", 'import { z } from "zod";'],
    ["the engine imports the store itself", "table", "src/engine/x.ts", 'import { a } from "../store/tables.ts";'],
    [
      "a connector imports another",
      "table",
      "src/connectors/jira/x.ts",
      'import type { Post } from "../slack/post.ts";',
    ],
    ["what connectors share imports one", "table", "src/connectors/x.ts", 'import { a } from "./slack/post.ts";'],
    ["a connector opens a file", "module", "src/connectors/jira/x.ts", 'import { openSync } from "fs";'],
    ["the engine draws a random id", "module", "src/engine/x.ts", 'import { randomUUID } from "node:crypto";'],
    ["the engine takes all of crypto", "module", "src/engine/x.ts", 'import * as crypto from "node:crypto";'],
    ["http takes the store's writes", "table", "src/http/x.ts", 'import { a } from "../store/tables.ts";'],
    ["a package of another folder", "package", "src/engine/x.ts", 'import { Client } from "pg";'],
    ["a development dependency", "dependency", "src/cli/x.ts", 'import fc from "fast-check";'],
    [
      "a value of a package kept for its types",
      "dependency",
      "src/connectors/x.ts",
      'import { a } from "@slack/types";',
    ],
    ["an undeclared package", "dependency", "src/app.ts", 'import leftPad from "left-pad";'],
    ["a file that is not there", "missing", "src/core/x.ts", 'import { a } from "./gone.ts";'],
    ["what is shipped imports a test", "outside", "src/app.ts", 'import { port } from "../test/fakes/serve.ts";'],
    ["what is shipped imports a suite", "outside", "src/app.ts", 'import "./sources/tail.test.ts";'],
    [
      "a fake shares a type with src",
      "fake",
      "test/fakes/x.ts",
      'import type { Alert } from "../../src/core/alert.ts";',
    ],
    ["a fake shares a helper with tests", "fake", "test/fakes/x.ts", 'import "../seed/m1.ts";'],
    ["the simulator's fake shares with src", "fake", "test/sim/fakes/x.ts", 'import "../../../src/core/alert.ts";'],
    ["a folder that is in no row", "folder", "src/extras/x.ts", "export const a = 1;"],
    ["a barrel", "barrel", "src/core/x.ts", 'export * from "./alert.ts";\nexport type { first } from "./incident.ts";'],
    [
      "a barrel in two steps",
      "barrel",
      "src/core/x.ts",
      'import { maxAlerts } from "./alert.ts"; export { maxAlerts };',
    ],
    ["a file named utils", "file name", "test/utils.ts", ""],
    ["a file named after nothing", "file name", "src/core/alert-helpers.ts", ""],
    ["more than 300 lines", "length", "src/core/x.ts", "export {};\n".repeat(301)],
    ["a file that the build would lose", "not shipped", "src/sandbox/page.html", ""],
    ["a name that is wrong once built", "built name", "src/app.ts", 'new URL("./x.ts", import.meta.url);'],
    ["a clock asked in the engine", "clock", "src/engine/x.ts", "export const a = new Date();"],
  ];
  test.each(planted)("%s", (_name, rule, path, text) => {
    const found = findings(house({ [path]: text }));

    expect(found.map((one) => [one.rule, one.path])).toEqual([[rule, path]]);
  });

  test("two files that need each other", () => {
    const found = findings(
      house({
        "src/core/x.ts": 'import "./y.ts";',
        "src/core/y.ts": 'import "./z.ts";',
        "src/core/z.ts": 'import "./x.ts";',
      }),
    );

    expect(found.map(sentence)).toEqual([
      "src/core/x.ts:1 cycle: src/core/x.ts -> src/core/y.ts -> src/core/z.ts -> src/core/x.ts",
    ]);
  });

  test("a long file that has grown short again", () => {
    const found = findings({ ...house({}), long: { "src/core/alert.ts": "one table" } });

    expect(found.map((one) => one.rule)).toEqual(["length"]);
  });
});

test("files that need each other's types alone are no cycle", () => {
  const found = findings(
    house({ "src/core/x.ts": 'import "./y.ts";', "src/core/y.ts": 'import type { X } from "./x.ts";' }),
  );

  expect(found).toEqual([]);
});

test("a long file with a reason is let be", () => {
  const files = new Map([["src/core/x.ts", "export {};\n".repeat(301)]]);

  expect(findings({ files, dependencies: [], long: { "src/core/x.ts": "one table of rules" } })).toEqual([]);
});

function house(more: Readonly<Record<string, string>>): House {
  const files = new Map(Object.entries({ ...clean, ...more }));
  return { files, dependencies: ["pg", "zod"], long: {} };
}

function sentence(finding: Finding): string {
  return `${finding.path}:${finding.line} ${finding.rule}: ${finding.says}`;
}
