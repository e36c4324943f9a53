import { z } from "zod";
import type { DigestTerms } from "../core/digest-event.ts";
import { MINUTE_MS } from "../core/time.ts";
import { perMs } from "./pace-ms.ts";
import { Pace } from "./pace.ts";

const DIGEST_RULE =
  "expected how often, or a map. Examples: 30m, { every: 30m, severities: [medium] }, { above: { max: 20, per: 1m } }";

const Every = z
  .string({ error: DIGEST_RULE })
  .regex(/^[1-9]\d{0,5}[smhd]$/, { error: DIGEST_RULE, abort: true })
  .refine((per) => perMs({ per }) >= MINUTE_MS, { error: "too short: at least 1m" });

/** What of a channel's news is told together: what is of low rank each so often, and everything that is too much at once. */
export const Digest = z.union(
  [
    Every,
    z
      .strictObject({
        every: Every.optional(),
        severities: z
          .array(
            z.enum(["low", "medium", "high"], {
              error: "expected low, medium or high: what is critical never waits",
            }),
          )
          .min(1)
          .optional(),
        above: Pace.optional(),
      })
      .superRefine(({ every, severities, above }, context) => {
        const complain = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
        if (every === undefined && above === undefined) complain([], DIGEST_RULE);
        if (every === undefined && severities !== undefined)
          complain(["severities"], "only beside every, how often those are told");
      }),
  ],
  { error: ({ input }) => (typeof input === "string" || typeof input === "object" ? undefined : DIGEST_RULE) },
);

export function digestTerms(digest: z.infer<typeof Digest> | undefined): { readonly digest?: DigestTerms } {
  if (digest === undefined) return {};
  const { every, severities, above } = typeof digest === "string" ? { every: digest } : digest;
  return {
    digest: {
      everyMs: every === undefined ? null : perMs({ per: every }),
      severities: every === undefined ? [] : (severities ?? ["low", "medium"]),
      above: above === undefined ? null : { max: above.max, perMs: perMs(above) },
    },
  };
}
