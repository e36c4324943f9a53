import { adfOf } from "./adf.ts";
import type { Jira } from "./deployment.ts";
import { paragraph, text, type Block } from "./document.ts";
import { wikiOf } from "./wiki.ts";

/** In the form that this Jira takes. */
export function richText({ isCloud }: Pick<Jira, "isCloud">, blocks: readonly Block[]): unknown {
  return isCloud ? adfOf(blocks) : wikiOf(blocks);
}

export function richLine(jira: Pick<Jira, "isCloud">, line: string): unknown {
  return richText(jira, [paragraph(text(line))]);
}
