import { expect, test } from "vitest";
import { readWiki, shownText } from "./wiki-markup.ts";

test.each<[string, object[]]>([
  ["{code}x{code}", [{ kind: "verbatim", name: "code", text: "x" }]],
  ["{noformat}\n[~a] {color}\n{noformat}", [{ kind: "verbatim", name: "noformat", text: "[~a] {color}" }]],
  ["{color:red}x{color}", ["color", "color"].map((name) => ({ kind: "macro", name }))],
  ["{", [{ kind: "macro", name: "{" }]],
  ["a {{b}} c", [{ kind: "effect", sign: "{{" }]],
  ["[~admin]", [{ kind: "mention", markup: "[~admin]" }]],
  ["[^a.zip]", [{ kind: "attachment", markup: "[^a.zip]" }]],
  ["[all is well|https://evil.example]", [{ kind: "link", url: "https://evil.example" }]],
  ["[SEC-1]", [{ kind: "link", url: "SEC-1" }]],
  ["!https://evil.example/x.png!", [{ kind: "image", markup: "!https://evil.example/x.png!" }]],
  ["see https://evil.example", [{ kind: "address", markup: "https://" }]],
  ["mailto:x", [{ kind: "address", markup: "mailto:x" }]],
  ["a@b.example", [{ kind: "address", markup: "a@b" }]],
  ["a\\\\b", ["\\", "\\"].map((markup) => ({ kind: "backslash", markup }))],
  ["see SEC-12", [{ kind: "issue", markup: "SEC-12" }]],
  [":) x", [{ kind: "face", markup: ":)" }]],
  ["&#123;) (x)", [";)", "(x)"].map((markup) => ({ kind: "face", markup }))],
  [
    "h1. a\nbq. b",
    [
      { kind: "heading", name: "h1" },
      { kind: "heading", name: "bq" },
    ],
  ],
  ["* a\n## b", ["*", "##"].map((markup) => ({ kind: "list", markup }))],
  ["----", [{ kind: "rule", markup: "----" }]],
  ["||a|b|", [{ kind: "cells", count: 3 }]],
  ["a *b* _c_ ??d??", ["*", "_", "??"].map((sign) => ({ kind: "effect", sign }))],
  ["-gone- ^up^", ["-", "^", "^"].map((sign) => ({ kind: "effect", sign }))],
])("in %j it reads what Jira would", (markup, pieces) => {
  expect(readWiki(markup)).toEqual(expect.arrayContaining(pieces));
});

test.each(["plain words", "web-01 a_b_c 2026-08-20 09:00:14", "(level 10), 50%", "#12", "&#123;code&#125;", "a - b"])(
  "in %j it finds nothing",
  (markup) => {
    expect(readWiki(markup)).toEqual([]);
  },
);

test("a character reference is shown as its character", () => {
  expect(shownText("&#123;a&#125; &amp;#123; &lt;b&gt;&nbsp;&unknown;")).toBe("{a} &#123; <b>\u00a0&unknown;");
});
