import { plainText } from "../../core/plain-text.ts";
import { JIRA_TEXT_CHARS, link, type Block, type Inline } from "./document.ts";
import { fitted, shownExcerpt } from "./fit.ts";
import { wikiText } from "./wiki-text.ts";

/** The document in the markup of Jira Data Center, with all text in it made inert. */
export function wikiOf(blocks: readonly Block[]): string {
  return markupOf(fitted(blocks, JIRA_TEXT_CHARS, (some) => countedChars(markupOf(some))));
}

/** Data Center has no lists to tick off: people put the one sign in place of the other. */
export const UNTICKED = "☐";
export const TICKED = "☑";

/** Some databases behind Jira keep a line break as two characters. */
function countedChars(markup: string): number {
  return markup.length + (markup.match(/\n/g)?.length ?? 0);
}

function markupOf(blocks: readonly Block[]): string {
  return blocks
    .map(blockMarkup)
    .filter((markup) => markup !== "")
    .join("\n\n");
}

function blockMarkup(block: Block): string {
  switch (block.kind) {
    case "heading": {
      const words = wikiText(block.text);
      return words === "" ? "" : `h3. ${words}`;
    }
    case "paragraph":
      return inlineMarkup(block.inlines);
    case "facts":
      return block.facts
        .map(({ label, value }) => `||${wikiText(label) || " "}|${inlineMarkup(value) || " "}|`)
        .join("\n");
    case "list":
      return block.items.map((item) => `* ${inlineMarkup(item) || "&nbsp;"}`).join("\n");
    case "excerpt":
      return excerptMarkup(plainText(shownExcerpt(block)));
    case "task":
      return `${block.isDone === true ? TICKED : UNTICKED} ${inlineMarkup([{ kind: "text", text: `${block.n}. ` }, ...block.inlines])}`;
    case "command":
      return excerptMarkup(plainText(block.text));
    case "rule":
      return "----";
    case "note":
      return `{panel:bgColor=#fffae6|borderColor=#ffab00}\n${inlineMarkup(block.inlines) || "&nbsp;"}\n{panel}`;
  }
}

function inlineMarkup(inlines: readonly Inline[]): string {
  let markup = "";
  let isSetOff = false;
  for (const inline of joined(inlines)) {
    const run = runMarkup(inline);
    const mustBeSetOff = inline.kind === "strong" || inline.kind === "code";
    // A sign that touches a word begins and ends nothing.
    const needsSpace = (isSetOff || mustBeSetOff) && /\S$/.test(markup) && /^\S/.test(run);
    markup += needsSpace ? ` ${run}` : run;
    if (run !== "") isSetOff = mustBeSetOff;
  }
  return markup.trim();
}

/** Neighbouring runs of plain text as one: what means nothing in either may mean something in both. */
function joined(inlines: readonly Inline[]): readonly Inline[] {
  const runs: Inline[] = [];
  for (const each of inlines) {
    if (each.text === "") continue;
    const inline = each.kind === "link" ? link(each.text, each.url) : each;
    const last = runs.at(-1);
    if (last?.kind === "text" && inline.kind === "text") {
      runs[runs.length - 1] = { kind: "text", text: `${last.text}${inline.text}` };
    } else {
      runs.push(inline);
    }
  }
  return runs;
}

/** Signs that begin and end a run work only right beside its words: spaces at its ends go outside. */
function runMarkup(inline: Inline): string {
  const words = wikiText(inline.text);
  const before = /^\s/.test(inline.text) ? " " : "";
  if (words === "") return before;
  return `${before}${markedUp(inline, words)}${/\s$/.test(inline.text) ? " " : ""}`;
}

function markedUp(inline: Inline, words: string): string {
  switch (inline.kind) {
    case "text":
      return words;
    case "strong":
      return `*${words}*`;
    case "code":
      // `{{code}}` must not be taken for a macro with a brace too many.
      return `{{${words.replace(/^[A-Za-z](?=[A-Za-z-]*$)/, (letter) => `&#${letter.charCodeAt(0)};`)}}}`;
    case "link":
      return `[${words}|${inline.url}]`;
  }
}

/** Nothing is read inside this block but its own end, which is broken wherever somebody else wrote it. */
function excerptMarkup(text: string): string {
  if (text === "") return "";
  return `{noformat}\n${text.replaceAll(/\{(?=\s*noformat)/gi, "｛")}\n{noformat}`;
}
