import { Hono } from "hono";
import { z } from "zod";
import type { TestAlert } from "../core/test-alert.ts";
import type { ApiParts } from "./parts.ts";
import { checked, jsonOf, problem } from "./problem.ts";
import { Word } from "./query.ts";
import { whoAsks } from "./who.ts";

const MOST_FIELDS = 50;

const Wanted = z.strictObject({
  policy: Word.optional(),
  fields: z
    .record(Word, z.string().max(2_000))
    .refine((fields) => Object.keys(fields).length <= MOST_FIELDS, `${MOST_FIELDS} fields at most`)
    .refine(({ "rule.level": level = "0" }) => /^(?:\d|1[0-6])$/.test(level), "rule.level: a whole number from 0 to 16")
    .default({}),
});

export function testAlertRoutes({ testAlert, log }: ApiParts): Hono {
  const app = new Hono();

  app.post("/", async (context) => {
    const body = checked(Wanted, await jsonOf(context));
    if (!body.ok) return problem(context, "bad-request", body.says);
    if (testAlert === undefined) {
      return problem(context, "conflict", "no server is running, so nobody would be told: start it first");
    }
    const { policy = null, fields } = body.value;
    try {
      const sent = await testAlert({ policy, fields, who: whoAsks(context) });
      if (sent.kind === "refused") return problem(context, "conflict", sent.why);
      return context.json(sent.test satisfies TestAlert);
    } catch (error) {
      log.error({ err: error }, "a test alert could not be committed");
      return problem(context, "unavailable", "the database did not take it, and nobody was told; the log says why");
    }
  });

  return app;
}
