import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "./sample/fleet.ts";
import { readMrkdwn } from "./mrkdwn.ts";
import type { Span } from "./mrkdwn.ts";

const text = (words: string): Span => ({ kind: "text", text: words });

describe("Slack's mark-up", () => {
  test.each<[string, readonly Span[]]>([
    ["*bold*", [{ kind: "bold", children: [text("bold")] }]],
    ["_it_ ~no~", [{ kind: "italic", children: [text("it")] }, text(" "), { kind: "strike", children: [text("no")] }]],
    ["*a _b_*", [{ kind: "bold", children: [text("a "), { kind: "italic", children: [text("b")] }] }]],
    ["`a *b* &lt;`", [{ kind: "code", text: "a *b* <" }]],
    ["x\n```\na\n*b*\n```\ny", [text("x"), { kind: "pre", text: "a\n*b*" }, text("y")]],
    ["&gt; said\nnext", [{ kind: "quote", children: [text("said")] }, text("next")]],
    ["snake_case_name 2*3*4 * a *", [text("snake_case_name 2*3*4 * a *")]],
    [":fire: :nosuch:", [text("🔥 :nosuch:")]],
    [
      "<https://a.example/?x=1&amp;y=2|the &lt;b&gt;>",
      [{ kind: "link", href: "https://a.example/?x=1&y=2", text: "the <b>" }],
    ],
    ["<!channel> <@U1>", [{ kind: "mention", text: "@channel" }, text(" "), { kind: "mention", text: "@U1" }]],
  ])("reads %j", (source, spans) => {
    expect(readMrkdwn(source)).toEqual(spans);
  });

  test("decodes the three entities once", () => {
    expect(readMrkdwn("&amp;lt;b&amp;gt; &lt;b&gt; &quot;")).toEqual([text("&lt;b&gt; <b> &quot;")]);
  });

  test.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x"])(
    "never makes a link of %s",
    (target) => {
      expect(readMrkdwn(`<${target}|press>`)).toEqual([text(`<${target}|press>`)]);
    },
  );

  test("leaves an escaped hostile name as the text that it is", () => {
    for (const name of HOSTILE_NAMES.filter((hostile) => /[<&]/.test(hostile))) {
      const escaped = name.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
      expect(readMrkdwn(escaped)).toEqual([text(name)]);
    }
  });

  test("takes no more than a moment over marks that never close", () => {
    const hostile = `${"*a _b ~c <!x `y ".repeat(500)}`;
    const startedAt = performance.now();
    readMrkdwn(hostile);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
