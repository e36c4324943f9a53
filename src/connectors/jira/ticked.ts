import { taskOf, type AdfNode } from "./adf.ts";
import { paragraph, text, type Block, type Task } from "./document.ts";
import { TICKED, UNTICKED, wikiOf } from "./wiki.ts";

/** The blocks with those steps done that somebody ticked off over there: the text is written anew, their work is not. */
export function withTicks(blocks: readonly Block[], isCloud: boolean, shown: unknown): readonly Block[] {
  const isTicked = isCloud ? tickedInDocument(shown) : tickedInMarkup(shown);
  return blocks.map((block) => (block.kind === "task" && isTicked(block) ? { ...block, isDone: true } : block));
}

export function hasTasks(blocks: readonly Block[]): boolean {
  return blocks.some(({ kind }) => kind === "task");
}

/** The same as lines: not every Jira's editor has lists to tick off, and the ticket matters more than the boxes. */
export function withoutTasks(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block) => {
    return block.kind === "task"
      ? paragraph(text(`${block.isDone === true ? TICKED : UNTICKED} ${block.n}. `), ...block.inlines)
      : block;
  });
}

/** By its text: Jira gives ids of its own, and another step in the same place is not done. */
function tickedInDocument(document: unknown): (task: Task) => boolean {
  const done = new Set<string>();
  const visit = (node: unknown, depth: number): void => {
    if (depth > 20 || typeof node !== "object" || node === null) return;
    const { type, attrs, content } = node as Partial<AdfNode>;
    if (type === "taskItem" && attrs?.["state"] === "DONE") done.add(textOf(content));
    if (Array.isArray(content)) for (const child of content) visit(child, depth + 1);
  };
  visit(document, 0);
  return (task) => done.has(textOf(taskOf(task).content?.[0]?.content));
}

function textOf(nodes: unknown): string {
  if (!Array.isArray(nodes)) return "";
  return nodes
    .map((node: Partial<AdfNode> | null) => (typeof node?.text === "string" ? node.text : ""))
    .join("")
    .trim();
}

function tickedInMarkup(markup: unknown): (task: Task) => boolean {
  const lines = new Set(typeof markup === "string" ? markup.split(/\r?\n/).map((line) => line.trim()) : []);
  return (task) => lines.has(wikiOf([task]).replace(UNTICKED, TICKED));
}
