import { expect, test } from "vitest";
import { BEFORE_ANY_FILE, cursorText, parseCursor, type TailCursor } from "./tail-cursor.ts";

const CURSOR: TailCursor = {
  file: {
    inode: "2049:18446744073709551615",
    head: { bytes: 256, sha256: "ab" },
    dated: "2026/May/ossec-alerts-26.json",
  },
  offsetBytes: 1_234,
  skipping: true,
  mark: { bytes: 64, sha256: "cd" },
  fromAt: null,
};

test.each([
  ["amid a file", CURSOR],
  ["before any file", BEFORE_ANY_FILE],
  [
    "in a file without a dated name",
    { ...CURSOR, file: { inode: "1:2", head: { bytes: 0, sha256: "" }, dated: null } },
  ],
  ["before an event time that is still looked for", { ...CURSOR, fromAt: 1_795_170_000_000 }],
])("a place %s comes back as it was stored", (_, cursor) => {
  expect(parseCursor(cursorText(cursor))).toEqual(cursor);
});

test("a place of an earlier version asks for no event time, and knows nothing of what stands before it", () => {
  const text = cursorText({ ...CURSOR, mark: null }).replace(',"mark":null,"fromAt":null', "");

  expect(parseCursor(text)).toEqual({ ...CURSOR, mark: null });
});

test("what is stored says its version", () => {
  expect(JSON.parse(cursorText(BEFORE_ANY_FILE))).toMatchObject({ v: 1 });
});

test.each([
  "",
  "[]",
  "null",
  cursorText(CURSOR).replace('"v":1', '"v":2'),
  cursorText(CURSOR).replace("1234", "-1"),
  cursorText(CURSOR).replace("1234", '"1234"'),
  cursorText(CURSOR).replace("256", "2.5"),
  cursorText(CURSOR).replace("true", "1"),
  cursorText(CURSOR).replace('"mark":{"bytes":64', '"mark":{"bytes":-64'),
  cursorText(CURSOR).replace('"inode"', '"node"'),
  cursorText(CURSOR).replace('"fromAt":null', '"fromAt":"now"'),
])("%s is no place", (text) => {
  expect(parseCursor(text)).toBeNull();
});
