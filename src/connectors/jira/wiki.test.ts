import fc from "fast-check";
import { expect, test } from "vitest";
import { readWiki, shownText, type WikiPiece } from "../../../test/fakes/wiki-markup.ts";
import { anyDocument, wildText, withTexts } from "../../../test/fixtures/any-document.ts";
import { hostilePictures } from "../../../test/fixtures/hostile.ts";
import { bruteForce, soundPictures } from "../../../test/fixtures/pictures.ts";
import { plainLine } from "../../core/plain-text.ts";
import type { Picture } from "../../core/picture.ts";
import { commentOf } from "./comment.ts";
import { code, JIRA_TEXT_CHARS, link, paragraph, strong, text } from "./document.ts";
import { excerptOf } from "./fit.ts";
import { ticketOf } from "./ticket.ts";
import { wikiOf } from "./wiki.ts";
import { wikiText } from "./wiki-text.ts";

const words = { mark: "rp-0a1b2c3d-12-soc-jira-1", repeat: true };
const options = { wazuhDashboard: null, labels: [], priorities: {}, leftOut: [{ field: "labels", why: "unknown" }] };

/** Everything that Jira's markup knows, and what joins with it. */
const SIGNS = [
  ..."{}[]|*_-+^~?!#&;:@\\/().,=\"'`%$<> \n\taAzZ019".split(""),
  ..."{code}|{noformat}|{ noformat}|{{|}}|[~|[^|||| |h1. |\nh2. |bq. |----|???|:)|;)|(x)|(on)|SEC-1|AB-|https:|//|https://a.b".split(
    "|",
  ),
  ..."www.|mailto:|a@b.c|&#123;|&lt;|{color:red}|!x.png!|\\\\|\r\n|\u2028|\u00a0|\u202e|é|東|\ud83d|file:|C:\\".split(
    "|",
  ),
];

test.each([
  ["sshd: Failed password for deploy from 198.51.100.23", "sshd: Failed password for deploy from 198.51.100.23"],
  ["web-01, authentication_failures, 09:00:14, #12", "web-01, authentication_failures, 09:00:14, #12"],
  ["{code}", "&#123;code&#125;"],
  ["[~admin] [x|https://evil.example]", "&#91;&#126;admin&#93; &#91;x&#124;https&#58;//evil.example&#93;"],
  ["!https://evil.example/x.png!", "&#33;https&#58;//evil.example/x.png&#33;"],
  ["h1. *big* -gone-", "h1&#46; &#42;big&#42; &#45;gone&#45;"],
  ["C:\\Users\\x", "C&#58;&#92;Users&#92;x"],
  ["a & b &#123;", "a &#38; b &#38;#123;"],
  ["SEC-12 and CVE-2026-1", "SEC&#45;12 and CVE&#45;2026-1"],
  [":) ;) (y)", "&#58;&#41; ;&#41; &#40;y)"],
  ["one\r\ntwo", "one two"],
])("%j is written as %j", (given, written) => {
  expect(wikiText(given)).toBe(written);
  expect(shownText(written)).toBe(plainLine(given));
});

test("any text is shown as it is, on one line, and means nothing", () => {
  fc.assert(
    fc.property(wildText(SIGNS), (given) => {
      const written = wikiText(given);
      expect(readWiki(written)).toEqual([]);
      expect(shownText(written)).toBe(plainLine(given));
    }),
    { numRuns: 1_000 },
  );
});

test("whatever the texts of a document are, it has the parts that it has with a letter in their place", () => {
  const texts = wildText(SIGNS).map((given) => (plainLine(given) === "" ? "x" : given));
  fc.assert(
    fc.property(anyDocument(texts), (blocks) => {
      const parts = readWiki(wikiOf(blocks)).map(withoutText);
      expect(parts).toEqual(readWiki(wikiOf(withTexts(blocks, () => "x"))).map(withoutText));
    }),
    { numRuns: 500 },
  );
});

test("text that is nothing when cleaned breaks no table, list or block", () => {
  const nothing = { kind: "text", text: "\u0000" } as const;
  const markup = wikiOf([
    { kind: "facts", facts: [{ label: "\u0000", value: [nothing] }] },
    { kind: "list", items: [[nothing]] },
    { kind: "note", inlines: [] },
    { kind: "heading", text: "\u0000" },
    excerptOf("\u0000", 100),
  ]);
  expect(markup).toBe("|| | |\n\n* &nbsp;\n\n{panel:bgColor=#fffae6|borderColor=#ffab00}\n&nbsp;\n{panel}");
});

test.each([...soundPictures(), ...hostilePictures()])(
  "%s: inert, well-formed and within Jira's limit",
  (_, picture) => {
    for (const blocks of [ticketOf(picture, words, options).blocks, commentOf(picture.moments, picture, true)]) {
      const markup = wikiOf(blocks);
      expect(markup.replaceAll("\n", "\r\n").length).toBeLessThanOrEqual(JIRA_TEXT_CHARS);
      expect(markup.isWellFormed()).toBe(true);
      expect(markup).not.toMatch(/(?!\n|\t)\p{Cc}|\p{Cf}/u);
      expect(readWiki(markup).filter(isForbidden)).toEqual([]);
    }
    expect(wikiOf(ticketOf(picture, words, options).blocks)).toContain(`\nRiposte mark: {{${words.mark}}}`);
  },
);

test("a log is shown as it is, signs and all, and only its own end is kept from it", () => {
  const log = 'x {"a": [1]} *b* C:\\d {code} {noformat} {NoFormat:x} \\';
  const [shown] = readWiki(wikiOf([excerptOf(log, 1_000)]));
  expect(shown).toEqual({ kind: "verbatim", name: "noformat", text: log.replaceAll(/\{(?=noformat)/gi, "｛") });
});

test("runs of text are set off, and join into nothing", () => {
  expect(wikiOf([paragraph(strong("Note: "), text("see "), link("[x]", "https://example.org/a(b)"))])).toBe(
    "*Note:* see [&#91;x&#93;|https://example.org/a%28b%29]",
  );
  expect(wikiOf([paragraph(text("https:"), text("//evil.example"))])).toBe("https&#58;//evil.example");
  expect(wikiOf([paragraph(code("code"), text(" "), code("rp-1"))])).toBe("{{&#99;ode}} {{rp-1}}");
});

test("200 KB of log are cut with a note, and nothing else is", () => {
  const log = `first line {x}\n${"{*_\\|".repeat(40_000)}`;
  const markup = wikiOf(ticketOf(withLog(log), words, options).blocks);
  expect(markup).toContain("{noformat}\nfirst line {x}\n");
  expect(markup).toContain(" … [cut: 200,015 characters in all]\n{noformat}");
  expect(markup.match(/…/g)).toHaveLength(1);
  expect(markup.length).toBeGreaterThan(20_000);
});

test("markup of any length takes no time to speak of", () => {
  const before = performance.now();
  for (const sign of ["{", "[", "A", "-", ":", "(", "&", " ", "h", "a@", "{ "]) {
    const long = sign.repeat(30_000);
    wikiOf([paragraph(text(long)), excerptOf(long, 30_000)]);
  }
  expect(performance.now() - before).toBeLessThan(5_000);
});

function withLog(log: string): Picture {
  const picture = bruteForce();
  const facts = { ...picture.first, log };
  return { ...picture, first: facts, newest: facts };
}

function withoutText(piece: WikiPiece): WikiPiece {
  return piece.kind === "verbatim" ? { ...piece, text: "" } : piece;
}

/** Nothing that people, other pages or other issues could be drawn in by. */
function isForbidden(piece: WikiPiece): boolean {
  switch (piece.kind) {
    case "mention":
    case "attachment":
    case "image":
    case "address":
    case "face":
    case "issue":
    case "backslash":
      return true;
    case "macro":
      return piece.name !== "panel";
    case "link":
      return !piece.url.startsWith("https://attack.mitre.org/techniques/");
    case "cells":
      return piece.count !== 3;
    case "heading":
      return piece.name !== "h3";
    case "list":
      return piece.markup !== "*";
    case "effect":
      return !["*", "{{"].includes(piece.sign);
    case "rule":
    case "verbatim":
      return false;
  }
}
