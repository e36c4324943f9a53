import { isJsonObject, own, ownList, ownText, type JsonObject } from "./json.ts";

/** One thing in a Slack message that a person can read or press, and how Slack reads it. */
export type Shown =
  /** `verbatim`: only what stands in angle brackets is markup. */
  | { readonly kind: "mrkdwn"; readonly place: string; readonly text: string; readonly verbatim: boolean }
  | { readonly kind: "plain"; readonly place: string; readonly text: string }
  | { readonly kind: "markdown"; readonly place: string; readonly text: string }
  | { readonly kind: "button"; readonly place: string; readonly url: string }
  | { readonly kind: "mention"; readonly place: string; readonly markup: string };

// docs.slack.dev: `text` past 40,000 characters is cut, not refused.
const maxTextChars = 40_000;

/** The message in the channel. With blocks, `text` is only the notification and is not shown. */
export function renderMessage(payload: JsonObject): string {
  const hidden = ownList(payload, "blocks").length > 0 ? "text" : null;
  return shownMessage(payload)
    .filter((shown) => shown.place !== hidden)
    .map(renderShown)
    .filter((line) => line !== null)
    .join("\n");
}

/** What the telephone shows; null when the sender gave none. */
export function renderNotification(payload: JsonObject): string | null {
  const text = ownText(payload, "text");
  return text === null ? null : readMrkdwn(text.slice(0, maxTextChars));
}

export function shownMessage(payload: JsonObject): readonly Shown[] {
  const text = ownText(payload, "text");
  return [
    ...(text === null ? [] : [mrkdwn("text", text.slice(0, maxTextChars))]),
    ...shownBlocks(ownList(payload, "blocks"), "blocks"),
    ...ownList(payload, "attachments").flatMap((each, index) => shownAttachment(each, `attachments[${index}]`)),
  ];
}

export function shownBlocks(blocks: readonly unknown[], place: string): readonly Shown[] {
  return blocks.flatMap((block, index) => shownElement(block, `${place}[${index}]`));
}

function shownElement(element: unknown, place: string): readonly Shown[] {
  if (!isJsonObject(element)) return [];
  const shown: Shown[] = [];
  if (element.type === "markdown") shown.push({ kind: "markdown", place: `${place}.text`, text: text(element.text) });
  if (element.type === "mrkdwn") return [mrkdwn(place, text(element.text), element.verbatim === true)];
  if (element.type === "plain_text") return [{ kind: "plain", place, text: text(element.text) }];
  if (element.type === "rich_text") return shownRichText(element, place);
  for (const key of ["text", "title"]) {
    if (isJsonObject(own(element, key))) shown.push(...shownElement(own(element, key), `${place}.${key}`));
  }
  const url = ownText(element, "url");
  if (url !== null) shown.push({ kind: "button", place: `${place}.url`, url });
  for (const key of ["fields", "elements", "options"]) {
    shown.push(...ownList(element, key).flatMap((inner, index) => shownElement(inner, `${place}.${key}[${index}]`)));
  }
  shown.push(...shownElement(own(element, "accessory"), `${place}.accessory`));
  return shown;
}

function shownRichText(element: JsonObject, place: string): readonly Shown[] {
  switch (element.type) {
    case "text":
      return [{ kind: "plain", place, text: text(element.text) }];
    case "link":
      return [
        { kind: "plain", place, text: text(element.text ?? element.url) },
        { kind: "button", place: `${place}.url`, url: text(element.url) },
      ];
    case "user":
      return [{ kind: "mention", place, markup: `<@${text(element.user_id)}>` }];
    case "usergroup":
      return [{ kind: "mention", place, markup: `<!subteam^${text(element.usergroup_id)}>` }];
    case "channel":
      return [{ kind: "mention", place, markup: `<#${text(element.channel_id)}>` }];
    case "broadcast":
      return [{ kind: "mention", place, markup: `<!${text(element.range)}>` }];
    default:
      return ownList(element, "elements").flatMap((inner, index) =>
        isJsonObject(inner) ? shownRichText(inner, `${place}.elements[${index}]`) : [],
      );
  }
}

/** A legacy attachment. With blocks of its own, Slack ignores its pretext, title, text and fields. */
function shownAttachment(attachment: unknown, place: string): readonly Shown[] {
  if (!isJsonObject(attachment)) return [];
  const blocks = ownList(attachment, "blocks");
  if (blocks.length > 0) return shownBlocks(blocks, `${place}.blocks`);

  const named = (owner: JsonObject, keys: readonly string[], where: string): readonly Shown[] =>
    keys
      .filter((key) => ["string", "number"].includes(typeof own(owner, key)))
      .map((key) => mrkdwn(`${where}.${key}`, String(own(owner, key))));
  const linked = (key: string): readonly Shown[] => {
    const url = ownText(attachment, key);
    return url === null ? [] : [{ kind: "button", place: `${place}.${key}`, url }];
  };
  return [
    ...named(attachment, ["pretext", "author_name"], place),
    ...linked("author_link"),
    ...named(attachment, ["title"], place),
    ...linked("title_link"),
    ...named(attachment, ["text"], place),
    ...ownList(attachment, "fields").flatMap((field, index) =>
      isJsonObject(field) ? named(field, ["title", "value"], `${place}.fields[${index}]`) : [],
    ),
    ...named(attachment, ["footer"], place),
    ...ownList(attachment, "actions").flatMap((action, index) => {
      const url = isJsonObject(action) ? ownText(action, "url") : null;
      return url === null ? [] : [{ kind: "button" as const, place: `${place}.actions[${index}].url`, url }];
    }),
  ];
}

function renderShown(shown: Shown): string | null {
  switch (shown.kind) {
    case "mrkdwn":
      return readMrkdwn(shown.text);
    case "plain":
    case "markdown":
      return shown.text;
    case "mention":
      return readMrkdwn(shown.markup);
    case "button":
      return null;
  }
}

/** Angle brackets become what they name and entities become characters; `*`, `_` and backticks stay as sent. */
function readMrkdwn(source: string): string {
  return source
    .replaceAll(/<([^<>]+)>/g, (_, inside: string) => readBracket(inside))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function readBracket(inside: string): string {
  const [target = "", label] = inside.split("|", 2);
  if (/^[@#]/.test(target)) return label === undefined ? target : `${target.charAt(0)}${label}`;
  if (target.startsWith("!date^")) return label ?? "";
  if (target.startsWith("!")) return label ?? `@${target.slice(1)}`;
  return label ?? target;
}

function mrkdwn(place: string, source: string, verbatim = true): Shown {
  return { kind: "mrkdwn", place, text: source, verbatim };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
