// Whatever a server loads it holds for months: what only some configs use is loaded where it is used.
import { expect, test } from "vitest";
import { loadedBy } from "./loaded.ts";

/** From the command line to a server with a plain config: a file, SQLite, a webhook. */
const server = loadedBy(
  "at once",
  "src/main.ts",
  "src/cli/application.ts",
  "src/cli/serve.ts",
  "src/app/read-config.ts",
  "src/app/named-files.ts",
  "src/app/serve-config.ts",
  "src/store/queries.ts",
);
const writer = loadedBy("at once", "src/app/writer-entry.ts");

function packages({ bare }: typeof server): readonly string[] {
  return [...bare].filter((name) => !name.startsWith("node:")).toSorted();
}

test("a server with a plain config loads no vendor's client, and no other database's than SQLite", () => {
  // Of undici its agent alone is loaded, and not by its name (ports/undici-agent.ts).
  expect(packages(server)).toEqual([
    "@hono/node-server",
    "@stricli/core",
    "hono",
    "pino",
    "prom-client",
    "re2js",
    "yaml",
    "zod",
  ]);
});

test("its Writer's thread loads no package at all, no schema of a config, no door, and nothing for PostgreSQL", () => {
  expect(packages(writer)).toEqual([]);
  expect([...writer.files].filter((path) => /^src\/(?:config|http|cli|wazuh\/api)\//.test(path))).toEqual([]);
  expect([...writer.files].filter((path) => /^src\/(?:store\/postgres|sources\/tail)/.test(path))).toEqual([]);
});
