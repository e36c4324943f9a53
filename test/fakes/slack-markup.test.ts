import { expect, test } from "vitest";
import { liveMarkup } from "./slack-markup.ts";

const section = (text: string, change: object = {}) => ({
  blocks: [{ type: "section", text: { type: "mrkdwn", text, verbatim: true, ...change } }],
});

test.each([
  "<!channel>",
  "<!here>",
  "<!everyone|x>",
  "<@U012ABC>",
  "<#C012ABC>",
  "<!subteam^S1>",
  "<!date^1^{date}|x>",
])("%s is a live mention wherever markup is read", (markup) => {
  const places = [
    { text: `a ${markup} b` },
    section(`a ${markup} b`),
    { blocks: [{ type: "context", elements: [{ type: "mrkdwn", text: markup, verbatim: true }] }] },
    { blocks: [{ type: "section", fields: [{ type: "mrkdwn", text: `\n${markup}`, verbatim: true }] }] },
    { blocks: [{ type: "markdown", text: markup }] },
    { attachments: [{ pretext: markup }] },
    { attachments: [{ title: markup }] },
    { attachments: [{ text: markup }] },
    { attachments: [{ fields: [{ title: "Agent", value: markup }] }] },
    { attachments: [{ blocks: section(markup).blocks }] },
  ];

  for (const payload of places) expect(liveMarkup(payload)).toMatchObject([{ kind: "mention", markup }]);
});

test("a link is told with its place and its host", () => {
  expect(liveMarkup(section("see <https://evil.example:8443/a?b|the console>"))).toEqual([
    {
      kind: "link",
      place: "blocks[0].text",
      markup: "<https://evil.example:8443/a?b|the console>",
      url: "https://evil.example:8443/a?b",
      host: "evil.example",
    },
  ]);
});

test.each([
  ["<mailto:a@b.example|x>", null],
  ["<script>", null],
  ["<a.example|x>", null],
  ["<<https://a.example>>", "a.example"],
])("%s is taken for a link with host %s", (text, host) => {
  expect(liveMarkup({ text })).toMatchObject([{ kind: "link", host }]);
});

test("what is pressed is a link too", () => {
  const button = { type: "button", text: { type: "plain_text", text: "Open" }, url: "https://b.example/" };
  const rich = {
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "link", url: "https://r.example" }] }],
  };

  const found = liveMarkup({
    blocks: [{ type: "actions", elements: [button] }, rich],
    attachments: [{ title: "t", title_link: "https://t.example/" }],
  });

  expect(found.map((each) => each.kind === "link" && each.host)).toEqual(["b.example", "r.example", "t.example"]);
});

test("rich text calls people by its own elements", () => {
  const elements = [
    { type: "user", user_id: "U1" },
    { type: "broadcast", range: "channel" },
    { type: "channel", channel_id: "C1" },
    { type: "usergroup", usergroup_id: "S1" },
    { type: "text", text: "<!here>" },
  ];

  const found = liveMarkup({ blocks: [{ type: "rich_text", elements: [{ type: "rich_text_section", elements }] }] });

  expect(found.map(({ markup }) => markup)).toEqual(["<@U1>", "<!channel>", "<#C1>", "<!subteam^S1>"]);
});

test.each<[string, Record<string, unknown>]>([
  ["escaped markup", section("&lt;!channel&gt; &lt;https://evil.example|x&gt;")],
  ["markup in plain text", { blocks: [{ type: "header", text: { type: "plain_text", text: "<!channel> @here" } }] }],
  ["a fallback", { attachments: [{ fallback: "<!channel>", text: "x" }] }],
  ["comparison signs", { text: "a &lt; b, 3 > 2" }],
  ["a bare name where names are not read", section("@channel")],
  ["an address with such a name", { text: "mail me@here.example", parse: "full" }],
])("%s is harmless", (_, payload) => {
  expect(liveMarkup(payload)).toEqual([]);
});

test.each<[string, Record<string, unknown>]>([
  ["parse: full", { text: "(@channel)", parse: "full" }],
  ["link_names", { text: "(@channel)", link_names: 1 }],
  ["a text object without verbatim", section("(@channel)", { verbatim: false })],
])("with %s a bare name is live", (_, payload) => {
  expect(liveMarkup(payload)).toMatchObject([{ kind: "mention", markup: "@channel" }]);
});
