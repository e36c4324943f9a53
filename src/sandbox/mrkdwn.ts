// Reads Slack's mark-up into a tree that a page can build nodes from; nothing in it is ever HTML.

export type Span =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "pre"; readonly text: string }
  | { readonly kind: "link"; readonly href: string; readonly text: string }
  | { readonly kind: "mention"; readonly text: string }
  | { readonly kind: "bold" | "italic" | "strike" | "quote"; readonly children: readonly Span[] };

type Mark = "*" | "_" | "~";
const MARKS = { "*": "bold", _: "italic", "~": "strike" } as const;
// Slack's own names for the few pictures that security messages use.
const EMOJI: Readonly<Record<string, string>> = {
  bell: "🔔",
  fire: "🔥",
  information_source: "ℹ️",
  large_blue_circle: "🔵",
  large_orange_circle: "🟠",
  large_yellow_circle: "🟡",
  lock: "🔒",
  mag: "🔍",
  no_entry: "⛔",
  red_circle: "🔴",
  rotating_light: "🚨",
  warning: "⚠️",
  white_check_mark: "✅",
  white_circle: "⚪",
};

export function readMrkdwn(source: string): readonly Span[] {
  const spans: Span[] = [];
  let rest = source;
  for (;;) {
    const fence = /```([\s\S]+?)```/.exec(rest);
    if (fence === null) break;
    spans.push(...readLines(rest.slice(0, fence.index).replace(/\n$/, "")));
    spans.push({ kind: "pre", text: decodeEntities((fence[1] ?? "").replace(/^\n|\n$/g, "")) });
    rest = rest.slice(fence.index + fence[0].length).replace(/^\n/, "");
  }
  spans.push(...readLines(rest));
  return spans;
}

/** Only these three are entities in Slack; decoded once, so that `&amp;lt;` stays the text `&lt;`. */
export function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => (name === "amp" ? "&" : name === "lt" ? "<" : ">"));
}

/** A `plain_text` object: entities and emoji, no mark-up. */
export function readPlain(text: string): string {
  return decodeEntities(text).replace(/:([a-z_]+):/g, (whole, name: string) => EMOJI[name] ?? whole);
}

function readLines(source: string): readonly Span[] {
  const spans: Span[] = [];
  const plain: string[] = [];
  const flush = () => {
    if (plain.length > 0) spans.push(...readInline(plain.splice(0).join("\n")));
  };
  for (const line of source.split("\n")) {
    if (!line.startsWith("&gt;")) {
      plain.push(line);
      continue;
    }
    flush();
    spans.push({ kind: "quote", children: readInline(line.slice(4).trimStart()) });
  }
  flush();
  return spans;
}

/** A mark doesn't nest in itself, which also bounds the depth. */
function readInline(source: string, open = ""): readonly Span[] {
  const spans: Span[] = [];
  let text = "";
  let at = 0;
  while (at < source.length) {
    const found = readToken(source, at, open);
    if (found === null) {
      text += source[at++];
      continue;
    }
    if (text !== "") spans.push({ kind: "text", text: readPlain(text) });
    text = "";
    spans.push(found.span);
    at = found.end;
  }
  if (text !== "") spans.push({ kind: "text", text: readPlain(text) });
  return spans;
}

type Token = { readonly span: Span; readonly end: number } | null;

function readToken(source: string, at: number, open: string): Token {
  const mark = source[at];
  if (mark === "`") return readCode(source, at);
  if (mark === "<") return readAngle(source, at);
  if ((mark === "*" || mark === "_" || mark === "~") && !open.includes(mark)) return readMarked(source, at, mark, open);
  return null;
}

function readCode(source: string, at: number): Token {
  const found = /^`([^`\n]+)`/.exec(source.slice(at));
  if (found === null) return null;
  return { span: { kind: "code", text: decodeEntities(found[1] ?? "") }, end: at + found[0].length };
}

/** `<https://…|label>`, `<@U…>`, `<#C…>`, `<!channel>`. A link to anything but the web stays as it was written. */
function readAngle(source: string, at: number): Token {
  const found = /^<([^<>\n|]+)(?:\|([^<>\n]*))?>/.exec(source.slice(at));
  if (found === null) return null;
  const target = decodeEntities(found[1] ?? "");
  const label = found[2] === undefined ? null : readPlain(found[2]);
  const end = at + found[0].length;
  if (/^[@#!]/.test(target)) {
    const name = target.startsWith("!") ? `@${target.slice(1)}` : target;
    return { span: { kind: "mention", text: label ?? name }, end };
  }
  const href = webAddress(target);
  if (href === null) return null;
  return { span: { kind: "link", href, text: label ?? target }, end };
}

export function webAddress(target: string): string | null {
  if (!URL.canParse(target)) return null;
  const url = new URL(target);
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}

/** Marks bind only at the edge of a word, on one line, around something that isn't space. */
function readMarked(source: string, at: number, mark: Mark, open: string): Token {
  if (at > 0 && /[\p{L}\p{N}]/u.test(source[at - 1] ?? "")) return null;
  const lineEnd = source.indexOf("\n", at);
  const line = source.slice(at + 1, lineEnd === -1 ? undefined : lineEnd);
  if (line === "" || /^\s/.test(line) || line.startsWith(mark)) return null;
  for (let close = line.indexOf(mark, 1); close !== -1; close = line.indexOf(mark, close + 1)) {
    const after = line[close + 1] ?? "";
    if (/\s/.test(line[close - 1] ?? "") || /[\p{L}\p{N}]/u.test(after)) continue;
    return {
      span: { kind: MARKS[mark], children: readInline(line.slice(0, close), open + mark) },
      end: at + close + 2,
    };
  }
  return null;
}
