import { z } from "zod";
import type { Instant } from "../core/time.ts";
import { InstantMs } from "./answers.ts";

/** A secret that the config names, and how it is; never its value. */
export interface SecretReport {
  /** As in the config. */
  readonly field: string;
  /** Where it is to be had. */
  readonly place: string;
  readonly isReadable: boolean;
  readonly version: string | null;
  readonly madeAt: Instant | null;
  readonly readAt: Instant | null;
  readonly nextAt: Instant | null;
  /** Why it could not be read when it was looked at last; what was read before stays in use. */
  readonly trouble: string | null;
  /** Why a newer value is not in use. */
  readonly refused: string | null;
}

export const SecretAnswer: z.ZodType<SecretReport> = z
  .strictObject({
    field: z.string().meta({ description: "As in the config: destinations.soc-jira.token." }),
    place: z.string(),
    isReadable: z.boolean(),
    version: z.string().nullable().meta({ description: "Of AWS Secrets Manager." }),
    madeAt: InstantMs.nullable().meta({ description: "Since when the value in use is what it is." }),
    readAt: InstantMs.nullable(),
    nextAt: InstantMs.nullable(),
    trouble: z.string().nullable(),
    refused: z.string().nullable().meta({ description: "Why a newer value is not in use." }),
  })
  .meta({ id: "Secret" });

/** Without what only this process needs to know. */
export function reportSecrets(kept: readonly SecretReport[]): readonly SecretReport[] {
  return kept.map(({ field, place, isReadable, version, madeAt, readAt, nextAt, trouble, refused }) => ({
    field,
    place,
    isReadable,
    version,
    madeAt,
    readAt,
    nextAt,
    trouble,
    refused,
  }));
}
