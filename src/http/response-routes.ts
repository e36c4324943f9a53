import { z } from "zod";
import type { Response, Stop } from "../core/response.ts";
import type { ResponseCounts } from "../store/respond-queries.ts";
import { Count } from "./answers.ts";
import { applyCommand, COMMAND_REFUSALS, CommandAnswer } from "./command.ts";
import { problem } from "./problem.ts";
import { Id, Limit } from "./query.ts";
import { ResponseAnswer, ResponseStateWord, StopAnswer } from "./response-answer.ts";
import { route } from "./route.ts";

export interface ResponsePage {
  /** Newest first. */
  readonly responses: readonly Response[];
  /** For `before`, where there are older ones. */
  readonly next: number | null;
  /** Of all there are. */
  readonly counts: ResponseCounts;
  /** Null: responses are not stopped. */
  readonly stop: Stop | null;
}

const PageAnswer: z.ZodType<ResponsePage> = z.strictObject({
  responses: z.array(ResponseAnswer),
  next: z.int().nullable(),
  counts: z.partialRecord(ResponseStateWord, Count) as z.ZodType<ResponseCounts>,
  stop: StopAnswer.nullable(),
});

const ListQuery = z.strictObject({
  show: z.enum(["waiting", "live", "all"]).default("live"),
  incident: Id.optional(),
  before: Id.optional(),
  limit: Limit.default(50),
});
const One = z.object({ id: Id });
const NoBody = z.strictObject({});
const Note = z.string().trim().min(1).max(500).nullish();

const absent = ({ id = "" }: Readonly<Record<string, string>>): string => `there is no response R${id}`;

const list = route({
  method: "GET",
  path: "/v1/responses",
  needs: "read",
  summary: "What Riposte does about incidents: what waits, what is in force, what came of it; newest first",
  query: ListQuery,
  answer: PageAnswer,
  async handle({ query: { limit, ...wanted } }, { reader }) {
    const found = await reader.responding.responses({ ...wanted, limit: limit + 1 });
    const page = found.slice(0, limit);
    return {
      responses: page,
      next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      counts: await reader.responding.counts(),
      stop: await reader.responding.stop(),
    };
  },
});

const show = route({
  method: "GET",
  path: "/v1/responses/:id",
  needs: "read",
  summary: "One response with all that is known of it",
  params: One,
  absent,
  answer: ResponseAnswer,
  async handle({ params: { id }, context }, { reader }) {
    return (await reader.responding.response(id)) ?? problem(context, "not-found", absent({ id: String(id) }));
  },
});

const approve = route({
  method: "POST",
  path: "/v1/responses/:id/approve",
  needs: "act",
  summary: "Say yes to exactly what the digest is of",
  params: One,
  absent,
  body: z.strictObject({ digest: z.string().min(8).max(64) }),
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ params: { id }, body: { digest }, context }, parts) =>
    applyCommand(context, parts, { kind: "approve_response", response: id, digest }),
});

const refuse = route({
  method: "POST",
  path: "/v1/responses/:id/refuse",
  needs: "act",
  summary: "Say no to a response that was not sent yet",
  params: One,
  absent,
  body: z.strictObject({ note: Note }),
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ params: { id }, body: { note }, context }, parts) =>
    applyCommand(context, parts, { kind: "refuse_response", response: id, note: note ?? null }),
});

const lift = route({
  method: "POST",
  path: "/v1/responses/:id/lift",
  needs: "act",
  summary: "Take a response back now, or say that it was done by hand",
  params: One,
  absent,
  body: z.strictObject({ done: z.boolean().default(false) }),
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ params: { id }, body: { done }, context }, parts) =>
    applyCommand(context, parts, { kind: "lift_response", response: id, isDone: done }),
});

const stop = route({
  method: "POST",
  path: "/v1/responses/stop",
  needs: "act",
  summary: "The kill switch: begin no response any more, and refuse all that wait; what is in force is still lifted",
  body: z.strictObject({ why: Note }),
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ body: { why }, context }, parts) =>
    applyCommand(context, parts, { kind: "stop_responses", why: why ?? null }),
});

const resume = route({
  method: "POST",
  path: "/v1/responses/resume",
  needs: "act",
  summary: "Take the kill switch back",
  body: NoBody,
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ context }, parts) => applyCommand(context, parts, { kind: "resume_responses" }),
});

export const responseRoutes = [list, show, stop, resume, approve, refuse, lift];
