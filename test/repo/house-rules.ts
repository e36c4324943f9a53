// The rules of the house that are about files and what they import, over a map of path to text.
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import {
  apart,
  chanceNames,
  folderOf,
  isIn,
  isTestFile,
  rowOf,
  typePackages,
  worldlyModules,
  listsOf,
} from "./import-table.ts";
import { type Import, readSource, type SourceFile } from "./source-file.ts";

export interface House {
  readonly files: ReadonlyMap<string, string>;
  readonly dependencies: readonly string[];
  /** Source files that may be longer than 300 lines, each with the reason why. */
  readonly long: Readonly<Record<string, string>>;
}

export interface Finding {
  readonly rule: string;
  readonly path: string;
  /** 1 where it is about the whole file. */
  readonly line: number;
  readonly says: string;
}

const maxLines = 300;
const wordless = /^(.*-)?(common|helpers?|manager|misc|types|utils?)\.ts$/;

export function findings(house: House): Finding[] {
  const paths = [...house.files.keys()];
  const sources = paths
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readSource(path, house.files.get(path) ?? ""));
  return [
    ...paths.flatMap((path) => nameFindings(path)),
    ...sources.flatMap((file) => shapeFindings(file, house)),
    ...sources.flatMap((file) => file.imports.flatMap((one) => importFindings(file, one, house) ?? [])),
    ...Object.keys(house.long).flatMap((path) => staleFindings(path, sources)),
    ...cycleFindings(sources),
  ];
}

function nameFindings(path: string): Finding[] {
  const found: Finding[] = [];
  if (wordless.test(posix.basename(path)))
    found.push({ rule: "file name", path, line: 1, says: "name the file after the one thing it holds" });
  if (path.startsWith("src/") && !/\.ts$|\/readme\.md$/.test(path))
    found.push({
      rule: "not shipped",
      path,
      line: 1,
      says: "the build copies nothing but TypeScript: keep it in a .ts file",
    });
  return found;
}

function shapeFindings(file: SourceFile, house: House): Finding[] {
  const { path } = file;
  const found: Finding[] = [];
  if (file.isBarrel) found.push({ rule: "barrel", path, line: 1, says: "only passes on what other files export" });
  if (!path.startsWith("src/")) return found;
  const row = rowOf(path);
  if (row === undefined)
    found.push({ rule: "folder", path, line: 1, says: `${folderOf(path)} has no row in test/repo/import-table.ts` });
  if (file.lines > maxLines && house.long[path] === undefined)
    found.push({ rule: "length", path, line: 1, says: `${file.lines} lines: look for the second noun` });
  if (isTestFile(path)) return found;
  if (file.asksDate && row?.world === undefined)
    found.push({ rule: "clock", path, line: 1, says: "new Date() asks the machine's clock: time comes in" });
  if (file.namesTypeScriptUrl)
    found.push({
      rule: "built name",
      path,
      line: 1,
      says: 'new URL("….ts") is wrong once compiled: take the ending from import.meta.url',
    });
  return found;
}

function importFindings(file: SourceFile, one: Import, house: House): Finding | null {
  const says = whyNot(file, one, house);
  return says === null ? null : { rule: says[0], path: file.path, line: one.line, says: `${one.from}: ${says[1]}` };
}

function whyNot(file: SourceFile, one: Import, house: House): readonly [rule: string, why: string] | null {
  const { path } = file;
  if (isFake(path)) {
    if (one.target !== null && !isFake(one.target))
      return ["fake", "a fake shares no type or helper with anything of ours"];
    return null;
  }
  if (!path.startsWith("src/") || isTestFile(path)) return null;
  if (one.target === null)
    return one.from.startsWith("node:") || isBuiltin(one.from)
      ? whyNotModule(path, one)
      : whyNotPackage(path, one, house);
  if (!house.files.has(one.target) && one.target !== "package.json") return ["missing", "there is no such file"];
  return whyNotFile(path, one.target, one.typeOnly);
}

function whyNotFile(path: string, target: string, typeOnly: boolean): readonly [string, string] | null {
  if (target === "package.json") return null;
  if (!target.startsWith("src/")) return ["outside", "what is shipped imports only what is shipped"];
  if (isTestFile(target)) return ["outside", "a test's suite is not shipped"];
  const [from, to] = [folderOf(path), folderOf(target)];
  const row = rowOf(path);
  if (from === to) {
    const [part, otherPart] = [partOf(path), partOf(target)];
    const isList = listsOf(from).includes(path);
    if (!apart.includes(from) || otherPart === null || otherPart === part || isList) return null;
    return ["table", "one part never imports another's folder"];
  }
  if (row === undefined || isIn(row.values, target)) return null;
  if (isIn(row.types ?? [], target)) return typeOnly ? null : ["table", `${from} may import only types of ${to}`];
  return ["table", `${from} may not import ${to}`];
}

function whyNotModule(path: string, one: Import): readonly [string, string] | null {
  const name = one.from.replace(/^node:/, "").split("/")[0] ?? "";
  const row = rowOf(path);
  if (folderOf(path) === "core") return ["module", "the core knows no runtime"];
  if (name === "crypto" && !one.typeOnly && row?.world === undefined) {
    const chance = one.names.some((imported) => ["*", "default", ...chanceNames].includes(imported));
    return chance || one.names.length === 0 ? ["module", "chance comes in; name the hashes that you use"] : null;
  }
  if (one.typeOnly || !worldlyModules.includes(name) || row?.node?.includes(name) === true) return null;
  return ["module", "this folder is handed a port instead"];
}

function whyNotPackage(path: string, one: Import, house: House): readonly [string, string] | null {
  const name = one.from.split("/", one.from.startsWith("@") ? 2 : 1).join("/");
  if (!house.dependencies.includes(name) && !(one.typeOnly && typePackages.includes(name)))
    return ["dependency", "not a dependency of what is shipped"];
  const row = rowOf(path);
  const owns = row?.values.includes("*") === true || row?.packages?.includes(name) === true;
  return owns ? null : ["package", `${folderOf(path)} does not own this package`];
}

function isFake(path: string): boolean {
  return /^test\/(.*\/)?(fakes\/.*|fake-[^/]*|[^/]*-fake)\.ts$/.test(path) && !path.endsWith(".test.ts");
}

/** The sub-folder that a file of `src/connectors/` lives in; null for the files that all parts share. */
function partOf(path: string): string | null {
  const names = path.split("/");
  return names.length > 3 ? (names[2] ?? null) : null;
}

function staleFindings(path: string, sources: readonly SourceFile[]): Finding[] {
  const file = sources.find((one) => one.path === path);
  if (file !== undefined && file.lines > maxLines) return [];
  return [{ rule: "length", path, line: 1, says: "no longer needs its place in the list of long files" }];
}

function cycleFindings(sources: readonly SourceFile[]): Finding[] {
  const edges = new Map(sources.map((file) => [file.path, targetsOf(file)]));
  const found: Finding[] = [];
  const done = new Set<string>();
  for (const path of edges.keys()) visit(path, []);
  return found;

  function visit(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path);
    if (at >= 0) found.push({ rule: "cycle", path, line: 1, says: [...trail.slice(at), path].join(" -> ") });
    if (at >= 0 || done.has(path)) return;
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  }
}

function targetsOf(file: SourceFile): string[] {
  return file.imports.flatMap((one) => (one.target === null || one.typeOnly ? [] : [one.target]));
}
