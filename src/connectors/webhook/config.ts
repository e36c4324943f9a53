import { z } from "zod";
import { SecretField } from "../../config/secret.ts";
import { whyUnusable } from "../address.ts";
import { Digest } from "../digest.ts";
import { Pace } from "../pace.ts";

/** An address that may stand in the config for all to read: one with a query often carries a token in it. */
const OpenAddress = z.string().superRefine((url, context) => {
  const why = URL.parse(url)?.search ? "an address with a query may hold a secret: use { file: … }" : whyUnusable(url);
  if (why !== null) context.addIssue({ code: "custom", message: why });
});

const NO_ADDRESS =
  "expected an https address, or { file: … } where it is a secret. Example: https://siem.example/hooks/riposte";

export const WebhookConfig = z
  .strictObject({
    url: z.union([OpenAddress, SecretField], {
      error: ({ input }) => (typeof input === "string" || typeof input === "object" ? undefined : NO_ADDRESS),
    }),
    /** `whsec_` and the key in base64; calls are signed with it as Standard Webhooks says. */
    secret: SecretField.optional(),
    unsigned: z.boolean().default(false),
    concurrency: z.int().min(1).max(256).default(16),
    digest: Digest.optional(),
    pace: Pace.optional(),
  })
  .superRefine(({ secret, unsigned }, context) => {
    if (secret === undefined && !unsigned) {
      const message =
        "is missing: the receiver could not tell our calls from others'. Without one say `unsigned: true`";
      context.addIssue({ code: "custom", path: ["secret"], message });
    }
    if (secret !== undefined && unsigned) {
      context.addIssue({ code: "custom", path: ["unsigned"], message: "not beside `secret`" });
    }
  });
export type WebhookConfig = z.infer<typeof WebhookConfig>;
