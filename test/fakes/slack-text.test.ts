import { expect, test } from "vitest";
import { renderMessage, renderNotification } from "./slack-text.ts";

test.each([
  ["a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"],
  ["<!channel> and <!here|here>", "@channel and here"],
  ["<@U012ABC> in <#C012|alerts>", "@U012ABC in #alerts"],
  ["<!subteam^S1|@soc>", "@soc"],
  ["<!date^1392734382^{date}|18 February>", "18 February"],
  ["<https://a.example/x|the console>", "the console"],
  ["<https://a.example/x>", "https://a.example/x"],
  ["&lt;!channel&gt;", "<!channel>"],
])("%j is read as %j", (sent, read) => {
  expect(renderMessage({ text: sent })).toBe(read);
});

test("with blocks the text is only the notification", () => {
  const payload = {
    text: "SSH brute force &amp; more",
    blocks: [
      { type: "header", text: { type: "plain_text", text: "SSH <brute> &amp; force" } },
      { type: "divider" },
      {
        type: "section",
        text: { type: "mrkdwn", text: "*Agent* 007" },
        fields: [
          { type: "mrkdwn", text: "one" },
          { type: "plain_text", text: "two" },
        ],
        accessory: { type: "button", text: { type: "plain_text", text: "Open" }, url: "https://a.example/" },
      },
      { type: "context", elements: [{ type: "mrkdwn", text: "rule 5763" }] },
      { type: "markdown", text: "**bold**" },
      {
        type: "rich_text",
        elements: [
          {
            type: "rich_text_section",
            elements: [
              { type: "text", text: "rich" },
              { type: "broadcast", range: "here" },
            ],
          },
        ],
      },
    ],
  };

  expect(renderMessage(payload).split("\n")).toEqual([
    "SSH <brute> &amp; force",
    "*Agent* 007",
    "one",
    "two",
    "Open",
    "rule 5763",
    "**bold**",
    "rich",
    "@here",
  ]);
  expect(renderNotification(payload)).toBe("SSH brute force & more");
  expect(renderNotification({ blocks: payload.blocks })).toBeNull();
});

test("a legacy attachment shows its pretext first and its fields last", () => {
  const attachment = {
    color: "danger",
    fallback: "never shown",
    pretext: "Wazuh Alert",
    title: "sshd: brute force",
    title_link: "https://a.example/",
    text: "Failed password for &lt;root&gt;",
    fields: [
      { title: "Agent", value: "(001) - web" },
      { title: "Rule ID", value: 5763 },
    ],
    ts: "1580123327.49031",
  };

  expect(renderMessage({ attachments: [attachment] }).split("\n")).toEqual([
    "Wazuh Alert",
    "sshd: brute force",
    "Failed password for <root>",
    "Agent",
    "(001) - web",
    "Rule ID",
    "5763",
  ]);
});

test("an attachment with blocks of its own does not show its pretext", () => {
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "block" } }];

  expect(renderMessage({ attachments: [{ pretext: "Wazuh Alert", text: "legacy", blocks }] })).toBe("block");
});

test("text past 40,000 characters is cut", () => {
  expect(renderMessage({ text: "x".repeat(40_001) })).toHaveLength(40_000);
});
