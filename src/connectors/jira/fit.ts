import { cutNote, head, plainText } from "../../core/plain-text.ts";
import type { Block, Excerpt, Inline } from "./document.ts";

/**
 * The document with as little cut as brings it within `most`: the excerpts first, then every other text, and last
 * whole blocks from the end. `sizeOf` is the length that Jira will count.
 */
export function fitted(
  blocks: readonly Block[],
  most: number,
  sizeOf: (blocks: readonly Block[]) => number,
): readonly Block[] {
  const fits = (candidate: readonly Block[]): boolean => sizeOf(candidate) <= most;
  if (fits(blocks)) return blocks;
  const withExcerpts = (chars: number): readonly Block[] => blocks.map((block) => cutBlock(block, chars, null));
  if (fits(withExcerpts(SHORT_EXCERPT_CHARS))) {
    return withExcerpts(mostThatFits(SHORT_EXCERPT_CHARS, most, (chars) => fits(withExcerpts(chars))));
  }
  const withTexts = (chars: number): readonly Block[] => {
    return blocks.map((block) => cutBlock(block, SHORT_EXCERPT_CHARS, chars));
  };
  if (fits(withTexts(SHORT_TEXT_CHARS))) {
    return withTexts(mostThatFits(SHORT_TEXT_CHARS, most, (chars) => fits(withTexts(chars))));
  }
  const short = withTexts(SHORT_TEXT_CHARS);
  const withBlocks = (count: number): readonly Block[] => [...short.slice(0, count), LEFT_OUT];
  return withBlocks(mostThatFits(0, short.length, (count) => fits(withBlocks(count))));
}

/** What is shown of an excerpt: all of it, or its beginning and how long it was. */
export function shownExcerpt({ text, cutFromChars, wholeIn }: Excerpt): string {
  if (cutFromChars === null) return text;
  const where = wholeIn === undefined ? "" : ` [all of it goes into the attachment ${wholeIn}]`;
  return `${text}${cutNote(cutFromChars)}${where}`;
}

/** Only as much is cleaned as can ever be shown: the text may be very long. */
export function excerptOf(text: string, mostChars: number): Excerpt {
  const clean = plainText(head(text, mostChars));
  const isWhole = text.length <= mostChars && clean.length <= mostChars;
  return { kind: "excerpt", text: head(clean, mostChars), cutFromChars: isWhole ? null : text.length };
}

// Room for the first line of nearly every log.
const SHORT_EXCERPT_CHARS = 600;
const SHORT_TEXT_CHARS = 24;
const LEFT_OUT: Block = {
  kind: "paragraph",
  inlines: [{ kind: "text", text: "More is left out: it did not fit into the ticket." }],
};

function cutBlock(block: Block, excerptChars: number, textChars: number | null): Block {
  const line = (text: string): string => (textChars === null ? text : cutLine(text, textChars));
  const inlines = (all: readonly Inline[]): readonly Inline[] => {
    return all.map((inline) => (inline.kind === "code" ? inline : { ...inline, text: line(inline.text) }));
  };
  switch (block.kind) {
    case "excerpt":
      return block.text.length <= excerptChars
        ? block
        : { ...block, text: head(block.text, excerptChars), cutFromChars: block.cutFromChars ?? block.text.length };
    case "heading":
      return { ...block, text: line(block.text) };
    case "paragraph":
    case "note":
      return { ...block, inlines: inlines(block.inlines) };
    case "list":
      return { ...block, items: block.items.map(inlines) };
    case "facts":
      return {
        ...block,
        facts: block.facts.map(({ label, value }) => ({ label: line(label), value: inlines(value) })),
      };
    case "task":
      return { ...block, inlines: inlines(block.inlines) };
    // Half a command is another command.
    case "command":
    case "rule":
      return block;
  }
}

function cutLine(text: string, most: number): string {
  return text.length <= most ? text : `${head(text, most - 2)} …`;
}

/** The greatest number for which it still fits; `low` is known to. */
function mostThatFits(low: number, high: number, fits: (count: number) => boolean): number {
  let least = low;
  let most = high;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle - 1;
  }
  return least;
}
