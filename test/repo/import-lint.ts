// The table of who may import whom, said in the words of the lint: restricted imports and globals per folder.
import type { OxlintOverride } from "oxlint";
import { apart, chanceNames, fileRows, type Row, table, worldlyModules, listsOf } from "./import-table.ts";

const tests = ["**/*.test.ts", "**/conformance.ts"];
const seeTable = "(ARCHITECTURE.md, who may import whom; test/repo/import-table.ts)";
const clock = "Time comes in as an argument or a port: only app.ts knows the real clock.";
const chance = "Chance comes in as an argument or a port: only app.ts knows the real one.";
const network = "One HTTP port talks to the outside (src/ports/http.ts).";

const worldGlobals = [
  ...["performance", "setImmediate", "setInterval", "setTimeout"].map((name) => ({ name, message: clock })),
  { name: "crypto", message: chance },
  ...["EventSource", "WebSocket", "fetch"].map((name) => ({ name, message: network })),
];
const worldProperties = [
  { object: "Date", property: "now", message: clock },
  { object: "AbortSignal", property: "timeout", message: clock },
  { object: "Math", property: "random", message: chance },
];
const processGlobals = [{ name: "process", message: "The process is for app.ts, main.ts and the command line." }];
const coreGlobals = [
  { name: "Date", message: "In the core an instant is a number: milliseconds since the epoch." },
  ...["Buffer", "global", "globalThis", "process"].map((name) => ({ name, message: "The core knows no runtime." })),
];
const packages = [...new Set(Object.values(table).flatMap((row) => row.packages ?? []))].sort();

interface Pattern {
  readonly regex?: string;
  readonly group?: string[];
  readonly allowTypeImports?: boolean;
  readonly message: string;
}

export function importOverrides(): OxlintOverride[] {
  return [
    ...Object.keys(table).flatMap(folderOverrides),
    ...Object.entries(fileRows).map(([path, row]) => override([path], [], row, patternsOf("engine", row))),
    {
      files: ["test/**/fakes/**/*.ts"],
      rules: {
        "no-restricted-imports": [
          "error",
          { patterns: [{ regex: "(^|/)src/", message: "A fake shares no type or helper with src." }] },
        ],
      },
    },
  ];
}

function folderOverrides(folder: string): OxlintOverride[] {
  const row = table[folder] as Row;
  const patterns = patternsOf(folder, row);
  const not = [...tests, ...Object.keys(fileRows)];
  if (!apart.includes(folder)) return [override([`src/${folder}.ts`, `src/${folder}/**/*.ts`], not, row, patterns)];
  const lists = [...listsOf(folder)];
  const beside = { regex: "^\\.\\./[^./][^/]*/", message: `One part never imports another's folder ${seeTable}.` };
  const below = { regex: "^\\./[^/]+/", message: `Only the list (index.ts) imports the parts' folders ${seeTable}.` };
  return [
    override(lists, not, row, patterns),
    override([`src/${folder}/*.ts`], [...not, ...lists], row, [...patterns, below]),
    override([`src/${folder}/*/**/*.ts`], not, row, [...patterns, beside]),
  ];
}

function override(files: string[], excludeFiles: string[], row: Row, patterns: Pattern[]): OxlintOverride {
  const handed = row.world === undefined;
  const globals = [
    ...(row === table["core"] ? coreGlobals : row.process === undefined ? processGlobals : []),
    ...(handed ? worldGlobals : []),
  ];
  const paths = handed ? [{ name: "node:crypto", importNames: [...chanceNames], message: chance }] : [];
  return {
    files,
    excludeFiles,
    rules: {
      "no-restricted-imports": ["error", { paths, patterns }],
      ...(globals.length > 0 && { "no-restricted-globals": ["error", ...globals] }),
      ...(handed && { "no-restricted-properties": ["error", ...worldProperties] }),
    },
  };
}

function patternsOf(folder: string, row: Row): Pattern[] {
  const patterns: Pattern[] = [];
  const others = Object.keys(table).filter((other) => other !== folder && !row.values.includes("*"));
  const denied: string[] = [];
  for (const other of others) {
    if (row.values.includes(other)) continue;
    const types = row.types?.includes(other) === true;
    const files = row.values.filter((place) => place.startsWith(`${other}/`));
    if (files.length === 0 && !types) denied.push(other);
    else patterns.push(partly(other, files, types));
  }
  if (denied.length > 0)
    patterns.push({ regex: `^(\\.\\./)+(${denied.join("|")})(/|\\.ts$)`, message: `Not for this folder ${seeTable}.` });
  if (folder === "core")
    patterns.push({ regex: "^[^.]", message: "The core is plain TypeScript: no node:*, no package." });
  else patterns.push(...modulePatterns(row));
  return patterns;
}

function partly(folder: string, files: readonly string[], types: boolean): Pattern {
  const up = ["../", "../../", "../../../"];
  const group = [
    ...up.map((dots) => `${dots}${folder}/**`),
    ...up.flatMap((dots) => files.map((file) => `!${dots}${file}`)),
  ];
  const allowed = [...files, ...(types ? ["types"] : [])].join(", ");
  return { group, ...(types && { allowTypeImports: true }), message: `Of ${folder} only: ${allowed} ${seeTable}.` };
}

function modulePatterns(row: Row): Pattern[] {
  const modules = worldlyModules.filter((name) => row.node?.includes(name) !== true);
  const foreign = row.values.includes("*") ? [] : packages.filter((name) => row.packages?.includes(name) !== true);
  return [
    ...(modules.length > 0
      ? [
          {
            regex: `^(node:)?(${modules.join("|")})(/|$)`,
            allowTypeImports: true,
            message: "This folder does not reach there itself: it is handed a port.",
          },
        ]
      : []),
    ...(foreign.length > 0
      ? [{ regex: `^(${foreign.join("|")})(/|$)`, message: `Another folder owns this package ${seeTable}.` }]
      : []),
  ];
}
