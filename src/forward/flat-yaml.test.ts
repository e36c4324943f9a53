import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readFlatYaml } from "./flat-yaml.ts";

function valuesOf(text: string): Record<string, string> | string {
  const file = readFlatYaml(text);
  if (file.kind === "broken") return `${file.line}:${file.column} ${file.says}`;
  return Object.fromEntries([...file.values].map(([key, { value }]) => [key, value]));
}

const piece = fc.constantFrom(
  ..."to|: |:|'|''|\"|\\\"|\\n|\\u00e9|#| #|https://h:8443|/a/b|-|- |[|{|&a|*|!x|%|@|`|,|?|? |~|é|=|a b|\t| |true|0x1F|null|\\".split(
    "|",
  ),
);
const value = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));

test("what it takes, YAML reads as the same texts", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), fc.constantFrom("", " ", "  "), (values, end) => {
      const text = values.map((each, at) => `key${at}: ${each}${end}\n`).join("");
      const found = valuesOf(text);
      if (typeof found === "string") return true;
      taken += 1;
      const read = parse(text, { schema: "failsafe" }) as Record<string, string>;
      return Object.entries(found).every(([key, each]) => read[key] === each);
    }),
    { numRuns: 5_000 },
  );

  expect(taken).toBeGreaterThan(500);
});

test("comments, blank lines, quotes and a first --- are taken", () => {
  const text = `---
# where Riposte is
to: https://riposte:8443   # the door

state: '/var/lib/it''s'
node: "wazuh/w\\u00f6rker"
`;

  expect(valuesOf(text)).toEqual({
    to: "https://riposte:8443",
    state: "/var/lib/it's",
    node: "wazuh/wörker",
  });
});

test.each([
  ["to: a\nto: b\n", "2:1 to is already there, further up"],
  ["  to: a\n", "1:1 expected one key: value a line"],
  ["to:a\n", "1:4 a space has to stand behind the colon"],
  ["to: [a]\n", '1:5 not a plain text. Put it in quotes: "..."'],
  ["to: |\n  a\n", "1:5 not a plain text"],
  ["to: a: b\n", "1:5 not a plain text"],
  ['to: "a\tb"\n', '1:5 a tab or another control character within "..."'],
  ["to: 'a\n", "1:5 not a plain text"],
  ["- a\n", "1:1 expected one key: value a line"],
])("%j is told with its place", (text, says) => {
  expect(valuesOf(text)).toContain(says);
});
