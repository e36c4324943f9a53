import fc from "fast-check";
import { expect, test } from "vitest";
import { wordFinder } from "./word-finder.ts";

const WORDS = ["pass", "passwd", "key", "sk-", "$2a$", "private key", "hvs."];

function byExpression(words: readonly string[], text: string, from: number) {
  const any = new RegExp(words.map((word) => word.replaceAll(/\W/g, "\\$&")).join("|"), "gi");
  any.lastIndex = from;
  const found = any.exec(text);
  return found === null ? null : { at: found.index, chars: found[0].length };
}

const letters = fc.constantFrom(..."pasKEYySK-$2A. privatehwd\u212A\u017FßП\uD83D".split(""));
const pieces = fc.oneof(letters, fc.constantFrom(...WORDS), fc.string({ unit: "binary", maxLength: 3 }));
const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(""));
const places = fc.nat({ max: 8 });

test("a word is found where one expression of all words finds it", () => {
  fc.assert(
    fc.property(texts, places, (text, from) => {
      expect(wordFinder(WORDS)(text, from)).toEqual(byExpression(WORDS, text, from));
    }),
    { numRuns: 2_000 },
  );
});

test.each([["pw"], ["пароль"], ["Ārā"], [""]])("and so is one beside %j", (other) => {
  const words = [...WORDS, other];
  fc.assert(
    fc.property(
      fc.oneof(
        texts,
        texts.map((text) => text + other.toUpperCase()),
      ),
      places,
      (text, from) => {
        expect(wordFinder(words)(text, from)).toEqual(byExpression(words, text, from));
      },
    ),
  );
});
