import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DISPOSITION_WORDS, dispositionWords } from "./disposition-words.ts";

const page = readFileSync(new URL("../../docs/reference/ledger.md", import.meta.url), "utf8");

test("docs/reference/ledger.md has every way in which an alert ends, as it is said, and no other", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, says]) => [name, says]);

  expect(rows).toEqual(Object.entries(DISPOSITION_WORDS));
});

test("an ending that only a newer server knows is shown by its name", () => {
  expect(dispositionWords("vanished")).toBe("vanished");
});
