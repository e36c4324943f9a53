import { isJsonObject, type JsonObject } from "./json.ts";

/**
 * What is wrong with a document of ours, by the few nodes that we use and nothing else; null: nothing. Stricter than
 * Atlassian's own schema, which also knows mentions, cards and extensions: none of them may ever come from us.
 */
export function adfFault(document: unknown): string | null {
  if (!isJsonObject(document) || document.type !== "doc" || document.version !== 1) return "no document of version 1";
  return keysFault(document, ["type", "version", "content"], "doc") ?? childrenFault(document, "doc", BLOCKS);
}

/** What a reader sees: a line for each paragraph, and one for each row of a table. */
export function adfText(node: unknown): string {
  if (!isJsonObject(node)) return "";
  if (typeof node.text === "string") return node.text;
  const inner = Array.isArray(node.content) ? node.content.map(adfText).join("") : "";
  if (node.type === "tableHeader") return `${inner.trimEnd()}: `;
  return ["paragraph", "heading", "codeBlock", "taskItem"].includes(String(node.type)) ? `${inner}\n` : inner;
}

/** Every address in the document that can be pressed. */
export function adfLinks(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(adfLinks);
  if (!isJsonObject(node)) return [];
  const own = typeof node.href === "string" ? [node.href] : [];
  return [...own, ...Object.values(node).flatMap(adfLinks)];
}

interface Rule {
  readonly children: readonly string[];
  /** At least one child. */
  readonly filled?: true;
  readonly attrs?: (attrs: JsonObject) => boolean;
}

const BLOCKS: readonly string[] = "paragraph heading table bulletList codeBlock rule panel taskList".split(" ");
const RULES: Readonly<Record<string, Rule>> = {
  paragraph: { children: ["text"] },
  heading: { children: ["text"], attrs: ({ level }) => [1, 2, 3, 4, 5, 6].includes(Number(level)) },
  table: { children: ["tableRow"], filled: true },
  tableRow: { children: ["tableHeader", "tableCell"], filled: true },
  tableHeader: { children: ["paragraph"], filled: true },
  tableCell: { children: ["paragraph"], filled: true },
  bulletList: { children: ["listItem"], filled: true },
  listItem: { children: ["paragraph"], filled: true },
  codeBlock: { children: ["text"], filled: true },
  taskList: { children: ["taskItem"], filled: true, attrs: ({ localId }) => isWord(localId) },
  taskItem: {
    children: ["text"],
    attrs: ({ localId, state }) => isWord(localId) && (state === "TODO" || state === "DONE"),
  },
  rule: { children: [] },
  panel: { children: ["paragraph"], filled: true, attrs: ({ panelType }) => panelType === "warning" },
};

function isWord(value: unknown): boolean {
  return typeof value === "string" && /^[\w-]+$/.test(value);
}

function childrenFault(node: JsonObject, path: string, allowed: readonly string[]): string | null {
  if (!Array.isArray(node.content)) return `${path} has no list of content`;
  for (const [index, child] of (node.content as unknown[]).entries()) {
    const fault = nodeFault(child, `${path}[${index}]`, allowed);
    if (fault !== null) return fault;
  }
  return null;
}

function nodeFault(node: unknown, path: string, allowed: readonly string[]): string | null {
  if (!isJsonObject(node) || typeof node.type !== "string") return `${path} is no node`;
  const { type } = node;
  const at = `${path}.${type}`;
  if (!allowed.includes(type)) return `${at} may not stand here`;
  if (type === "text") return textFault(node, at);
  const rule = RULES[type];
  if (rule === undefined) return `${at} is no node of ours`;
  const attrs = rule.attrs === undefined ? [] : ["attrs"];
  const content = rule.children.length === 0 ? [] : ["content"];
  const keys = keysFault(node, ["type", ...attrs, ...content], at);
  if (keys !== null) return keys;
  if (rule.attrs !== undefined && (!isJsonObject(node.attrs) || !rule.attrs(node.attrs))) return `${at}: wrong attrs`;
  if (rule.children.length === 0) return null;
  if (rule.filled && Array.isArray(node.content) && node.content.length === 0) return `${at} is empty`;
  return childrenFault(node, at, rule.children);
}

function textFault(node: JsonObject, at: string): string | null {
  const keys = keysFault(node, node.marks === undefined ? ["type", "text"] : ["type", "text", "marks"], at);
  if (keys !== null) return keys;
  const { text, marks = [] } = node;
  if (typeof text !== "string" || text === "") return `${at} has no text`;
  if (!text.isWellFormed()) return `${at} has half a surrogate pair`;
  // Line breaks and tabs are for code, where they are shown as such.
  const unfit = at.includes("codeBlock") ? /(?![\n\t])\p{Cc}|\p{Cf}/u : /\p{Cc}|\p{Cf}/u;
  if (unfit.test(text)) return `${at} has characters that can't be seen`;
  if (!Array.isArray(marks) || marks.length > 1) return `${at} has more than one mark`;
  return marks.length === 0 || isMark(marks[0]) ? null : `${at} has a mark that is none of ours`;
}

function isMark(mark: unknown): boolean {
  if (!isJsonObject(mark)) return false;
  if (mark.type === "strong" || mark.type === "code") return Object.keys(mark).length === 1;
  if (mark.type !== "link" || !isJsonObject(mark.attrs)) return false;
  const { href, ...others } = mark.attrs;
  return typeof href === "string" && /^https?:\/\//.test(href) && Object.keys(others).length === 0;
}

function keysFault(node: JsonObject, keys: readonly string[], at: string): string | null {
  const wrong = Object.keys(node).find((key) => !keys.includes(key));
  const missing = keys.find((key) => !Object.hasOwn(node, key));
  if (wrong !== undefined) return `${at} has ${wrong}`;
  return missing === undefined ? null : `${at} has no ${missing}`;
}
