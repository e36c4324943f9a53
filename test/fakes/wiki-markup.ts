// A reader of Jira Data Center's wiki markup, by the page on it that Jira itself shows. Where that page leaves open
// whether something is read, it is: what this finds nothing in, Jira finds nothing in.

/** One thing in a text that is more than text. */
export type WikiPiece =
  | { readonly kind: "macro"; readonly name: string }
  /** Of `{noformat}` and `{code}`, whose inside is shown as it is. */
  | { readonly kind: "verbatim"; readonly name: string; readonly text: string }
  | { readonly kind: "link"; readonly url: string }
  | { readonly kind: "cells"; readonly count: number }
  | { readonly kind: "heading"; readonly name: string }
  | { readonly kind: "effect"; readonly sign: string }
  | {
      readonly kind: "mention" | "attachment" | "image" | "address" | "face" | "issue" | "list" | "rule" | "backslash";
      readonly markup: string;
    };

/** In no particular order but the same for the same markup. */
export function readWiki(markup: string): readonly WikiPiece[] {
  const pieces: WikiPiece[] = [];
  let rest = markup.replaceAll(/\{(noformat|code)(?::[^}\n]*)?\}([^]*?)\{\1\}/gi, (_, name: string, text: string) => {
    pieces.push({ kind: "verbatim", name, text: text.replace(/^\n/, "").replace(/\n$/, "") });
    return "\n";
  });
  const take = (pattern: RegExp, read: (found: RegExpMatchArray) => WikiPiece, put: string): void => {
    for (const found of rest.matchAll(pattern)) pieces.push(read(found));
    rest = rest.replaceAll(pattern, put);
  };
  take(/\{\{([^\n]*?)\}\}/g, () => ({ kind: "effect", sign: "{{" }), " word ");
  take(/\{([A-Za-z][\w-]*)(?::[^}\n]*)?\}/g, ([, name = ""]) => ({ kind: "macro", name }), "");
  take(/[{}]/g, ([brace]) => ({ kind: "macro", name: brace }), "");
  take(/\[([^\]\n]*)\]/g, ([found, inside = ""]) => readBrackets(found, inside), "word");
  take(/!(?=\S)[^!\n]+!/g, ([found]) => ({ kind: "image", markup: found }), "");
  take(/[a-z][a-z0-9+.-]{0,30}:\/\/|\b(?:mailto|file|javascript|data|news|irc|callto|skype):\S/gi, address, "");
  take(/\bwww\.|[^\s|@]{1,64}@[^\s|@]/gi, address, "");
  take(/\\/g, ([found]) => ({ kind: "backslash", markup: found }), "");
  take(/\b[A-Z][A-Z0-9_]+-\d+/g, ([found]) => ({ kind: "issue", markup: found }), "word");
  take(FACES, ([found]) => ({ kind: "face", markup: found }), "");
  for (const line of rest.split(/\r\n|[\n\r\u2028\u2029]/)) pieces.push(...readLine(line));
  return pieces;
}

/** What a reader sees of text that holds nothing else: every character reference as its character. */
export function shownText(markup: string): string {
  const references: Readonly<Record<string, string>> = { nbsp: "\u00a0", amp: "&", lt: "<", gt: ">" };
  return markup.replaceAll(/&(?:#(\d+)|([a-z]+));/g, (found, number?: string, name?: string) => {
    return number === undefined ? (references[name ?? ""] ?? found) : String.fromCodePoint(Number(number));
  });
}

const FACES = /:[()DPdp]|;\)|\((?:[yni/x!+?*-]|on|off|\*[rgby]|flag|flagoff)\)/g;

function readBrackets(found: string, inside: string): WikiPiece {
  if (inside.startsWith("~")) return { kind: "mention", markup: found };
  if (inside.startsWith("^")) return { kind: "attachment", markup: found };
  const parts = inside.split("|");
  return { kind: "link", url: parts[1] ?? parts[0] ?? "" };
}

function address([found]: RegExpMatchArray): WikiPiece {
  return { kind: "address", markup: found };
}

function readLine(line: string): readonly WikiPiece[] {
  if (/^\s*-{4,}\s*$/.test(line)) return [{ kind: "rule", markup: line.trim() }];
  const [, name] = /^\s*(h[1-6]|bq)\./i.exec(line) ?? [];
  const [, bullet = ""] = /^\s*([*#-]+)\s/.exec(line) ?? [];
  const own: WikiPiece[] = [];
  if (name !== undefined) own.push({ kind: "heading", name });
  if (bullet !== "") own.push({ kind: "list", markup: bullet });
  const words = bullet === "" ? line : line.trimStart().slice(bullet.length);
  const cells = words.match(/\|+/g);
  if (cells !== null) own.push({ kind: "cells", count: cells.length });
  for (const [index, cell] of words.split("|").entries()) own.push(...readCell(cell, index > 0));
  return own;
}

function readCell(cell: string, inTable: boolean): readonly WikiPiece[] {
  const effects = [...cell.matchAll(/(?<![A-Za-z0-9])([*_+^~-]|\?\?)(?=\S)/g)];
  const dashes = [...cell.matchAll(/-{2,}/g)];
  const begun = inTable && /^\s*(h[1-6]|bq)\.|^\s*[#*-]+\s/i.test(cell) ? [cell.trim().slice(0, 2)] : [];
  return [...effects.map(([, sign = ""]) => sign), ...dashes.map(([sign]) => sign), ...begun].map((sign) => {
    return { kind: "effect", sign };
  });
}
