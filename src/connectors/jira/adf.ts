import { plainText } from "../../core/plain-text.ts";
import { JIRA_TEXT_CHARS, webAddress, type Block, type Inline, type Task } from "./document.ts";
import { fitted, shownExcerpt } from "./fit.ts";

/** A document in Atlassian's format, as Jira Cloud takes it. */
export interface AdfDocument {
  readonly version: 1;
  readonly type: "doc";
  readonly content: readonly AdfNode[];
}

export interface AdfNode {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly content?: readonly AdfNode[];
  readonly marks?: readonly { readonly type: string; readonly attrs?: Readonly<Record<string, string>> }[];
  readonly text?: string;
}

/**
 * Each block as the node for it: text is only ever a text node, so that nothing in it can mean anything. How Jira
 * counts a document is written nowhere; as JSON it is longer than in any other form.
 */
export function adfOf(blocks: readonly Block[]): AdfDocument {
  return documentOf(fitted(blocks, JIRA_TEXT_CHARS, (some) => JSON.stringify(documentOf(some)).length));
}

function documentOf(blocks: readonly Block[]): AdfDocument {
  return { version: 1, type: "doc", content: blocks.flatMap(nodesOf) };
}

function nodesOf(block: Block): readonly AdfNode[] {
  switch (block.kind) {
    case "heading":
      return [{ type: "heading", attrs: { level: 3 }, content: textNodes([{ kind: "text", text: block.text }]) }];
    case "paragraph":
      return [paragraphOf(block.inlines)];
    case "facts":
      return block.facts.length === 0 ? [] : [{ type: "table", content: block.facts.map(rowOf) }];
    case "list":
      return block.items.length === 0 ? [] : [{ type: "bulletList", content: block.items.map(itemOf) }];
    case "excerpt":
      return excerptNodes(plainText(shownExcerpt(block)));
    case "task":
      return [taskOf(block)];
    case "command":
      return excerptNodes(plainText(block.text));
    case "rule":
      return [{ type: "rule" }];
    case "note":
      return [{ type: "panel", attrs: { panelType: "warning" }, content: [paragraphOf(block.inlines)] }];
  }
}

function rowOf({ label, value }: { readonly label: string; readonly value: readonly Inline[] }): AdfNode {
  return {
    type: "tableRow",
    content: [
      { type: "tableHeader", content: [paragraphOf([{ kind: "text", text: label }])] },
      { type: "tableCell", content: [paragraphOf(value)] },
    ],
  };
}

function itemOf(inlines: readonly Inline[]): AdfNode {
  return { type: "listItem", content: [paragraphOf(inlines)] };
}

/** A list of one each, so that commands can stand between them. */
export function taskOf({ n, inlines, isDone = false }: Pick<Task, "n" | "inlines"> & { isDone?: boolean }): AdfNode {
  const localId = `riposte-step-${n}`;
  const state = isDone ? "DONE" : "TODO";
  const content = textNodes([{ kind: "text", text: `${n}. ` }, ...inlines]);
  return {
    type: "taskList",
    attrs: { localId: `${localId}-list` },
    content: [{ type: "taskItem", attrs: { localId, state }, content }],
  };
}

function excerptNodes(text: string): readonly AdfNode[] {
  return text === "" ? [] : [{ type: "codeBlock", content: [{ type: "text", text }] }];
}

function paragraphOf(inlines: readonly Inline[]): AdfNode {
  return { type: "paragraph", content: textNodes(inlines) };
}

/** A text node must hold something. */
function textNodes(inlines: readonly Inline[]): readonly AdfNode[] {
  return inlines.flatMap((inline) => {
    const text = oneLine(inline.text);
    return text === "" ? [] : [{ type: "text", text, ...marksOf(inline) }];
  });
}

function marksOf(inline: Inline): Pick<AdfNode, "marks"> {
  switch (inline.kind) {
    case "text":
      return {};
    case "strong":
    case "code":
      return { marks: [{ type: inline.kind }] };
    case "link": {
      const href = webAddress(inline.url);
      return href === null ? {} : { marks: [{ type: "link", attrs: { href } }] };
    }
  }
}

/** Without the trimming of `plainLine`: the space between two runs belongs to one of them. */
function oneLine(text: string): string {
  return plainText(text).replaceAll(/[\n\t ]+/g, " ");
}
