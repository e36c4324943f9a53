import { z } from "zod";
import { readStart, startExpected, startTrouble } from "./start-text.ts";

export type { StartConfig } from "./start-text.ts";

/** `end`, `beginning`, or an instant with its zone. */
export const Start = z
  .string({ error: ({ input }) => (input === undefined ? undefined : startExpected("")) })
  .refine((text) => startTrouble(text) === null, { error: ({ input }) => startTrouble(String(input)) ?? "" })
  .meta({ examples: ["end", "beginning", "2026-11-20T10:00:00Z"] })
  .transform(readStart);
