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

test.each<[object, string, RegExp]>([
  [{ signing_secret: { env: "S" } }, "people", /^is missing: who may press/],
  [{ app_token: { env: "A" } }, "people", /^is missing: who may press/],
  [{ people: ["U0123456789"] }, "people", /^presses reach nobody: say `app_token`/],
  [{ app_token: { env: "A" }, people: "all" }, "people", /^expected ids of people/],
  [{ app_token: { env: "A" }, people: [] }, "people", /./],
  [{ app_token: { env: "A" }, people: ["S0123456789"] }, "people", /./],
  [{ app_token: { env: "A" }, people: { U0123456789: "<!channel>" } }, "people", /./],
  [{ app_token: "xapp-1234", people: "everyone" }, "app_token", /a secret itself does not belong/],
])("of who may press %j is refused at %s", (more, path, says) => {
  const { error } = SlackConfig.safeParse({ ...app, ...more });
  const issue = error?.issues.find((each) => each.path[0] === path);
  expect(issue?.message).toMatch(says);
});

test("a webhook's message has no buttons, so nobody can be let press them", () => {
  const { error } = SlackConfig.safeParse({ webhook: { env: "W" }, people: "everyone", app_token: { env: "A" } });
  expect(error?.issues.map(({ path }) => path.join("."))).toEqual(expect.arrayContaining(["people", "app_token"]));
});

test.each([["everyone"], [["U0123456789"]], [{ U0123456789: "Ana Brandt" }]])("people may be %j", (people) => {
  expect(SlackConfig.safeParse({ ...app, signing_secret: { env: "S" }, people })).toMatchObject({ success: true });
});
