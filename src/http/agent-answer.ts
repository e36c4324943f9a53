import { z } from "zod";

const used = z
  .array(z.string())
  .exactOptional()
  .meta({ description: "The fields of it that the policies which took the alert go by." });

/** What was known of an alert's agent when the alert was judged. */
export const AgentNoteAnswer = z.union([
  z.strictObject({
    kind: z.literal("known"),
    agent: z.strictObject({
      group: z.array(z.string()).exactOptional(),
      os: z.record(z.string(), z.string()).exactOptional(),
      node: z.string().exactOptional(),
      labels: z.record(z.string(), z.unknown()).exactOptional(),
    }),
    at: z.int().meta({ description: "When the Wazuh API said so." }),
    ageMs: z.number().meta({ description: "How old that was." }),
    used,
  }),
  z.strictObject({
    kind: z.literal("unknown"),
    why: z.enum(["no_agent", "never_asked", "not_listed", "other_agent", "too_old"]),
    used,
  }),
]);
