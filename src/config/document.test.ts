import { expect, test } from "vitest";
import { parseConfigDocument, type ConfigDocument } from "./document.ts";

function parsed(text: string): ConfigDocument {
  const result = parseConfigDocument(text);
  if (result.kind === "broken") throw new Error(result.problems.map(({ says }) => says).join());
  return result.document;
}

const text = `a: 1
b:
  c: [x, { d: "y" }]
  "e f":
g: &anchor { h: 007 }
i: *anchor
`;

const places: readonly [path: (string | number)[], at: "key" | "value", place: string][] = [
  [[], "value", "1:1"],
  [["a"], "key", "1:1"],
  [["a"], "value", "1:4"],
  [["b", "c", 0], "value", "3:7"],
  [["b", "c", 1, "d"], "key", "3:12"],
  [["b", "c", 1, "d"], "value", "3:15"],
  [["b", "e f"], "value", "4:3"],
  [["b", "missing"], "key", "2:1"],
  [["b", "missing", "deeper"], "value", "2:1"],
  [["b", "c", 7], "value", "3:3"],
  [["missing"], "key", "1:1"],
  [["g", "h"], "value", "5:17"],
  [["i"], "value", "6:4"],
  [["i", "h"], "value", "5:17"],
];

test.each(places)("%j (%s) stands at %s", (path, at, place) => {
  const { line, column } = parsed(text).place(path, at);

  expect(`${line}:${column}`).toBe(place);
});

test("a number is still known as it was written, and nothing else is", () => {
  const document = parsed(text);

  expect(document.written(["g", "h"])).toBe("007");
  expect(document.written(["i", "h"])).toBe("007");
  expect(document.written(["b", "c", 0])).toBeNull();
  expect(document.written(["b"])).toBeNull();
  expect(document.written(["missing"])).toBeNull();
});

test("YAML 1.1 can't be asked for", () => {
  expect(parsed("%YAML 1.1\n---\na: yes\nb: 010\nc: 1:30\n").value).toEqual({ a: "yes", b: 10, c: "1:30" });
});

test("Windows line ends and a byte order mark do no harm", () => {
  const document = parsed("\ufeffa: 1\r\nb: 2\r\n");

  expect(document.value).toEqual({ a: 1, b: 2 });
  expect(document.place(["b"], "value")).toEqual({ line: 2, column: 4 });
});
