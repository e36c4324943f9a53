import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Node, YAMLError } from "yaml";
import type { Path } from "./problem.ts";

/** A YAML file as plain values that still know where they were written. */
export interface ConfigDocument {
  readonly value: unknown;
  readonly place: (path: Path, at: "key" | "value") => Place;
  /** The very characters of a number or a boolean, which the value may have lost (`000`); null for all else. */
  readonly written: (path: Path) => string | null;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SyntaxProblem extends Place {
  readonly says: string;
}

export type Parsed =
  | { readonly kind: "document"; readonly document: ConfigDocument }
  | { readonly kind: "broken"; readonly problems: readonly SyntaxProblem[] };

/** References to anchors expand to at most about this many copies. */
const ALIASES_MOST = 100;

export function parseConfigDocument(text: string): Parsed {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // `prettyErrors` would quote the line, and with it whatever secret stands there. A `%YAML 1.1` may not turn
  // `yes` into true and `010` into 8.
  const yaml = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "core",
    merge: false,
    stringKeys: true,
  });
  const syntax = syntaxProblems([...yaml.errors, ...yaml.warnings], placeOf);
  if (syntax.length > 0) return { kind: "broken", problems: syntax };
  const aliases = aliasProblems(yaml, placeOf);
  if (aliases.length > 0) return { kind: "broken", problems: aliases };
  let value: unknown;
  try {
    value = yaml.toJS({ maxAliasCount: ALIASES_MOST });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const says = `the references to anchors (*name) expand to too much. Write it out, or use fewer than ${ALIASES_MOST}`;
    return { kind: "broken", problems: [{ line: 1, column: 1, says }] };
  }
  return { kind: "document", document: { value, ...places(yaml, placeOf) } };
}

function syntaxProblems(errors: readonly YAMLError[], placeOf: (offset: number) => Place): readonly SyntaxProblem[] {
  const said = errors
    .toSorted((a, b) => a.pos[0] - b.pos[0])
    .map((error) => ({ ...placeOf(error.pos[0]), says: SYNTAX[error.code], code: error.code }));
  const known = said.filter(({ code }) => code === "DUPLICATE_KEY" || code === "TAG_RESOLVE_FAILED");
  // After the first break in the syntax the parser only guesses, and each guess would be one more error.
  const first = said.find((error) => !known.includes(error));
  const all = first === undefined ? known : [...known.filter((error) => isBefore(error, first)), first];
  return all.map(({ line, column, says }) => ({ line, column, says }));
}

function isBefore(a: Place, b: Place): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

function aliasProblems(yaml: Document, placeOf: (offset: number) => Place): readonly SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  visit(yaml, {
    Alias(_key, alias) {
      if (alias.resolve(yaml) !== undefined) return;
      const says =
        "a text that begins with * refers to an anchor (&), and there is none of this name. Put it in quotes";
      problems.push({ ...placeOf(alias.range?.[0] ?? 0), says });
    },
  });
  return problems;
}

function places(yaml: Document, placeOf: (offset: number) => Place): Pick<ConfigDocument, "place" | "written"> {
  return {
    place(path, at) {
      let key: Node | null = null;
      let value: Node | null = yaml.contents as Node | null;
      for (const step of path) {
        const next = child(yaml, value, step);
        // What is missing is missed where it should have been.
        if (next === null) return placeOf(startOf(key ?? value));
        ({ key, value } = next);
      }
      return placeOf(startOf(at === "value" && value !== null && !isEmpty(value) ? value : (key ?? value)));
    },
    written(path) {
      let value: Node | null = yaml.contents as Node | null;
      for (const step of path) value = child(yaml, value, step)?.value ?? null;
      if (value !== null && isAlias(value)) value = value.resolve(yaml) ?? null;
      if (!isScalar(value) || typeof value.value === "string") return null;
      return value.source ?? null;
    },
  };
}

function child(
  yaml: Document,
  node: Node | null,
  step: string | number,
): { key: Node | null; value: Node | null } | null {
  const inside = node !== null && isAlias(node) ? (node.resolve(yaml) ?? null) : node;
  if (isSeq(inside) && typeof step === "number" && step < inside.items.length) {
    return { key: null, value: inside.items[step] as Node };
  }
  if (!isMap(inside)) return null;
  const pair = inside.items.find(({ key }) => isScalar(key) && key.value === step);
  return pair === undefined ? null : { key: pair.key as Node, value: pair.value as Node | null };
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null && (node.source ?? "") === "";
}

const QUOTES = 'Texts with special characters go in quotes: "..."';
const SPACES = "Indent with spaces, the same number for all keys of a map";

/** In our words: the parser's own may quote what stands there. */
const SYNTAX: Readonly<Record<YAMLError["code"], string>> = {
  ALIAS_PROPS: "a reference to an anchor (*name) takes no anchor or tag of its own",
  BAD_ALIAS: `not a reference to an anchor. ${QUOTES}`,
  BAD_COLLECTION_TYPE: "a tag (!name) does not fit what it stands before. Tags are not used here",
  BAD_DIRECTIVE: "a line that begins with % is not used here",
  BAD_DQ_ESCAPE: "an unknown escape after \\ in a text in double quotes. In 'single quotes' a \\ is just a \\",
  BAD_INDENT: `the indentation does not fit, or a bracket is not closed. ${SPACES}`,
  BAD_PROP_ORDER: "an anchor or tag in the wrong place",
  BAD_SCALAR_START: `a text can't begin with this character. ${QUOTES}`,
  BLOCK_AS_IMPLICIT_KEY: `a map can't begin here: a second ": " on the line, or wrong indentation. ${QUOTES}`,
  BLOCK_IN_FLOW: "an indented block can't stand inside { } or [ ]",
  DUPLICATE_KEY: "this key is already there, further up in the same map",
  IMPOSSIBLE: "the YAML can't be read from here on",
  KEY_OVER_1024_CHARS: "a key of more than 1,024 characters: is a quote or a line break missing?",
  MISSING_CHAR: "something is missing here: a closing quote, bracket or comma",
  MULTILINE_IMPLICIT_KEY: 'a key has to fit on one line: is a ":" or a closing quote missing?',
  MULTIPLE_ANCHORS: "two anchors (&name) for one value",
  MULTIPLE_DOCS: "a second document begins here (---): one file holds one config",
  MULTIPLE_TAGS: "two tags (!name) for one value",
  NON_STRING_KEY: "a key has to be a plain word. Glob patterns and other special characters go in quotes",
  RESOURCE_EXHAUSTION: "nested too deeply",
  TAB_AS_INDENT: `a tab as indentation. ${SPACES}`,
  TAG_RESOLVE_FAILED: "tags (!name) are not used here",
  UNEXPECTED_TOKEN: `not expected here. ${QUOTES}`,
};
