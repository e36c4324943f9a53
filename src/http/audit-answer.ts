import { z } from "zod";
import type { AuditRow } from "../core/change.ts";
import { InstantMs } from "./answers.ts";

export const AuditAnswer: z.ZodType<AuditRow> = z
  .strictObject({
    id: z.int(),
    at: InstantMs,
    who: z.string().meta({ description: "A person, a destination, the name of a token, or a policy." }),
    what: z.string(),
    about: z.string(),
    incident: z.int().exactOptional(),
    response: z.int().exactOptional(),
    detail: z.string().exactOptional().meta({ description: "What is known besides, as JSON." }),
    hash: z.string().exactOptional().meta({
      description: "Of this row and the one before; absent: it is from before rows were chained.",
    }),
  })
  .meta({ id: "Audit" });
