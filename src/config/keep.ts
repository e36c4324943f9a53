import { z } from "zod";
import { DAY_MS } from "../core/time.ts";
import type { Keep } from "../core/retention.ts";
import { durationField } from "./duration.ts";
import type { Problem } from "./problem.ts";
import type { StoreConfig } from "./store.ts";

const UNIT_BYTES: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9, TB: 1e12 };
const USUAL_SIZE = "5GB";
const LEAST_BYTES = 50 * UNIT_BYTES["MB"]!;
const EXPECTED = `expected a size in MB, GB or TB. Example: ${USUAL_SIZE}`;

/** `5GB` as bytes; null for anything else. */
export function parseSize(text: string): number | null {
  const [, figure = "", unit = ""] = /^(\d{1,6})(MB|GB|TB)$/.exec(text) ?? [];
  const unitBytes = UNIT_BYTES[unit];
  return unitBytes === undefined ? null : Number(figure) * unitBytes;
}

const Size = z
  .string({ error: EXPECTED })
  .regex(/^\d{1,6}(MB|GB|TB)$/, { error: EXPECTED, abort: true })
  .meta({ examples: [USUAL_SIZE] })
  .transform((text) => parseSize(text) ?? 0)
  .refine((bytes) => bytes >= LEAST_BYTES, { error: "too small: at least 50MB" });

export const KeepShape = z
  .strictObject({
    for: durationField({ leastMs: DAY_MS, example: "30d" }).default(30 * DAY_MS),
    size: Size.optional(),
  })
  .prefault({})
  .meta({
    description:
      "How long alerts and resolved incidents stay (30d), and above which size of the database's file the oldest go sooner (5GB; not for PostgreSQL).",
    examples: [{ for: "30d", size: USUAL_SIZE }],
  });

const USUAL_BYTES = parseSize(USUAL_SIZE) ?? 0;

interface Kept {
  readonly keep: z.output<typeof KeepShape>;
  readonly store: StoreConfig;
}

export function keepOf({ keep, store }: Kept): Keep {
  return { ms: keep.for, bytes: store.kind === "postgres" ? null : (keep.size ?? USUAL_BYTES) };
}

/** The tables of a server don't shrink by what is taken out of them: who promised a size would not keep it. */
export function keepProblems({ keep, store }: Kept): readonly Problem[] {
  if (store.kind !== "postgres" || keep.size === undefined) return [];
  const says = "not for PostgreSQL, whose tables keep their room: leave it away, and say with for how long things stay";
  return [{ path: ["keep", "size"], at: "value", says }];
}
