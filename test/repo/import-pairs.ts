// Every folder of the table importing from every other, from Node and from the packages: one import a line, so that what
// lint says of a line can be compared with what the import graph says of it.
import { posix } from "node:path";
import { apart, fileRows, table, typePackages, worldlyModules, listsOf } from "./import-table.ts";

export interface Pairs {
  readonly files: ReadonlyMap<string, string>;
  /** Files that are imported and stand for what is there. */
  readonly targets: readonly string[];
  readonly packages: readonly string[];
}

const folders = Object.keys(table).filter((folder) => folder !== "app" && folder !== "main");
const targets = [
  "src/app.ts",
  "src/main.ts",
  ...folders.map((folder) => `src/${folder}/any.ts`),
  "src/config/secret.ts",
  "src/connectors/index.ts",
  "src/connectors/jira/any.ts",
  "src/connectors/jira/schema.ts",
  "src/connectors/slack/any.ts",
  "src/connectors/slack/config.ts",
  "src/engine/door.ts",
  "src/http/client.ts",
  "src/sources/tail.ts",
  "src/sources/tail-file.ts",
  "src/store/queries.ts",
  "src/store/queries-incidents.ts",
];
const modules = [...worldlyModules, "fs/promises", "path", "util", "zlib"].map((name) => `node:${name}`);

export function everyPair(): Pairs {
  const packages = Object.values(table).flatMap((row) => row.packages ?? []);
  const shipped = [...new Set(packages)].filter((name) => !typePackages.includes(name)).sort();
  const importers = [
    "src/app.ts",
    ...folders.flatMap((folder) => [`src/${folder}/pairs.ts`, `src/${folder}/slack/pairs.ts`]),
    ...apart.flatMap(listsOf),
    ...Object.keys(fileRows),
  ];
  const files = new Map(importers.map((path) => [path, importsOf(path, [...modules, ...shipped]).join("\n")]));
  return { files, targets, packages: shipped };
}

function importsOf(path: string, bare: readonly string[]): string[] {
  const others = targets.filter((target) => target !== path);
  const relative = others.map((target) => posix.relative(posix.dirname(path), target));
  const froms = [...relative.map((name) => (name.startsWith(".") ? name : `./${name}`)), ...bare];
  return [
    ...froms.flatMap((from, at) => [`import { v${at} } from "${from}";`, `import type { T${at} } from "${from}";`]),
    'import { createHash, timingSafeEqual } from "node:crypto";',
    'import { randomUUID } from "node:crypto";',
  ];
}
