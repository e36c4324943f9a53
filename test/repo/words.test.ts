import { expect, test } from "vitest";
import { readRepositoryFile, repositoryPaths } from "./tree.ts";
import { linkFindings, pageFindings, wordFindings } from "./words.ts";

const paths = repositoryPaths();
const texts = new Map(
  paths.filter((path) => !/\.(png|ico|gz|db)$/.test(path)).map((path) => [path, readRepositoryFile(path)]),
);

test("no file holds a word that belongs elsewhere", () => {
  expect([...texts].flatMap(([path, text]) => wordFindings(path, text))).toEqual([]);
});

test("every page that is named is there", () => {
  const named = [...texts].filter(([path]) => path !== "package-lock.json" && !path.endsWith(".test.ts"));

  expect(named.flatMap(([path, text]) => pageFindings(path, text, paths))).toEqual([]);
});

test("every link of every page leads somewhere", () => {
  const pages = paths.filter((path) => path.endsWith(".md"));

  expect(pages.flatMap((path) => linkFindings(path, texts, paths))).toEqual([]);
});

// Put together here, so that this file holds none of them itself.
const planted: readonly [path: string, text: string][] = [
  ["src/a.ts", `// see ${["", "work", "main"].join("/")}`],
  ["docs/a.md", `cd ${["", "root", "riposte"].join("/")}`],
  ["docs/a.md", `cat ${["..", "shared"].join("/")}/data/x.jsonl`],
  ["src/a.ts", `// see ${["design", "config.md"].join("/")}`],
  ["docs/a.md", ["https://registry", "example.org"].join(".")],
  ["src/a.ts", `${"<".repeat(7)} HEAD`],
  ["src/a.test.ts", ["it", "only"].join(".")],
  ["src/a.test.ts", ["describe", "todo"].join(".")],
  ["src/a.test.ts", `${["it", "todo"].join(".")}(name)`],
  ["src/a.test.ts", `await ${["sleep", "10)"].join("(")}`],
];

test.each(planted)("a planted word is found in %s: %s", (path, text) => {
  expect(wordFindings(path, text)).toHaveLength(1);
});

test("words that only look alike are let be", () => {
  const text = ["GET /v1/work/list", 'import "../shared-data.ts"', "`/work/${id}`", 'it.todo("later")'].join("\n");

  expect(wordFindings("src/a.test.ts", text)).toEqual([]);
});

test("links that lead nowhere are found, and only they", () => {
  const page = [
    "# A page, *with* a heading!",
    "[here](#a-page-with-a-heading) [there](b.md#two) [folder](../src/) [out](https://example.com/x)",
    "`[code](gone.md)`",
    "```",
    "[in a fence](gone.md)",
    "```",
    "[gone](gone.md) [no heading](b.md#three)",
    "[named]: ../gone.ts",
  ].join("\n");
  const pages = new Map([
    ["docs/a.md", page],
    ["docs/b.md", "# One\n## Two\n"],
  ]);

  expect(linkFindings("docs/a.md", pages, [...pages.keys(), "src/main.ts"])).toEqual([
    "docs/a.md links to gone.md: there is no such file",
    "docs/a.md links to b.md#three: there is no such heading",
    "docs/a.md links to ../gone.ts: there is no such file",
  ]);
});

test("a page that is named and not there is found", () => {
  const gone = ["GONE", "md"].join(".");

  expect(pageFindings("src/a.ts", `// see ${gone} and a.md`, ["docs/a.md"])).toEqual([
    `src/a.ts names ${gone}: there is no such page`,
  ]);
});
