import { z } from "zod";
import { SecretField } from "../../config/secret.ts";
import { Pace } from "../pace.ts";

const CHANNEL_RULE = 'expected a channel\'s name; with a # it goes in quotes. Example: "#security-alerts"';

export const SlackConfig = z
  .strictObject({
    /** The incoming webhook's address; who knows it can post, so it is a secret. */
    webhook: SecretField,
    style: z.enum(["blocks", "legacy"]).default("blocks"),
    /** Laid over the attachment, as the `<options>` of Wazuh's own integration are. */
    options: z.record(z.string(), z.json()).optional(),
    /** Which channel the webhook is for, as people know it: `riposte doctor slack` compares. Slack decides where it posts. */
    channel: z
      .string({ error: CHANNEL_RULE })
      .regex(/^#?[^\s#@]{1,80}$/, CHANNEL_RULE)
      .optional(),
    pace: Pace.default({ max: 1, per: "1s" }),
  })
  .superRefine(({ style, options }, context) => {
    if (style === "legacy" || options === undefined) return;
    context.addIssue({
      code: "custom",
      path: ["options"],
      message: "only with `style: legacy`: blocks take no options",
    });
  });
export type SlackConfig = z.infer<typeof SlackConfig>;
