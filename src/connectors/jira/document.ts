/** What a ticket or a comment says, before it is put into Jira's document format or its wiki markup. Plain JSON. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly inlines: readonly Inline[] }
  | { readonly kind: "facts"; readonly facts: readonly Fact[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Inline[])[] }
  | Excerpt
  | Task
  /** To be copied as it stands: never cut, rather left out. */
  | { readonly kind: "command"; readonly text: string }
  | { readonly kind: "rule" }
  /** Set apart in colour, for what must not be overlooked. */
  | { readonly kind: "note"; readonly inlines: readonly Inline[] };

/** Text as it was written somewhere, with its own line breaks. The first to be cut where room is short. */
export interface Excerpt {
  readonly kind: "excerpt";
  readonly text: string;
  /** How long it was before it was cut; null: it is whole. */
  readonly cutFromChars: number | null;
  /** The file beside the ticket in which all of it stands. */
  readonly wholeIn?: string;
}

/** A step that people tick off where they can. */
export interface Task {
  readonly kind: "task";
  /** From 1, and shown. */
  readonly n: number;
  readonly inlines: readonly Inline[];
  /** As somebody left it over there. */
  readonly isDone?: true;
}

/** Runs of text within a line. */
export type Inline =
  | { readonly kind: "text" | "strong"; readonly text: string }
  /** A machine's word, such as our mark: short, and of no use when cut. */
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly url: string };

export interface Fact {
  readonly label: string;
  readonly value: readonly Inline[];
}

/** Of a description and of a comment, in Cloud and in Data Center: Atlassian's default for text of many lines. */
export const JIRA_TEXT_CHARS = 32_767;

export function text(words: string): Inline {
  return { kind: "text", text: words };
}

export function strong(words: string): Inline {
  return { kind: "strong", text: words };
}

export function code(words: string): Inline {
  return { kind: "code", text: words };
}

/** A link where the address is one that may be pressed, and the bare words where not. */
export function link(words: string, address: string): Inline {
  const url = webAddress(address);
  return url === null ? text(words) : { kind: "link", text: words, url };
}

export function paragraph(...inlines: readonly Inline[]): Block {
  return { kind: "paragraph", inlines };
}

export function note(...inlines: readonly Inline[]): Block {
  return { kind: "note", inlines };
}

export function heading(words: string): Block {
  return { kind: "heading", text: words };
}

/** Null for whatever is not plainly http or https, names a user, or is too long to be somebody's real address. */
export function webAddress(address: string): string | null {
  const url = address.length > URL_CHARS ? null : URL.parse(address);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
  if (url.username !== "" || url.password !== "") return null;
  const href = url.href.replaceAll(MEANS_SOMETHING, percent);
  return href.length > URL_CHARS ? null : href;
}

const URL_CHARS = 2_000;
// Signs that URLs may hold and wiki markup would read; Wazuh's own addresses are full of them.
const MEANS_SOMETHING = /[[\]{}|\\^!*()'~"<>]/g;

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}
