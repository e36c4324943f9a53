import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adfFault, adfLinks, adfText } from "../../../test/fakes/adf.ts";
import { anyDocument, wildText } from "../../../test/fixtures/any-document.ts";
import { hostilePictures } from "../../../test/fixtures/hostile.ts";
import { soundPictures } from "../../../test/fixtures/pictures.ts";
import { describeWithPublishedSpecs } from "../../../test/shared-data.ts";
import type { Picture } from "../../core/picture.ts";
import { adfOf, type AdfDocument } from "./adf.ts";
import { commentOf, twinCommentOf } from "./comment.ts";
import { JIRA_TEXT_CHARS, link, paragraph, text } from "./document.ts";
import { ticketOf, type TicketOptions } from "./ticket.ts";

const pictures: readonly (readonly [string, Picture])[] = [...soundPictures(), ...hostilePictures()];
const words = { mark: "rp-0a1b2c3d-12-soc-jira-1", repeat: true };
const options: TicketOptions = {
  wazuhDashboard: "https://wazuh.example",
  labels: [],
  priorities: {},
  leftOut: [{ field: "labels", why: "not on the screen" }],
};

function documentsOf(picture: Picture): readonly AdfDocument[] {
  return [
    adfOf(ticketOf(picture, words, options).blocks),
    adfOf(commentOf(picture.moments, picture, true)),
    adfOf(twinCommentOf(picture.incident.title, picture.incident.title)),
  ];
}

test.each(pictures)("%s: a document that holds nothing but what we put into it, within Jira's limit", (_, picture) => {
  for (const document of documentsOf(picture)) {
    expect(adfFault(document)).toBeNull();
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(JIRA_TEXT_CHARS);
    for (const address of adfLinks(document))
      expect(address).toMatch(/^https:\/\/(?:wazuh\.example|attack\.mitre\.org)\//);
  }
});

test.each(pictures)("%s: our mark is in the text, whole, where labels were refused", (_, picture) => {
  expect(adfText(documentsOf(picture)[0])).toContain(`\nRiposte mark: ${words.mark}\n`);
});

test("any text in any place gives a document that is right and fits", () => {
  const texts = wildText([
    "{",
    '"',
    "\\",
    "\n",
    "\r\n",
    "\u2028",
    "\u202e",
    "\ud83d",
    "\u0000",
    " ",
    "x".repeat(4_000),
  ]);
  fc.assert(
    fc.property(anyDocument(texts), (blocks) => {
      const document = adfOf(blocks);
      expect(adfFault(document)).toBeNull();
      expect(JSON.stringify(document).length).toBeLessThanOrEqual(JIRA_TEXT_CHARS);
    }),
  );
});

test("spaces between runs of text stay where they were, and line breaks become spaces", () => {
  const { content } = adfOf([paragraph(text("one "), link("two\r\nthree", "https://example.org/a"))]);
  expect(content).toEqual([
    {
      type: "paragraph",
      content: [
        { type: "text", text: "one " },
        { type: "text", text: "two three", marks: [{ type: "link", attrs: { href: "https://example.org/a" } }] },
      ],
    },
  ]);
});

test.each([
  "javascript:alert(1)",
  "data:text/html,x",
  "https://user:password@example.org",
  "//example.org",
  "not an address",
  `https://example.org/${"x".repeat(3_000)}`,
])("%.40s is shown and leads nowhere, however it came into the document", (url) => {
  for (const blocks of [[paragraph(link("x", url))], [paragraph({ kind: "link", text: "x", url })]]) {
    expect(adfOf(blocks).content).toEqual([{ type: "paragraph", content: [{ type: "text", text: "x" }] }]);
  }
});

describe("our own check", () => {
  const p = (inner: object): object => ({
    version: 1,
    type: "doc",
    content: [{ type: "paragraph", content: [inner] }],
  });
  test.each([
    ["a mention", p({ type: "mention", attrs: { id: "1" } })],
    ["an empty text", p({ type: "text", text: "" })],
    ["half a pair", p({ type: "text", text: "\ud83d" })],
    ["a line break in a paragraph", p({ type: "text", text: "a\nb" })],
    ["a link to a script", p({ type: "text", text: "x", marks: [{ type: "link", attrs: { href: "javascript:0" } }] })],
    ["a key too many", { version: 1, type: "doc", content: [], extra: 1 }],
    ["a table without rows", { version: 1, type: "doc", content: [{ type: "table", content: [] }] }],
  ])("finds %s", (_, document) => {
    expect(adfFault(document)).not.toBeNull();
  });
});

describeWithPublishedSpecs("Atlassian's own schema", (fileNamed) => {
  const { $schema: _, ...schema } = JSON.parse(
    readFileSync(fileNamed("adf-full-schema-57.7.22.json"), "utf8"),
  ) as Record<string, unknown>;
  const isRight = new Ajv({ strict: false }).compile(schema);

  test.each(pictures)("takes %s", (_, picture) => {
    for (const document of documentsOf(picture)) {
      isRight(document);
      expect(isRight.errors).toBeNull();
    }
  });

  test("takes any document at all", () => {
    fc.assert(
      fc.property(anyDocument(wildText(["", " ", "\n", "x"])), (blocks) => {
        expect(isRight(adfOf(blocks))).toBe(true);
      }),
    );
  });

  test("does not take everything", () => {
    expect(isRight({ version: 1, type: "doc", content: [{ type: "paragraph", content: [{ type: "text" }] }] })).toBe(
      false,
    );
  });
});
