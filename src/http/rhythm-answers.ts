// What the answers say of when an incident is told, and in what; as in answers.ts.
import { z } from "zod";
import type { ToldIn } from "../core/digest-event.ts";
import type { Reminder } from "../core/rhythm.ts";
import { Count, InstantMs } from "./answers.ts";

export const ToldInAnswer: z.ZodType<ToldIn> = z
  .strictObject({
    incident: z.int().min(1),
    destination: z.string(),
    digest: z.int().min(1).meta({ description: "The digest's own number." }),
  })
  .meta({ id: "ToldIn" });

export const ReminderAnswer: z.ZodType<Reminder> = z
  .strictObject({
    incident: z.int().min(1),
    kind: z.enum(["repeat", "escalate"]),
    source: z.string().meta({ description: "Whose alerts it waits for, should one of them end the incident." }),
    dueAt: InstantMs,
    times: Count.meta({ description: "How many there were since it opened." }),
  })
  .meta({ id: "Reminder" });
