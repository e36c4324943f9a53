/** A message as a person reads it in the channel, for a terminal: a line each, markup read, nothing live. */
export function asText(body: string): readonly string[] {
  const message = JSON.parse(body) as Bag;
  const bar = listOf(message, "attachments").flatMap(attachmentLines);
  return [...listOf(message, "blocks").flatMap(blockLines), ...bar.map((line) => `| ${line}`.trimEnd())];
}

/** Our own messages, which have nothing but what is read here. */
type Bag = Readonly<Record<string, unknown>>;

function attachmentLines(attachment: Bag): readonly string[] {
  const blocks = listOf(attachment, "blocks");
  if (blocks.length > 0) return blocks.flatMap(blockLines);
  // One of the kind that Wazuh's own integration sends.
  const fields = listOf(attachment, "fields").flatMap((field) =>
    lines(`${textIn(field, "title")}: ${textIn(field, "value")}`),
  );
  return [...["pretext", "title", "text"].flatMap((name) => lines(textIn(attachment, name))), ...fields];
}

function blockLines(block: Bag): readonly string[] {
  const own = block["text"];
  const text = typeof own === "object" && own !== null ? lines(textIn(own as Bag, "text")) : [];
  // Of a field the first line is its name.
  const fields = listOf(block, "fields").map((field) => lines(textIn(field, "text")).join(" "));
  const elements = listOf(block, "elements").flatMap((element) => lines(textIn(element, "text")));
  return [...text, ...fields, ...elements];
}

function lines(text: string): readonly string[] {
  return text === "" ? [] : read(text).split("\n");
}

/** What stands in angle brackets is ours: a date, a mention, or a link. */
function read(text: string): string {
  return text
    .replaceAll(/<([^<>]+)>/g, (_, inside: string) => bracket(inside))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

function bracket(inside: string): string {
  const at = inside.indexOf("|");
  const target = at < 0 ? inside : inside.slice(0, at);
  const label = at < 0 ? null : inside.slice(at + 1);
  if (target.startsWith("!date^")) return label ?? "";
  if (target.startsWith("!subteam^")) return `@${target.slice("!subteam^".length)}`;
  if (target.startsWith("!")) return `@${target.slice(1)}`;
  return label === null ? target : `${label} (${target})`;
}

function listOf(of: Bag, name: string): readonly Bag[] {
  const value = of[name];
  return Array.isArray(value) ? (value as Bag[]) : [];
}

function textIn(of: Bag, name: string): string {
  const value = of[name];
  return typeof value === "string" ? value : "";
}
