// The forwarder runs on a manager and may take 64 MB there: what it loads is counted, and kept few.
import { posix } from "node:path";
import { expect, test } from "vitest";
import { loadedBy } from "./loaded.ts";

const loaded = loadedBy("ever", "src/cli/forward-application.ts", "src/app/small-process.ts");

test("riposte forward loads no store, no engine, no API and no connector", () => {
  const folders = [...new Set([...loaded.files].map((path) => posix.dirname(path)))].toSorted();

  expect(folders).toEqual([
    "src/app",
    "src/cli",
    "src/config",
    "src/core",
    "src/forward",
    "src/observe",
    "src/ports",
    "src/secrets",
    "src/sources",
  ]);
  expect([...loaded.files].filter((path) => path.startsWith("src/app/")).toSorted()).toEqual([
    "src/app/forward.ts",
    "src/app/small-process.ts",
    "src/app/version.ts",
  ]);
  expect(loaded.files.size).toBeLessThan(80);
});

test("of all packages it loads the one that reads its command line", () => {
  expect([...loaded.bare].filter((name) => !name.startsWith("node:"))).toEqual(["@stricli/core"]);
});

test("nor a module of Node that takes megabytes by itself", () => {
  // `node:http` is fetched in another way (ports/light-http.ts): an import of it would load a WebSocket client as well.
  expect([...loaded.bare].filter((name) => name.startsWith("node:")).toSorted()).toEqual([
    "node:buffer",
    "node:crypto",
    "node:fs",
    "node:fs/promises",
    "node:path",
    "node:zlib",
  ]);
});
