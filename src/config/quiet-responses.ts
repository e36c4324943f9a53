import { z } from "zod";
import type { QuietResponses } from "../core/response-quiet.ts";
import { isMap } from "./problem.ts";
import { weeklyKeys, windowOf, withTimeBetween } from "./weekly.ts";

const EXAMPLE = '{ from: "22:00", to: "07:00", zone: Europe/Berlin }';

const Hours = withTimeBetween(
  z.strictObject({
    ...weeklyKeys,
    do: z
      .enum(["refuse", "ask"], {
        error: "expected refuse (nothing is begun) or ask (what would be done waits for somebody's yes)",
      })
      .default("refuse"),
  }),
);

/** `guardrails.quiet_hours`: one, or several of which the stricter counts. */
export const QuietResponsesShape = z
  .union([Hours, z.array(Hours).min(1).max(10)], {
    error: ({ input }) =>
      isMap(input) || Array.isArray(input) ? undefined : `expected hours, or a list of such. Example: ${EXAMPLE}`,
  })
  .meta({
    description: "Hours in which nothing is begun by itself; what is in force is lifted in its time all the same.",
    examples: [{ from: "22:00", to: "07:00", zone: "Europe/Berlin", do: "ask" }],
  });

export function quietResponsesOf(shape: z.output<typeof QuietResponsesShape> | undefined): readonly QuietResponses[] {
  if (shape === undefined) return [];
  const list = Array.isArray(shape) ? shape : [shape];
  return list.map((hours) => ({ ...windowOf(hours), does: hours.do }));
}
