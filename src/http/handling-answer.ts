import { z } from "zod";
import type { Handling, Tick } from "../core/handling.ts";

const Changes = z.int().min(0);

export const TickAnswer: z.ZodType<Tick> = z
  .strictObject({
    step: z.int().min(1),
    print: z.string().meta({ description: "Of the step as it stood in the playbook then." }),
    isDone: z.boolean(),
    changes: Changes,
    by: z.string(),
    at: z.number().meta({ description: "Milliseconds since 1970 (UTC)." }),
  })
  .meta({ id: "Tick", description: "A step of the playbook that somebody ticked off, or took back." });

export const HandlingAnswer: z.ZodType<Handling> = z
  .strictObject({
    assignee: z.string().exactOptional().meta({ description: "Who has it." }),
    assigneeChanges: Changes.exactOptional(),
    silenceChanges: Changes.exactOptional(),
    ticks: z.array(TickAnswer).exactOptional(),
  })
  .meta({ id: "Handling", description: "What people have done about it beside its state." });
