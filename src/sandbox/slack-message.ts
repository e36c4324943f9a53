// Slack's side of an incoming webhook: what it refuses, and what a channel shows of what it takes.
import { decodeEntities, readMrkdwn, readPlain, webAddress } from "./mrkdwn.ts";
import type { Span } from "./mrkdwn.ts";

export type Part =
  | { readonly kind: "header"; readonly text: string }
  | { readonly kind: "text"; readonly spans: readonly Span[] }
  | { readonly kind: "title"; readonly text: string; readonly href: string | null }
  | { readonly kind: "fields"; readonly fields: readonly Field[] }
  | { readonly kind: "context"; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: "divider" }
  | { readonly kind: "buttons"; readonly labels: readonly string[] }
  | { readonly kind: "attachment"; readonly colour: string; readonly parts: readonly Part[] };

export interface Field {
  readonly title: string | null;
  readonly spans: readonly Span[];
  readonly short: boolean;
}

export type Reading =
  | { readonly kind: "taken"; readonly parts: readonly Part[] }
  | { readonly kind: "refused"; readonly error: string };

type Json = Readonly<Record<string, unknown>>;

const MOST_BLOCKS = 50;
const MOST_ATTACHMENTS = 100;
/** Slack folds longer text away behind a link; the page has none, so it stops there. */
const MOST_SHOWN = 8_000;
const MOST_IN_ALL_BLOCKS = 13_200;
const COLOURS: Readonly<Record<string, string>> = { good: "#2eb67d", warning: "#daa038", danger: "#e01e5a" };
const NO_COLOUR = "#b8b8b8";

export function readMessage(body: unknown): Reading {
  if (!isJson(body)) return { kind: "refused", error: "invalid_payload" };
  const blocks = listOf(body["blocks"]);
  const attachments = listOf(body["attachments"]);
  const text = stringOf(body["text"]);
  if (text === "" && blocks.length === 0 && attachments.length === 0) return { kind: "refused", error: "no_text" };
  if (attachments.length > MOST_ATTACHMENTS) return { kind: "refused", error: "too_many_attachments" };
  const allBlocks = [...blocks, ...attachments.flatMap((attachment) => listOf(attachment["blocks"]))];
  const error = blocksError(allBlocks);
  if (error !== null) return { kind: "refused", error };

  // Beside blocks, `text` is only the notification; an attachment never replaces it.
  const said: Part[] = blocks.length === 0 && text !== "" ? [{ kind: "text", spans: mrkdwn(text) }] : [];
  return { kind: "taken", parts: [...said, ...blocks.flatMap(readBlock), ...attachments.flatMap(readAttachment)] };
}

function blocksError(blocks: readonly Json[]): string | null {
  if (blocks.length > MOST_BLOCKS) return "invalid_blocks";
  if (!blocks.every(isSound)) return "invalid_blocks";
  const lengths = blocks.map((block) => textLength(block));
  return lengths.reduce((sum, length) => sum + length, 0) > MOST_IN_ALL_BLOCKS ? "msg_blocks_too_long" : null;
}

function isSound(block: Json): boolean {
  const length = textOf(block["text"]).length;
  switch (block["type"]) {
    case "header":
      return length > 0 && length <= 150 && isJson(block["text"]) && block["text"]["type"] === "plain_text";
    case "section": {
      const fields = listOf(block["fields"]);
      if (length === 0 && fields.length === 0) return false;
      return length <= 3_000 && fields.length <= 10 && fields.every((field) => within(textOf(field), 2_000));
    }
    case "context": {
      const elements = listOf(block["elements"]);
      return elements.length > 0 && elements.length <= 10;
    }
    case "actions": {
      const elements = listOf(block["elements"]);
      return elements.length > 0 && elements.length <= 25 && elements.every(isSoundButton);
    }
    case "divider":
      return true;
  }
  return false;
}

function isSoundButton(element: Json): boolean {
  return within(textOf(element["text"]), 75) && stringOf(element["url"]).length <= 3_000;
}

function within(text: string, most: number): boolean {
  return text.length > 0 && text.length <= most;
}

function readBlock(block: Json): readonly Part[] {
  switch (block["type"]) {
    case "header":
      return [{ kind: "header", text: readPlain(textOf(block["text"])) }];
    case "section": {
      const fields = listOf(block["fields"]).map((field) => ({ title: null, spans: spansOf(field), short: true }));
      const parts: Part[] = isJson(block["text"]) ? [{ kind: "text", spans: spansOf(block["text"]) }] : [];
      return fields.length === 0 ? parts : [...parts, { kind: "fields", fields }];
    }
    case "context":
      return [{ kind: "context", items: listOf(block["elements"]).map(spansOf) }];
    case "actions":
      return [
        { kind: "buttons", labels: listOf(block["elements"]).map((element) => readPlain(textOf(element["text"]))) },
      ];
    case "divider":
      return [{ kind: "divider" }];
  }
  return [];
}

/** The older shape, which Wazuh's own script sends. Slack shows no pretext and no fields beside blocks. */
function readAttachment(attachment: Json): readonly Part[] {
  const colour = colourOf(stringOf(attachment["color"]));
  const blocks = listOf(attachment["blocks"]);
  if (blocks.length > 0) return [{ kind: "attachment", colour, parts: blocks.flatMap(readBlock) }];

  const inside: Part[] = [];
  const title = stringOf(attachment["title"]);
  if (title !== "") {
    inside.push({ kind: "title", text: decodeEntities(title), href: webAddress(stringOf(attachment["title_link"])) });
  }
  const text = stringOf(attachment["text"]);
  if (text !== "") inside.push({ kind: "text", spans: mrkdwn(text) });
  const fields = listOf(attachment["fields"]).map((field) => ({
    title: decodeEntities(stringOf(field["title"])),
    spans: mrkdwn(stringOf(field["value"])),
    short: field["short"] === true,
  }));
  if (fields.length > 0) inside.push({ kind: "fields", fields });
  const footer = [stringOf(attachment["footer"]), timeOf(attachment["ts"])].filter((part) => part !== "");
  if (footer.length > 0)
    inside.push({ kind: "context", items: footer.map((part) => [{ kind: "text", text: decodeEntities(part) }]) });

  const pretext = stringOf(attachment["pretext"]);
  const before: Part[] = pretext === "" ? [] : [{ kind: "text", spans: mrkdwn(pretext) }];
  return [...before, { kind: "attachment", colour, parts: inside }];
}

function colourOf(colour: string): string {
  return COLOURS[colour] ?? (/^#?[0-9a-f]{6}$/i.test(colour) ? `#${colour.replace("#", "")}` : NO_COLOUR);
}

/** Seconds, as a number or a string. Wazuh's script sends an alert id here, which reads as seconds with a fraction. */
function timeOf(ts: unknown): string {
  const seconds = Number(ts);
  if (ts === undefined || ts === null || ts === "" || !Number.isFinite(seconds) || Math.abs(seconds) > 8e12) return "";
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function spansOf(textObject: Json): readonly Span[] {
  const text = textOf(textObject);
  return textObject["type"] === "plain_text" ? [{ kind: "text", text: readPlain(text) }] : mrkdwn(text);
}

function mrkdwn(text: string): readonly Span[] {
  return readMrkdwn(text.slice(0, MOST_SHOWN));
}

/** The words of a text object, or of a text itself. */
function textOf(value: unknown): string {
  return isJson(value) ? stringOf(value["text"]) : stringOf(value);
}

function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (!isJson(value)) return 0;
  const own = typeof value["text"] === "string" ? value["text"].length : 0;
  return Object.values(value).reduce<number>((sum, item) => sum + textLength(item), own);
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
