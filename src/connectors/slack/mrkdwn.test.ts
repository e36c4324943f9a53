import fc from "fast-check";
import { expect, test } from "vitest";
import { liveMarkup } from "../../../test/fakes/slack-markup.ts";
import { codeBlock, mrkdwn, mrkdwnLine, slackTime } from "./mrkdwn.ts";

test.each([
  ["<!channel>", "&lt;!channel&gt;"],
  ["a & b", "a &amp; b"],
  ["&lt;", "&amp;lt;"],
  ["one\ntwo", "one\ntwo"],
  ["x\u202ey", "x[U+202E]y"],
])("%j is sent as %j", (text, sent) => {
  expect(mrkdwn(text, 100)).toBe(sent);
});

test("a cut counts what is sent and leaves no half entity", () => {
  for (let most = 40; most < 70; most += 1) {
    const sent = mrkdwn("&".repeat(1_000), most);
    expect(sent.length).toBeLessThanOrEqual(most);
    expect(sent).toMatch(/^(&amp;)* … \[cut: 1,000 characters in all\]$/);
  }
});

test("a block of code is ended by nothing inside it", () => {
  expect(codeBlock("a ``` b `c`", 100)).toBe("```a ˋˋˋ b `cˋ```");
});

test("a time that Slack can't show is written out", () => {
  expect(slackTime(1_787_216_414_123)).toMatch(/^<!date\^1787216414\^.*\|2026-08-20 09:00:14 UTC>$/);
  expect(slackTime(-1)).toBe("1969-12-31 23:59:59 UTC");
  expect(slackTime(Number.NaN)).toBe("an unknown time");
});

test("no text is live, over its limit or ill-formed, whatever it is", () => {
  const pieces = fc.constantFrom(
    "<",
    ">",
    "&",
    "!channel",
    "@U1",
    "|",
    "`",
    "```",
    "\ud83d",
    "\u202e",
    "\n",
    "x",
    "lt;",
    " ",
  );
  const texts = fc.array(pieces, { maxLength: 80 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, fc.integer({ min: 45, max: 120 }), (text, most) => {
      for (const sent of [mrkdwn(text, most), mrkdwnLine(text, most), codeBlock(text, most)]) {
        expect(sent.length).toBeLessThanOrEqual(most);
        expect(sent.isWellFormed()).toBe(true);
        expect(sent).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        expect(liveMarkup({ text: sent })).toEqual([]);
      }
      expect(codeBlock(text, most).slice(3, -3)).not.toMatch(/`{3}|^`|`$/);
    }),
  );
});
