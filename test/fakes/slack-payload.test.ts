import { describe, expect, test } from "vitest";
import { refusePayload } from "./slack-payload.ts";

const mrkdwn = (length: number) => ({ type: "mrkdwn", text: "x".repeat(length) });
const plain = (length: number) => ({ type: "plain_text", text: "x".repeat(length) });
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const section = (length = 1) => ({ type: "section", text: mrkdwn(length) });
const button = (change: object = {}) => ({ type: "button", text: plain(1), ...change });
const actions = (...elements: object[]) => ({ type: "actions", elements });
const url = (length: number) => "https://a.example/".padEnd(length, "x");
const image = (change: object = {}) => ({ type: "image", image_url: url(30), alt_text: "x", ...change });

describe("at its limit a block is posted, one past it the message is refused", () => {
  test.each<[string, number, (size: number) => object | object[]]>([
    ["blocks of a message", 50, (size) => times(size, () => ({ type: "divider" }))],
    ["characters of a section", 3_000, section],
    ["fields of a section", 10, (size) => ({ type: "section", fields: times(size, () => mrkdwn(1)) })],
    ["characters of a field", 2_000, (size) => ({ type: "section", fields: [mrkdwn(size)] })],
    ["characters of a header", 150, (size) => ({ type: "header", text: plain(size) })],
    ["elements of a context", 10, (size) => ({ type: "context", elements: times(size, () => mrkdwn(1)) })],
    ["characters of a context's text", 3_000, (size) => ({ type: "context", elements: [mrkdwn(size)] })],
    ["elements of actions", 25, (size) => actions(...times(size, () => button()))],
    ["characters of a button", 75, (size) => actions(button({ text: plain(size) }))],
    ["characters of a button's value", 2_000, (size) => actions(button({ value: "v".repeat(size) }))],
    ["characters of a button's url", 3_000, (size) => actions(button({ url: url(size) }))],
    ["characters of an action_id", 255, (size) => actions(button({ action_id: "a".repeat(size) }))],
    ["characters of a block_id", 255, (size) => ({ type: "divider", block_id: "b".repeat(size) })],
    [
      "characters of an option",
      75,
      (size) => actions({ type: "static_select", options: [{ text: plain(size), value: "v" }] }),
    ],
    [
      "characters of an option's value",
      150,
      (size) => actions({ type: "overflow", options: [{ text: plain(1), value: "v".repeat(size) }] }),
    ],
    [
      "options of an overflow",
      5,
      (size) => actions({ type: "overflow", options: times(size, () => ({ text: plain(1), value: "v" })) }),
    ],
    ["characters of an image's alt_text", 2_000, (size) => image({ alt_text: "x".repeat(size) })],
    ["characters of an image's url", 3_000, (size) => image({ image_url: url(size) })],
    ["characters of an image's title", 2_000, (size) => image({ title: plain(size) })],
    ["characters of a markdown block", 12_000, (size) => ({ type: "markdown", text: "x".repeat(size) })],
  ])("%s: %i", (_, most, make) => {
    const at = (size: number) => refusePayload({ blocks: [make(size)].flat() });

    expect(at(most)).toBeNull();
    expect(at(most + 1)?.error).toBe("invalid_blocks");
  });

  test("characters of all blocks together: 13,200", () => {
    const blocks = [
      section(3_000),
      section(3_000),
      section(3_000),
      section(3_000),
      { type: "header", text: plain(100) },
    ];
    const rest = (length: number) => ({ type: "section", fields: [plain(length)] });

    expect(refusePayload({ blocks: [...blocks, rest(1_100)] })).toBeNull();
    expect(refusePayload({ blocks: [...blocks, rest(1_101)] })?.error).toBe("msg_blocks_too_long");
    expect(refusePayload({ blocks, attachments: [{ blocks: [rest(1_101)] }] })?.error).toBe("msg_blocks_too_long");
  });

  test("attachments: 100", () => {
    expect(refusePayload({ attachments: times(100, () => ({ text: "x" })) })).toBeNull();
    expect(refusePayload({ attachments: times(101, () => ({ text: "x" })) })?.error).toBe("too_many_attachments");
  });
});

test.each<[string, unknown]>([
  ["a type that is none", { type: "secton", text: mrkdwn(1) }],
  ["no object", "section"],
  ["a section with nothing", { type: "section" }],
  ["an empty section", section(0)],
  ["a text without a type", { type: "section", text: { text: "x" } }],
  ["a text that is a string", { type: "section", text: "x" }],
  ["no fields in fields", { type: "section", fields: [] }],
  ["markup in a header", { type: "header", text: mrkdwn(1) }],
  ["markup in a button", actions(button({ text: mrkdwn(1) }))],
  ["a style of button that is none", actions(button({ style: "warning" }))],
  ["a button's url that is no URL", actions(button({ url: "the console" }))],
  ["an element that is none", actions({ type: "lever" })],
  ["an accessory that is none", { ...section(), accessory: { type: "lever" } }],
  ["an image without alt_text", image({ alt_text: undefined })],
  ["a button in a context", { type: "context", elements: [button()] }],
])("%s is refused", (_, block) => {
  expect(refusePayload({ text: "fallback", blocks: [block] })?.error).toBe("invalid_blocks");
});

test("an id may be used once", () => {
  const twice = [
    { type: "divider", block_id: "a" },
    { type: "divider", block_id: "a" },
  ];

  expect(refusePayload({ blocks: twice })?.why).toBe("blocks[1].block_id: used twice");
  expect(refusePayload({ blocks: [actions(button({ action_id: "a" }), button({ action_id: "a" }))] })?.why).toContain(
    "action_id",
  );
});

test("a refusal says where and by how much", () => {
  expect(refusePayload({ blocks: [section(), section(3_001)] })).toEqual({
    error: "invalid_blocks",
    why: "blocks[1].text.text: 3001 characters, 3000 allowed",
  });
});

test.each<[string, Record<string, unknown>, string]>([
  ["nothing", {}, "no_text"],
  ["an empty text", { text: "" }, "no_text"],
  ["no blocks in blocks", { blocks: [] }, "no_text"],
  ["an attachment that says nothing", { attachments: [{ color: "danger", text: null }] }, "no_text"],
  ["a text that is a number", { text: 7 }, "invalid_payload"],
  ["half a surrogate pair", { text: "\ud83d" }, "invalid_payload"],
  [
    "half a surrogate pair, deep down",
    { blocks: [{ type: "section", text: { type: "mrkdwn", text: "a\udea8" } }] },
    "invalid_payload",
  ],
  ["blocks that are no list", { text: "x", blocks: {} }, "invalid_blocks_format"],
  ["attachments that are no list", { text: "x", attachments: {} }, "invalid_attachments"],
  [
    "bad blocks in an attachment",
    { attachments: [{ blocks: [{ type: "header", text: mrkdwn(1) }] }] },
    "invalid_blocks",
  ],
])("%s is refused", (_, payload, error) => {
  expect(refusePayload(payload)?.error).toBe(error);
});

test.each<[string, Record<string, unknown>]>([
  ["text alone", { text: "x" }],
  ["text of any length", { text: "x".repeat(50_000) }],
  ["blocks alone", { blocks: [section()] }],
  [
    "the stock integration's attachment",
    {
      attachments: [
        {
          color: "good",
          pretext: "Wazuh Alert",
          title: "N/A",
          text: null,
          fields: [{ title: "Agent", value: "(001) - a" }],
          ts: "1580123327.49031",
        },
      ],
    },
  ],
  ["rich text", { blocks: [{ type: "rich_text", elements: [] }] }],
])("%s is posted", (_, payload) => {
  expect(refusePayload(payload)).toBeNull();
});
