import { z } from "zod";

/** At most `max` calls in each `per`, evenly spread: `{ max: 20, per: 1m }` is one every three seconds. */
export const Pace = z.strictObject({
  max: z.int().min(1),
  per: z.string().regex(/^[1-9]\d{0,5}[smhd]$/, "expected a duration in s, m, h or d. Example: 1m"),
});
export type Pace = z.infer<typeof Pace>;
