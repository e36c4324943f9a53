export type Attributes =
  | { readonly kind: "read"; readonly next: number; readonly closed: boolean }
  | { readonly kind: "broken"; readonly offset: number; readonly why: AttributeTrouble };

export type AttributeTrouble = keyof typeof ATTRIBUTE_TROUBLES;

export const ATTRIBUTE_TROUBLES = {
  no_value: 'an attribute without a value. Write name="value", without spaces before the =',
  no_quotes: "an attribute's value without quotes",
  no_end: "an attribute's value that has no closing quote before the next >",
  bad_end: "something behind an attribute's value that is neither a space nor >",
  twice: "the same attribute twice",
  too_long: "an attribute that is too long for Wazuh",
  half: "the file ends inside a tag: is it only half written?",
} as const;

const SPACE = /[ \t-\r]/;

/** Reads what follows a tag's name, to the `>` that ends the tag or the `/` before it. No comment is known in there. */
export function readAttributes(bytes: string, from: number, bytesMost: number): Attributes {
  const names = new Set<string>();
  let name = "";
  for (let at = from; at < bytes.length; at += 1) {
    const c = bytes.charAt(at);
    const broken = (why: AttributeTrouble): Attributes => ({ kind: "broken", offset: at, why });
    if (name.length > bytesMost) return broken("too_long");
    if (c === ">" || c === "/" || SPACE.test(c)) {
      if (name !== "") return broken("no_value");
      if (!SPACE.test(c)) return { kind: "read", next: at + 1, closed: c === "/" };
      continue;
    }
    if (c !== "=") {
      name += c;
      continue;
    }
    if (names.has(name)) return broken("twice");
    names.add(name);
    name = "";
    const value = endOfValue(bytes, at + 1, bytesMost);
    if (typeof value === "string") return broken(value);
    const behind = bytes.charAt(value);
    if (behind === ">" || behind === "/") return { kind: "read", next: value + 1, closed: behind === "/" };
    if (!SPACE.test(behind)) return broken(behind === "" ? "half" : "bad_end");
    at = value;
  }
  return { kind: "broken", offset: bytes.length, why: "half" };
}

/** Behind the closing quote. */
function endOfValue(bytes: string, from: number, bytesMost: number): number | AttributeTrouble {
  let start = from;
  while (SPACE.test(bytes.charAt(start))) start += 1;
  const quote = bytes.charAt(start);
  if (quote === "") return "half";
  if (quote !== '"' && quote !== "'") return "no_quotes";
  for (let at = start + 1; at < bytes.length; at += 1) {
    const c = bytes.charAt(at);
    if (at - start - 1 > bytesMost) return "too_long";
    if (c === ">") return "no_end";
    if (c === quote) return at + 1;
  }
  return "half";
}
