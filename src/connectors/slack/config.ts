import { z } from "zod";
import { SecretField } from "../../config/secret.ts";
import { whyUnusable } from "../address.ts";
import { Digest } from "../digest.ts";
import { Pace } from "../pace.ts";
import { PERSON_ID, SLACK_ID, whoIs } from "./who.ts";

const CHANNEL_RULE =
  'expected a channel\'s name or id; a name with a # goes in quotes. Example: "#security-alerts", or C0123456789';

const Channel = z.string({ error: CHANNEL_RULE }).regex(/^#?[^\s#@]{1,80}$/, CHANNEL_RULE);

/** A Slack id, `here`, `channel`, or a name of `on_call`. */
const Who = z.string().regex(/^[A-Za-z0-9][\w .-]{0,39}$/, "expected an id of Slack's, or a name of `on_call`");

const SlackId = z
  .string()
  .regex(SLACK_ID, "expected the id of a person or a group, as its profile in Slack shows it. Example: U0123456789");

const PersonId = z
  .string()
  .regex(
    PERSON_ID,
    "expected the id of a person, as the profile in Slack shows it (groups can't press). Example: U0123456789",
  );

const PersonName = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,59}$/u, "expected a name of at most 60 letters");

/** Ids; ids with the names that the message and the audit show; or everyone in the channel. */
const People = z.union([z.literal("everyone"), z.array(PersonId).min(1).max(200), z.record(PersonId, PersonName)], {
  error: "expected ids of people ([U0123456789]), ids with names ({ U0123456789: Ana }), or everyone",
});

function bySeverity<Value extends z.ZodType>(value: Value) {
  return z.strictObject({
    low: value.optional(),
    medium: value.optional(),
    high: value.optional(),
    critical: value.optional(),
  });
}

const Api = z
  .string()
  .superRefine((url, context) => {
    const why = whyUnusable(url);
    if (why !== null) context.addIssue({ code: "custom", message: why });
  })
  .meta({ examples: ["https://slack-gov.com/api"] });

const WebAddress = z.url({ protocol: /^https?$/ });

export const SlackConfig = z
  .strictObject({
    /** The incoming webhook's address; who knows it can post, so it is a secret. */
    webhook: SecretField.optional(),
    /** Instead of a webhook: the app's bot token, with which messages are edited, threaded and found again. */
    token: SecretField.optional(),
    /** With which Slack signs what it sends when somebody presses a button; over HTTP. */
    signing_secret: SecretField.optional(),
    /** For the same without an open port (Socket Mode): an app-level token with the scope connections:write. */
    app_token: SecretField.optional(),
    /** Who may press, and use /riposte. */
    people: People.optional(),
    style: z.enum(["blocks", "legacy"]).default("blocks"),
    /** Laid over the attachment, as the `<options>` of Wazuh's own integration are. */
    options: z.record(z.string(), z.json()).optional(),
    /**
     * With a token: where incidents are told. With a webhook: the channel that it is for, as people know it; `riposte
     * doctor slack` compares, and Slack decides where it posts.
     */
    channel: Channel.optional(),
    /** Other channels for some incidents; a policy counts before a severity. */
    channels: z
      .strictObject({
        policy: z.record(z.string(), Channel).optional(),
        severity: bySeverity(Channel).optional(),
      })
      .optional(),
    /** Who is called when an incident opens or escalates. */
    mention: z
      .strictObject({
        policy: z.record(z.string(), z.array(Who).max(10)).optional(),
        severity: bySeverity(z.array(Who).max(10)).optional(),
      })
      .optional(),
    /** Names for those who are called. */
    on_call: z.record(z.string(), z.union([SlackId, z.array(SlackId).max(10)])).optional(),
    /** Where people look at Wazuh, and at Riposte; messages link there. */
    wazuh_dashboard: WebAddress.optional().meta({ examples: ["https://wazuh.example"] }),
    console: WebAddress.optional().meta({ examples: ["https://riposte.example"] }),
    /** The workspace's own address, for links to messages; asked for when it isn't said. */
    workspace: WebAddress.optional().meta({ examples: ["https://example.slack.com"] }),
    /** Slack's API, where it is another one than everybody's. */
    api: z.union([Api, SecretField]).optional(),
    digest: Digest.optional(),
    pace: Pace.optional(),
  })
  .superRefine((config, context) => {
    const complain = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path: [...path], message });
    const { webhook, token, style, options, channel } = config;
    if (webhook === undefined && token === undefined)
      return complain(["webhook"], "is missing: `webhook`, or `token` and `channel` for the full app");
    if (webhook !== undefined && token !== undefined)
      return complain(["webhook"], "not beside `token`: the app posts by itself. Take one of them out");
    if (webhook !== undefined) {
      for (const key of APP_KEYS)
        if (config[key] !== undefined) complain([key], "only with `token`: a webhook can't do that");
      if (style !== "legacy" && options !== undefined)
        complain(["options"], "only with `style: legacy`: blocks take no options");
      return;
    }
    if (channel === undefined) complain(["channel"], 'is missing: where to post. Example: "#security-alerts"');
    if (style === "legacy") complain(["style"], "only with `webhook`: the app has a layout of its own");
    const hasWayIn = config.signing_secret !== undefined || config.app_token !== undefined;
    if (hasWayIn && config.people === undefined)
      complain(
        ["people"],
        "is missing: who may press. Example: { U0123456789: Ana }; everyone in the channel: everyone",
      );
    if (!hasWayIn && config.people !== undefined)
      complain(["people"], "presses reach nobody: say `app_token` (Socket Mode) or `signing_secret` (HTTP) too");
    if (options !== undefined) complain(["options"], "only with `webhook` and `style: legacy`");
    for (const [key, people] of Object.entries(config.mention ?? {})) {
      for (const [of, names] of Object.entries(people ?? {})) {
        for (const [at, name] of (names ?? []).entries()) {
          if (whoIs(name, config.on_call ?? {}) === null)
            complain(
              ["mention", key, of, at],
              "no name of `on_call`, and no id of Slack's. Example: U0123456789 (a person), S0123456789 (a group), here",
            );
        }
      }
    }
  });
export type SlackConfig = z.infer<typeof SlackConfig>;

const APP_KEYS = [
  "signing_secret",
  "app_token",
  "people",
  "channels",
  "mention",
  "on_call",
  "wazuh_dashboard",
  "console",
  "workspace",
  "api",
] as const;
