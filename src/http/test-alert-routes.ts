import { z } from "zod";
import type { TestAlert } from "../core/test-alert.ts";
import { SEVERITIES } from "../core/severity.ts";
import { problem } from "./problem.ts";
import { Word } from "./query.ts";
import { route } from "./route.ts";

const MOST_FIELDS = 50;

const Wanted = z.strictObject({
  policy: Word.optional(),
  fields: z
    .record(Word, z.string().max(2_000))
    .refine((fields) => Object.keys(fields).length <= MOST_FIELDS, `${MOST_FIELDS} fields at most`)
    .refine(({ "rule.level": level = "0" }) => /^(?:\d|1[0-6])$/.test(level), "rule.level: a whole number from 0 to 16")
    .default({}),
});

const SentAnswer: z.ZodType<TestAlert> = z.strictObject({
  ruleId: z.string(),
  level: z.int(),
  title: z.string(),
  incidents: z.array(
    z.strictObject({
      id: z.int(),
      policy: z.string(),
      severity: z.enum(SEVERITIES),
      tell: z.array(z.string()),
      holdMs: z.number().nullable(),
    }),
  ),
});

const send = route({
  method: "POST",
  path: "/v1/test-alerts",
  needs: "act",
  summary: "Send an alert that is marked as a test",
  body: Wanted,
  answer: SentAnswer,
  refusals: ["conflict", "unavailable"],
  async handle({ body: { policy = null, fields }, caller, context }, { testAlert, log }) {
    if (testAlert === undefined) {
      return problem(context, "conflict", "no server is running, so nobody would be told: start it first");
    }
    try {
      const sent = await testAlert({ policy, fields, who: caller.name });
      return sent.kind === "refused" ? problem(context, "conflict", sent.why) : sent.test;
    } catch (error) {
      log.error({ err: error }, "a test alert could not be committed");
      return problem(context, "unavailable", "the database did not take it, and nobody was told; the log says why");
    }
  },
});

export const testAlertRoutes = [send];
