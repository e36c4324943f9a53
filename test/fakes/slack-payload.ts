import { isJsonObject, own, ownList, type JsonObject } from "./json.ts";
import { shownBlocks } from "./slack-text.ts";

/**
 * Figures from docs.slack.dev/reference/block-kit, but `allBlockTextChars`, which Slack does not document: people met
 * `msg_blocks_too_long` near it (slackapi/bolt-js issue 2509).
 */
export const slackLimits = {
  blocks: 50,
  allBlockTextChars: 13_200,
  attachments: 100,
  sectionTextChars: 3_000,
  sectionFields: 10,
  fieldTextChars: 2_000,
  headerTextChars: 150,
  contextElements: 10,
  contextTextChars: 3_000,
  actionElements: 25,
  buttonTextChars: 75,
  buttonValueChars: 2_000,
  urlChars: 3_000,
  idChars: 255,
  optionTextChars: 75,
  optionValueChars: 150,
  overflowOptions: 5,
  selectOptions: 100,
  imageTextChars: 2_000,
  markdownChars: 12_000,
} as const;

export interface PayloadRefusal {
  /** The word that Slack answers with. */
  readonly error: string;
  /** What Slack keeps to itself and a failing test wants to know. */
  readonly why: string;
}

/** What an incoming webhook would say against this payload; null when it posts it. */
export function refusePayload(payload: JsonObject): PayloadRefusal | null {
  // PHP's reader, unlike ours, refuses half a surrogate pair.
  if (!isWellFormed(payload)) return { error: "invalid_payload", why: "a lone surrogate" };
  const text = own(payload, "text") ?? null;
  if (text !== null && typeof text !== "string") return { error: "invalid_payload", why: "text is not a string" };
  const blocks = own(payload, "blocks") ?? [];
  if (!Array.isArray(blocks)) return { error: "invalid_blocks_format", why: "blocks is not a list" };
  const attachments = own(payload, "attachments") ?? [];
  if (!Array.isArray(attachments) || !attachments.every(isJsonObject)) {
    return { error: "invalid_attachments", why: "attachments is not a list of objects" };
  }
  if (attachments.length > slackLimits.attachments) {
    return { error: "too_many_attachments", why: `${attachments.length} attachments` };
  }
  if (!text && blocks.length === 0 && !attachments.some(saysSomething))
    return { error: "no_text", why: "nothing to show" };

  const lists = [blocks, ...attachments.map((attachment) => ownList(attachment, "blocks"))];
  for (const list of lists) {
    const why = blocksProblem(list);
    if (why !== null) return { error: "invalid_blocks", why };
  }
  const chars = lists.reduce((sum, list) => sum + textCharsOf(list), 0);
  if (chars > slackLimits.allBlockTextChars) {
    return { error: "msg_blocks_too_long", why: `${chars} characters in all blocks` };
  }
  return null;
}

function saysSomething(attachment: JsonObject): boolean {
  const spoken = ["text", "pretext", "title", "fallback", "author_name", "footer", "image_url"];
  return (
    spoken.some((key) => typeof own(attachment, key) === "string" && own(attachment, key) !== "") ||
    ownList(attachment, "fields").length > 0 ||
    ownList(attachment, "blocks").length > 0
  );
}

function textCharsOf(blocks: readonly unknown[]): number {
  return shownBlocks(blocks, "blocks").reduce((sum, shown) => sum + ("text" in shown ? shown.text.length : 0), 0);
}

function blocksProblem(blocks: readonly unknown[]): string | null {
  if (blocks.length > slackLimits.blocks) return `${blocks.length} blocks`;
  const ids = new Set<unknown>();
  for (const [index, block] of blocks.entries()) {
    const at = `blocks[${index}]`;
    if (!isJsonObject(block)) return `${at}: not an object`;
    const why = idProblem(block, "block_id", ids, at) ?? blockProblem(block, at);
    if (why !== null) return why;
  }
  return null;
}

/** The kinds that a webhook message of ours can hold; another kind that Slack knows is refused here until it is added. */
function blockProblem(block: JsonObject, at: string): string | null {
  switch (block.type) {
    case "divider":
      return null;
    case "section":
      return sectionProblem(block, at);
    case "header":
      return textProblem(block.text, `${at}.text`, slackLimits.headerTextChars, plainOnly);
    case "context":
      return listProblem(block.elements, `${at}.elements`, slackLimits.contextElements, contextElementProblem);
    case "actions":
      return actionsProblem(block, at);
    case "image":
      return imageProblem(block, at) ?? imageTitleProblem(block, at);
    case "markdown":
      return stringProblem(block.text, `${at}.text`, slackLimits.markdownChars);
    case "rich_text":
      return Array.isArray(block.elements) ? null : `${at}.elements: not a list`;
    default:
      return `${at}: unknown type ${String(block.type)}`;
  }
}

const plainOnly = ["plain_text"];
const plainOrMrkdwn = ["plain_text", "mrkdwn"];

function sectionProblem(block: JsonObject, at: string): string | null {
  const { text, fields, accessory } = block;
  if (text === undefined && fields === undefined) return `${at}: neither text nor fields`;
  return (
    (text === undefined ? null : textProblem(text, `${at}.text`, slackLimits.sectionTextChars, plainOrMrkdwn)) ??
    (fields === undefined ? null : listProblem(fields, `${at}.fields`, slackLimits.sectionFields, fieldProblem)) ??
    (accessory === undefined ? null : elementProblem(accessory, `${at}.accessory`))
  );
}

function fieldProblem(field: unknown, at: string): string | null {
  return textProblem(field, at, slackLimits.fieldTextChars, plainOrMrkdwn);
}

function contextElementProblem(element: unknown, at: string): string | null {
  if (isJsonObject(element) && element.type === "image") return imageProblem(element, at);
  return textProblem(element, at, slackLimits.contextTextChars, plainOrMrkdwn);
}

function actionsProblem(block: JsonObject, at: string): string | null {
  const ids = new Set<unknown>();
  return listProblem(
    block.elements,
    `${at}.elements`,
    slackLimits.actionElements,
    (element, where) =>
      elementProblem(element, where) ?? (isJsonObject(element) ? idProblem(element, "action_id", ids, where) : null),
  );
}

function elementProblem(element: unknown, at: string): string | null {
  if (!isJsonObject(element)) return `${at}: not an object`;
  switch (element.type) {
    case "button":
      return buttonProblem(element, at);
    case "image":
      return imageProblem(element, at);
    case "overflow":
      return listProblem(element.options, `${at}.options`, slackLimits.overflowOptions, optionProblem);
    case "static_select":
      return listProblem(element.options, `${at}.options`, slackLimits.selectOptions, optionProblem);
    default:
      return `${at}: unknown type ${String(element.type)}`;
  }
}

function buttonProblem(button: JsonObject, at: string): string | null {
  const { text, value, url, style } = button;
  if (style !== undefined && style !== "primary" && style !== "danger")
    return `${at}.style: neither primary nor danger`;
  return (
    textProblem(text, `${at}.text`, slackLimits.buttonTextChars, plainOnly) ??
    (value === undefined ? null : stringProblem(value, `${at}.value`, slackLimits.buttonValueChars)) ??
    (url === undefined ? null : urlProblem(url, `${at}.url`))
  );
}

function optionProblem(option: unknown, at: string): string | null {
  if (!isJsonObject(option)) return `${at}: not an object`;
  return (
    textProblem(option.text, `${at}.text`, slackLimits.optionTextChars, plainOrMrkdwn) ??
    stringProblem(option.value, `${at}.value`, slackLimits.optionValueChars)
  );
}

function imageProblem(image: JsonObject, at: string): string | null {
  return (
    urlProblem(image.image_url, `${at}.image_url`) ??
    stringProblem(image.alt_text, `${at}.alt_text`, slackLimits.imageTextChars)
  );
}

function imageTitleProblem(image: JsonObject, at: string): string | null {
  if (image.title === undefined) return null;
  return textProblem(image.title, `${at}.title`, slackLimits.imageTextChars, plainOnly);
}

function textProblem(text: unknown, at: string, most: number, types: readonly string[]): string | null {
  if (!isJsonObject(text)) return `${at}: not a text object`;
  if (typeof text.type !== "string" || !types.includes(text.type)) return `${at}: type ${String(text.type)}`;
  return stringProblem(text.text, `${at}.text`, most);
}

function urlProblem(url: unknown, at: string): string | null {
  const why = stringProblem(url, at, slackLimits.urlChars);
  if (why !== null) return why;
  return typeof url === "string" && URL.canParse(url) ? null : `${at}: not a URL`;
}

/** Counted in UTF-16 units and as sent, entities and all: of the ways to count, the one that refuses most. */
function stringProblem(value: unknown, at: string, most: number): string | null {
  if (typeof value !== "string") return `${at}: not a string`;
  if (value.length === 0) return `${at}: empty`;
  return value.length > most ? `${at}: ${value.length} characters, ${most} allowed` : null;
}

function listProblem(
  list: unknown,
  at: string,
  most: number,
  problemOf: (item: unknown, at: string) => string | null,
): string | null {
  if (!Array.isArray(list)) return `${at}: not a list`;
  if (list.length === 0) return `${at}: empty`;
  if (list.length > most) return `${at}: ${list.length} items, ${most} allowed`;
  for (const [index, item] of list.entries()) {
    const why = problemOf(item, `${at}[${index}]`);
    if (why !== null) return why;
  }
  return null;
}

function idProblem(owner: JsonObject, key: string, taken: Set<unknown>, at: string): string | null {
  const id = owner[key];
  if (id === undefined) return null;
  if (taken.has(id)) return `${at}.${key}: used twice`;
  taken.add(id);
  return stringProblem(id, `${at}.${key}`, slackLimits.idChars);
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (isJsonObject(value))
    return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner));
  return true;
}
