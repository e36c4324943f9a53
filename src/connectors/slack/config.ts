import { z } from "zod";
import { SecretField } from "../../config/secret.ts";
import { Pace } from "../pace.ts";

export const SlackConfig = z
  .strictObject({
    /** The incoming webhook's address; who knows it can post, so it is a secret. */
    webhook: SecretField,
    style: z.enum(["blocks", "legacy"]).default("blocks"),
    /** Laid over the attachment, as the `<options>` of Wazuh's own integration are. */
    options: z.record(z.string(), z.json()).optional(),
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
