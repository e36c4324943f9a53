// What may stand in no file of the repository, and which links of its pages lead nowhere.
import { posix } from "node:path";

/** Each pattern is written so that it does not find itself. */
const nowhere: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.}/-])\/w[o]rk\/[a-z.]/, "a path of the machine that it was written on"],
  [/(?<![\w.}/-])\/f[a]rm\/|f[a]rm-(studio|bench)/, "a path of the machine that it was written on"],
  [
    /\.\.\/sh[a]red(?![\w-])|(?<![\w./-])sh[a]red\/(data|design|specs|hooks)|d[e]sign\/[a-z]+\.md/,
    "a page outside the repository",
  ],
  [/https?:\/\/(r[e]gistry|d[e]b)\./, "a host that packages come from"],
  [/^(<{7}|>{7}|\|{7})( |$)/, "a mark of an unfinished merge"],
];
/** The home of a machine's own user; in sample alerts and playbooks it is a path on the machine that was attacked. */
const home: readonly [RegExp, string] = [
  /(?<![\w.}/-])\/r[o]ot\/(?!\.ssh|\.bash)/,
  "a path of the machine that it was written on",
];
const inTests: readonly (readonly [RegExp, string])[] = [
  [/\b(it|test|describe)(\.\w+)*\.only\b/, "runs alone and hides the others"],
  [/\bdescribe\.todo\b|\b(it|test)\.todo\((?!["'`])/, 'cannot be counted: give each its own name, it.todo("...")'],
  [/await (sleep|delay|setTimeout)\(/, "waits by the clock: move the clock, or wait for an event"],
];

/** The one file that may say where the sample data lies. */
const dataFile = "test/shared-data.ts";

export function wordFindings(path: string, text: string): string[] {
  const rules: (readonly [RegExp, string])[] = [
    ...(path === dataFile ? [] : nowhere),
    ...(path.endsWith(".test.ts") ? inTests : []),
  ];
  if (!/^(src\/sandbox|test\/(fixtures|fakes)|examples)\//.test(path)) rules.push(home);
  return text
    .split("\n")
    .flatMap((line, at) =>
      rules.flatMap(([pattern, what]) =>
        pattern.test(line) ? [`${path}:${at + 1} ${what}: ${line.trim().slice(0, 80)}`] : [],
      ),
    );
}

/** Pages that a text names (`ARCHITECTURE.md`) and that are not among `paths`. */
export function pageFindings(path: string, text: string, paths: readonly string[]): string[] {
  const pages = new Set(paths.map((one) => posix.basename(one)));
  return [...text.matchAll(/[\w-]+\.md\b/g)]
    .filter(([name]) => !pages.has(name))
    .map(([name]) => `${path} names ${name}: there is no such page`);
}

/** Relative links of a Markdown page that lead to no file, or to no heading of one. */
export function linkFindings(path: string, pages: ReadonlyMap<string, string>, paths: readonly string[]): string[] {
  const links = withoutCode(pages.get(path) ?? "").matchAll(/\]\(<?([^)\s>]+)|^\[[^\]]+\]:\s+(\S+)/gm);
  return [...links].flatMap(([, inline, reference]) => {
    const link = inline ?? reference ?? "";
    if (/^[a-z][a-z+.-]*:/i.test(link)) return [];
    const [to = "", heading] = link.split("#");
    const target = to === "" ? path : posix.join(posix.dirname(path), decodeURI(to)).replace(/\/$/, "");
    const found = target === "." || paths.some((one) => one === target || one.startsWith(`${target}/`));
    if (!found) return [`${path} links to ${link}: there is no such file`];
    const page = pages.get(target);
    if (heading === undefined || page === undefined || headings(page).includes(heading)) return [];
    return [`${path} links to ${link}: there is no such heading`];
  });
}

function headings(page: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutFences(page).matchAll(/^#+\s+(.*?)\s*$/gm)].map(([, title = ""]) => {
    const plain = title.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "");
    const slug = plain.replaceAll(/\s/g, "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

function withoutCode(page: string): string {
  return withoutFences(page).replaceAll(/`[^`\n]*`/g, "");
}

function withoutFences(page: string): string {
  return page.replaceAll(/^(```|~~~)[^]*?^\1/gm, "");
}
