import { isJsonObject, own, ownList, ownText, type JsonObject } from "../json.ts";

/** A description or comment as it was written: Cloud's v3 speaks documents, v2 and Data Center wiki text. */
export type RichText =
  | { readonly kind: "document"; readonly document: JsonObject }
  | { readonly kind: "wiki"; readonly text: string };

// jira.text.field.character.limit, fixed on Cloud.
export const maxTextChars = 32_767;

const blocks = new Set(
  (
    "paragraph heading bulletList orderedList codeBlock blockquote rule panel table expand nestedExpand mediaSingle " +
    "mediaGroup decisionList taskList blockCard embedCard extension bodiedExtension syncBlock bodiedSyncBlock layoutSection"
  ).split(" "),
);
const inlines = new Set(
  "text hardBreak mention emoji inlineCard date status inlineExtension mediaInline placeholder".split(" "),
);
const marks = new Set(
  (
    "strong em code link strike subsup underline textColor backgroundColor annotation border fontSize " +
    "alignment indentation breakout fragment dataConsumer"
  ).split(" "),
);

/** What may stand in what, as far as Jira's own refusals show it; not here: whatever block may stand in it. */
const within: Readonly<Record<string, ReadonlySet<string>>> = {
  paragraph: inlines,
  heading: inlines,
  codeBlock: new Set(["text"]),
  bulletList: new Set(["listItem"]),
  orderedList: new Set(["listItem"]),
  table: new Set(["tableRow"]),
  tableRow: new Set(["tableCell", "tableHeader"]),
  taskList: new Set(["taskItem", "blockTaskItem", "taskList"]),
  taskItem: inlines,
  decisionList: new Set(["decisionItem"]),
  decisionItem: inlines,
  mediaSingle: new Set(["media", "caption"]),
  mediaGroup: new Set(["media"]),
  layoutSection: new Set(["layoutColumn"]),
  caption: inlines,
};

export function isDocument(value: unknown): value is JsonObject {
  return isJsonObject(value) && own(value, "type") === "doc" && Array.isArray(own(value, "content"));
}

/** Jira says no more than INVALID_INPUT of a document that is none; this says why, for a failing test to show. */
export function documentFault(document: JsonObject): string | null {
  if (own(document, "version") !== 1) return "version is not 1";
  return contentFault(document, "doc");
}

export function plainText(text: RichText): string {
  return text.kind === "wiki" ? text.text : nodeText(text.document).replace(/\n+$/, "");
}

/** As the other version of the API shows it. */
export function inVersion(text: RichText, version: 2 | 3): unknown {
  if (version === 2) return plainText(text);
  if (text.kind === "document") return text.document;
  const lines = text.text.split(/\r?\n/).map((line) => ({
    type: "paragraph",
    content: line === "" ? [] : [{ type: "text", text: line }],
  }));
  return { version: 1, type: "doc", content: lines };
}

function contentFault(node: JsonObject, type: string): string | null {
  const content = own(node, "content");
  if (content === undefined) return null;
  if (!Array.isArray(content)) return `${type}.content is no list`;
  const allowed = within[type] ?? blocks;
  for (const child of content as unknown[]) {
    const fault = isJsonObject(child) ? nodeFault(child, type, allowed) : `${type} holds something that is no node`;
    if (fault !== null) return fault;
  }
  return null;
}

function nodeFault(node: JsonObject, parent: string, allowed: ReadonlySet<string>): string | null {
  const type = ownText(node, "type");
  if (type === null || !allowed.has(type)) return `${parent} may not hold ${String(type)}`;
  for (const mark of ownList(node, "marks")) {
    if (!isJsonObject(mark) || !marks.has(String(own(mark, "type")))) return `${type} has an unknown mark`;
  }
  if (type !== "text") return contentFault(node, type);
  const text = ownText(node, "text");
  return text === null || text === "" ? "a text node is empty" : null;
}

function nodeText(node: JsonObject): string {
  const type = ownText(node, "type");
  if (type === "text") return ownText(node, "text") ?? "";
  if (type === "hardBreak") return "\n";
  const inner = ownList(node, "content")
    .map((child) => (isJsonObject(child) ? nodeText(child) : ""))
    .join("");
  return type !== null && within[type] === inlines ? `${inner}\n` : type === "codeBlock" ? `${inner}\n` : inner;
}
