import { expect, test } from "vitest";
import { adfLinks, adfText } from "../../../test/fakes/adf.ts";
import { bruteForce, withMoments } from "../../../test/fixtures/pictures.ts";
import type { Moment, MomentKind } from "../../core/moments.ts";
import type { Picture } from "../../core/picture.ts";
import { adfOf } from "./adf.ts";
import { commentOf, twinCommentOf } from "./comment.ts";

/** What a comment says of all that came after the first moment. */
function said(...kinds: readonly MomentKind[]): string {
  const picture = withMoments(bruteForce(), ...kinds);
  return adfText(adfOf(commentOf(untold(picture), picture)));
}

function untold({ moments }: Picture): readonly Moment[] {
  return moments.slice(1);
}

test("one moment is one line", () => {
  expect(said("acknowledged")).toBe("Acknowledged by alice · 2026-08-20 09:02:14 UTC\n");
});

test("moments that waited together are one comment, less those that a later one made old", () => {
  expect(said("acknowledged", "note", "resolved")).toBe(
    "Note by alice: looking at it · 2026-08-20 09:03:14 UTC\nResolved · 2026-08-20 09:04:14 UTC\n",
  );
});

test("what made it worse comes with how many alerts there were by then, and the newest log", () => {
  const picture = withMoments(bruteForce({ count: 1_200 }), "escalated");
  expect(adfText(adfOf(commentOf(untold(picture), picture)))).toBe(
    [
      "Escalated to critical · 2026-08-20 09:02:14 UTC, 1,200 alerts by then",
      "Log of the newest alert",
      "Aug 20 09:00:14 web-01 sshd[4007]: Failed password for deploy from 198.51.100.23 port 50007 ssh2",
      "",
    ].join("\n"),
  );
});

test("what came back and is over again needs no log", () => {
  expect(said("resolved", "reopened", "resolved")).toBe(
    "Reopened · 2026-08-20 09:03:14 UTC\nResolved · 2026-08-20 09:04:14 UTC\n",
  );
});

test("of very many only the latest are shown", () => {
  const text = said(...Array.from({ length: 200 }, () => "note" as const));
  expect(text).toMatch(/^180 earlier ones are not shown\n/);
  expect(text.split("\n")).toHaveLength(22);
});

test("a comment that may be there twice says so", () => {
  const picture = withMoments(bruteForce(), "note");
  expect(adfText(adfOf(commentOf(untold(picture), picture, true)))).toMatch(/^Possible repeat: /);
});

test("a copy that is put away leads to the ticket that goes on", () => {
  const document = adfOf(twinCommentOf("SEC-12", "https://example.atlassian.net/browse/SEC-12"));
  expect(adfText(document)).toMatch(/^This ticket is a second copy of SEC-12: .*Riposte writes nothing more here\.\n$/);
  expect(adfLinks(document)).toEqual(["https://example.atlassian.net/browse/SEC-12"]);
  expect(adfLinks(adfOf(twinCommentOf("SEC-12", null)))).toEqual([]);
});
