/** Where in a document a value stands. */
export interface JsonPlace {
  /** The names of the objects that it is in, from the outside; a list has no name of its own. */
  readonly keys: readonly string[];
  /** The end of what stands before it in the same list, or as an argument of the same command. */
  readonly before: string;
}

export interface JsonVisitor {
  /** Another text for a string or, as it is written, a number; null leaves it as it is. */
  value(text: string, place: JsonPlace): string | null;
  key(text: string): string | null;
}

interface Level {
  readonly isList: boolean;
  /** Null in a list. */
  key: string | null;
  before: string;
}

/** What is before a value is kept no further than this. */
const BEFORE_CHARS = 300;
/** The audit subsystem's names for the arguments of a command. */
const ARGUMENT = /^a\d{1,2}$/;

/**
 * A JSON text that was parsed before, with some of its values written anew. All else stays as it is written, byte for
 * byte: numbers keep their digits, and names that stand twice stand twice.
 */
export function rewriteJson(json: string, visitor: JsonVisitor): string {
  const levels: Level[] = [];
  const keys: string[] = [];
  let out = "";
  let copied = 0;
  let expectsKey = false;
  const replace = (from: number, to: number, text: string | null): void => {
    if (text === null) return;
    out += json.slice(copied, from) + JSON.stringify(text);
    copied = to;
  };
  const token = /["{}[\],]|-?\d[\d.eE+-]*/g;
  for (let found = token.exec(json); found !== null; found = token.exec(json)) {
    const from = found.index;
    const level = levels.at(-1);
    switch (found[0]) {
      case "{":
      case "[":
        levels.push({ isList: found[0] === "[", key: null, before: "" });
        expectsKey = found[0] === "{";
        break;
      case "}":
      case "]":
        if (levels.pop()?.key !== null && keys.length > 0) keys.pop();
        expectsKey = false;
        break;
      case ",":
        expectsKey = level?.isList === false;
        break;
      case '"': {
        const to = stringEnd(json, from);
        token.lastIndex = to;
        const text = textIn(json, from, to);
        if (expectsKey && level !== undefined) {
          if (level.key !== null) keys.pop();
          level.key = text;
          keys.push(text);
          expectsKey = false;
          replace(from, to, visitor.key(text));
        } else {
          replace(from, to, visitor.value(text, { keys, before: beforeIn(level) }));
          if (level !== undefined && isArgument(level)) level.before = `${level.before}${text} `.slice(-BEFORE_CHARS);
        }
        break;
      }
      default:
        replace(from, token.lastIndex, visitor.value(found[0], { keys, before: beforeIn(level) }));
    }
  }
  return copied === 0 ? json : out + json.slice(copied);
}

function beforeIn(level: Level | undefined): string {
  return level !== undefined && isArgument(level) ? level.before : "";
}

function isArgument({ isList, key }: Level): boolean {
  return isList || (key !== null && ARGUMENT.test(key));
}

function stringEnd(json: string, from: number): number {
  for (let at = json.indexOf('"', from + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let slashes = 0;
    while (json[at - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return json.length;
}

function textIn(json: string, from: number, to: number): string {
  const inside = json.slice(from + 1, to - 1);
  return inside.includes("\\") ? (JSON.parse(json.slice(from, to)) as string) : inside;
}
