import { z } from "zod";
import type { Guidance, GuidanceText } from "../core/guidance.ts";
import type { Place } from "../core/playbook.ts";
import { words } from "./answers.ts";
import { TickAnswer } from "./handling-answer.ts";

const PlaceWord = words<Place>({ manager: true, kubernetes: true, agent: true, windows: true, workstation: true });

const GuidanceTextAnswer: z.ZodType<GuidanceText> = z.strictObject({
  kind: z.literal("text"),
  runs: z.array(z.strictObject({ kind: z.enum(["text", "code"]), text: z.string() })),
});

export const GuidanceAnswer: z.ZodType<Guidance> = z
  .union([
    z.strictObject({
      kind: z.literal("guidance"),
      name: z.string(),
      title: z.string(),
      before: z.array(GuidanceTextAnswer),
      steps: z.array(
        z.strictObject({
          print: z.string(),
          tick: TickAnswer.exactOptional(),
          parts: z.array(
            z.union([
              GuidanceTextAnswer,
              z.strictObject({ kind: z.literal("command"), place: PlaceWord, command: z.string() }),
              z.strictObject({
                kind: z.literal("withheld"),
                place: PlaceWord,
                why: z.string(),
                wouldBe: z.string(),
              }),
            ]),
          ),
        }),
      ),
    }),
    z.strictObject({ kind: z.literal("unreadable"), name: z.string(), says: z.string() }),
  ])
  .meta({ id: "Guidance" });
