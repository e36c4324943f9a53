// Who may import whom: the table of ARCHITECTURE.md, as data. Lint (oxlint.config.ts) and the test over the import
// graph (imports.test.ts) both read it, so it is changed here and nowhere else.

/** A folder of src ("core"), or files of one ("config/secret.ts", "store/queries*.ts"). */
export type Place = string;

export interface Row {
  /** What may come in as a value, and so also as a type. */
  readonly values: readonly Place[];
  /** What may come in as a type only. */
  readonly types?: readonly Place[];
  /** Modules of Node that reach the world (`worldlyModules`). The others are open to all but the core. */
  readonly node?: readonly string[];
  readonly packages?: readonly string[];
  /** The real clock, timers, chance and network are for these folders only; all others are handed a port. */
  readonly world?: true;
  /** Whether its files may use `process`. */
  readonly process?: true;
}

const net = ["dgram", "dns", "http", "http2", "https", "net", "tls"];
const machine = ["child_process", "cluster", "inspector", "module", "os", "process", "v8", "vm", "worker_threads"];
const time = ["perf_hooks", "timers"];
export const worldlyModules: readonly string[] = ["fs", "sqlite", ...net, ...machine, ...time];
const allButSql = worldlyModules.filter((name) => name !== "sqlite");

const part = { values: ["core", "ports", "wazuh", "config/secret.ts"], packages: ["zod", "@slack/types"] };
const engine: Row = {
  values: ["core", "ports", "observe"],
  types: ["store", "connectors", "actions", "sources"],
  packages: ["re2js"],
};

/** Every folder may also import its own files. `app` and `main` stand for src/app.ts and src/main.ts. */
export const table: Readonly<Record<string, Row>> = {
  core: { values: [] },
  ports: {
    values: ["core"],
    node: allButSql,
    packages: ["undici", "re2js", "@slack/socket-mode"],
    world: true,
    process: true,
  },
  observe: { values: ["core", "ports"], node: ["perf_hooks"], packages: ["pino", "prom-client"], process: true },
  secrets: {
    values: ["core", "ports", "wazuh"],
    node: ["fs"],
    packages: ["zod", "@aws-sdk/client-secrets-manager"],
    process: true,
  },
  config: {
    // The parts' schemas hang on the objects that their hand-written lists name.
    values: ["core", "secrets", ...["connectors", "actions", "sources"].flatMap(schemasOf)],
    types: ["ports"],
    node: ["fs"],
    packages: ["zod", "yaml", "re2js"],
  },
  connectors: part,
  actions: part,
  sources: part,
  wazuh: part,
  evidence: part,
  store: { values: ["core"], node: ["fs", "net", "sqlite"], packages: ["pg"] },
  engine,
  playbooks: { values: ["core", "ports"], packages: ["zod"] },
  // Without packages: what it loads, it takes of the manager's memory.
  forward: { values: ["core", "ports", "config", "sources/tail*.ts"], types: ["sources", "observe"] },
  sandbox: {
    values: ["core", "ports"],
    node: allButSql,
    packages: ["hono", "@hono/node-server", "zod"],
    world: true,
    process: true,
  },
  console: { values: ["core", "store/queries*.ts"], types: ["store"], packages: ["hono"] },
  http: {
    values: ["core", "ports", "observe", "console", "store/queries*.ts", "engine/door.ts"],
    types: ["store", "engine"],
    node: ["fs", "http", "https", "net", "tls"],
    packages: ["hono", "@hono/node-server", "zod"],
  },
  cli: {
    values: ["app", "config", "core", "http/client*.ts"],
    types: ["http"],
    node: allButSql,
    packages: ["@stricli/core", "zod", "undici", "yaml"],
    world: true,
    process: true,
  },
  app: { values: ["*"], node: worldlyModules, world: true, process: true },
  main: { values: ["*"], node: worldlyModules, world: true, process: true },
};

/** Single files with a row of their own. */
export const fileRows: Readonly<Record<string, Row>> = {
  // The worker's entry: where the engine meets the real store, clock and chance.
  "src/engine/writer-thread.ts": {
    ...engine,
    values: [...engine.values, "store"],
    node: ["worker_threads"],
    world: true,
    process: true,
  },
  // The inside of that thread: its turns are ordered by the real event loop.
  "src/engine/writer-host.ts": { ...engine, world: true },
  // Starts that thread and speaks with it.
  "src/engine/writer-client.ts": { ...engine, node: ["worker_threads"] },
};

/** Parts that never import each other's folders: src/connectors/slack/ knows nothing of src/connectors/jira/. */
export const apart: readonly string[] = ["connectors", "actions", "sources"];

/** The hand-written lists of the parts, which alone import their folders: with their schemas, and without. */
export function listsOf(folder: string): readonly string[] {
  return [`src/${folder}/index.ts`, ...(folder === "connectors" ? ["src/connectors/destinations.ts"] : [])];
}

/** Packages of which only types come in, so that they may stay devDependencies. */
export const typePackages: readonly string[] = ["@slack/types"];

/** `node:crypto` hashes for everyone; its chance is for the folders that own the world. */
export const chanceNames: readonly string[] = [
  "getRandomValues",
  "randomBytes",
  "randomFill",
  "randomFillSync",
  "randomInt",
  "randomUUID",
  "randomUUIDv7",
  "webcrypto",
];

/** Tests and suites beside the sources are not part of what is shipped, and may import anything. */
export function isTestFile(path: string): boolean {
  return path.endsWith(".test.ts") || path.endsWith("/conformance.ts");
}

export function folderOf(path: string): string {
  const [, folder = ""] = path.split("/");
  return folder.replace(/\.ts$/, "");
}

export function rowOf(path: string): Row | undefined {
  return fileRows[path] ?? (Object.hasOwn(table, folderOf(path)) ? table[folderOf(path)] : undefined);
}

export function isIn(places: readonly Place[], path: string): boolean {
  return places.some((place) => matches(place, path));
}

function matches(place: Place, path: string): boolean {
  if (place === "*") return true;
  if (!place.includes("/")) return folderOf(path) === place;
  const pattern = place.split("*").map((text) => text.replaceAll(".", "\\."));
  return new RegExp(`^src/${pattern.join("[^/]*")}$`).test(path);
}

function schemasOf(folder: string): Place[] {
  return ["index.ts", "*schema.ts", "*/*schema.ts", "*/config.ts"].map((file) => `${folder}/${file}`);
}
