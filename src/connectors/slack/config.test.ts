import { expect, test } from "vitest";
import { listSecretFields } from "../../config/secret.ts";
import { SlackConfig } from "./config.ts";
import { slack } from "./slack.ts";

const app = { token: { env: "T" }, channel: "#soc" };

test.each<[object, string, RegExp]>([
  [{}, "webhook", /^is missing: `webhook`, or `token` and `channel` for the full app$/],
  [{ ...app, webhook: { env: "W" } }, "webhook", /^not beside `token`/],
  [{ token: { env: "T" } }, "channel", /^is missing: where to post\. Example: "#security-alerts"$/],
  [{ ...app, channel: "#a b" }, "channel", /^expected a channel's name or id/],
  [{ ...app, style: "legacy" }, "style", /^only with `webhook`/],
  [{ ...app, options: { pretext: "x" } }, "options", /^only with `webhook`/],
  [{ webhook: { env: "W" }, mention: {} }, "mention", /^only with `token`/],
  [{ webhook: { env: "W" }, channels: {} }, "channels", /^only with `token`/],
  [{ ...app, mention: { severity: { high: ["nobody"] } } }, "mention.severity.high.0", /^no name of `on_call`/],
  [{ ...app, on_call: { night: "@ana" } }, "on_call.night", /^expected the id of a person or a group/],
  [{ ...app, token: "xoxb-1234" }, "token", /./],
])("%j is refused at %s", (config, path, says) => {
  const { error } = SlackConfig.safeParse(config);
  expect(error?.issues.map((issue) => issue.path.join("."))).toContain(path);
  expect(JSON.stringify(error?.issues)).toMatch(
    new RegExp(says.source.replaceAll(/^\^|\$$/g, "").replaceAll('"', '\\\\"')),
  );
});

test("people are called by their ids, by names of on_call, and as the whole channel", () => {
  const config = {
    ...app,
    on_call: { night: ["U0123456789", "S0123456789"] },
    mention: { severity: { critical: ["night", "here"] }, policy: { "agent-lost": ["W0123456789"] } },
  };
  expect(SlackConfig.safeParse(config)).toMatchObject({ success: true });
});

test("the tokens are secrets, and an app can do what a webhook can't", () => {
  expect(listSecretFields(SlackConfig)).toEqual(expect.arrayContaining(["webhook", "token", "api"]));
  const { edits, finds, paceMs } = slack.capabilities(SlackConfig.parse(app));
  expect({ edits, finds, paceMs }).toEqual({ edits: true, finds: true, paceMs: 1_200 });
  expect(slack.capabilities(SlackConfig.parse({ webhook: { env: "W" } }))).toMatchObject({
    edits: false,
    finds: false,
  });
});

test("the links of the file are an app's own where it has none", () => {
  const links = { wazuhDashboard: "https://wazuh.example", console: null };
  expect(slack.linked?.(SlackConfig.parse(app), links)).toMatchObject({ wazuh_dashboard: "https://wazuh.example" });
  expect(slack.linked?.(SlackConfig.parse({ webhook: { env: "W" } }), links)).not.toHaveProperty("wazuh_dashboard");
});
