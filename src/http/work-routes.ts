import { z } from "zod";
import type { Incident } from "../core/incident.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Work } from "../core/work.ts";
import { AttemptAnswer, IncidentAnswer, ReceiptAnswer, WorkAnswer, WorkStateWord } from "./answers.ts";
import { applyCommand, COMMAND_REFUSALS, CommandAnswer } from "./command.ts";
import { awaitedOf } from "./incident-routes.ts";
import { problem } from "./problem.ts";
import { Id, Limit, Word } from "./query.ts";
import { route } from "./route.ts";

export interface WorkPage {
  /** Those that wait longest first. */
  readonly work: readonly Work[];
  readonly more: boolean;
}

export interface WorkDetail {
  readonly incident: Incident;
  /** Null: the destination shows what it should. */
  readonly work: Work | null;
  readonly receipt: Receipt | null;
  /** It has it, and has yet to call back to say what became of it. */
  readonly awaited: boolean;
  /** Newest first. */
  readonly attempts: readonly Attempt[];
}

const PageAnswer: z.ZodType<WorkPage> = z.strictObject({ work: z.array(WorkAnswer), more: z.boolean() });

const DetailAnswer: z.ZodType<WorkDetail> = z.strictObject({
  incident: IncidentAnswer,
  work: WorkAnswer.nullable(),
  receipt: ReceiptAnswer.nullable(),
  awaited: z.boolean(),
  attempts: z.array(AttemptAnswer),
});

const ListQuery = z.strictObject({
  state: WorkStateWord.optional(),
  destination: Word.optional(),
  limit: Limit.default(50),
});
const One = z.object({ incident: Id, destination: Word });
const NoBody = z.strictObject({});

const ATTEMPTS_SHOWN = 200;

const absent = ({ incident = "" }: Readonly<Record<string, string>>): string => `there is no incident ${incident}`;

const list = route({
  method: "GET",
  path: "/v1/work",
  needs: "read",
  summary: "What destinations do not yet show, what waits longest first",
  query: ListQuery,
  answer: PageAnswer,
  async handle({ query }, { reader }) {
    const found = await reader.work({ ...query, limit: query.limit + 1 });
    return { work: found.slice(0, query.limit), more: found.length > query.limit };
  },
});

const show = route({
  method: "GET",
  path: "/v1/work/:incident/:destination",
  needs: "read",
  summary: "What one destination was told of one incident, call by call",
  params: One,
  absent,
  answer: DetailAnswer,
  async handle({ params: { incident: id, destination }, context }, { reader, snapshot }) {
    const incident = await reader.incident(id);
    if (incident === null) return problem(context, "not-found", absent({ incident: String(id) }));
    const receipt = (await reader.receipts(id)).find((one) => one.destination === destination) ?? null;
    const detail: WorkDetail = {
      incident,
      work: (await reader.works(id)).find((work) => work.destination === destination) ?? null,
      receipt,
      awaited: receipt !== null && awaitedOf([receipt], snapshot()).length > 0,
      attempts: await reader.attempts({ incident: id, destination, limit: ATTEMPTS_SHOWN }),
    };
    if (detail.work === null && detail.receipt === null && detail.attempts.length === 0) {
      return problem(context, "not-found", `${destination} was never to be told of incident #${id}`);
    }
    return detail;
  },
});

const retry = route({
  method: "POST",
  path: "/v1/work/:incident/:destination/retry",
  needs: "act",
  summary: "Try a dead letter again",
  params: One,
  absent,
  body: NoBody,
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  async handle({ params, context }, parts) {
    if (parts.snapshot().destinations[params.destination] === undefined) {
      return problem(context, "conflict", `the config has no destination ${params.destination}, so nobody would try`);
    }
    return applyCommand(context, parts, { kind: "retry_work", ...params });
  },
});

const drop = route({
  method: "POST",
  path: "/v1/work/:incident/:destination/drop",
  needs: "act",
  summary: "Give up what a destination would still be told of an incident",
  params: One,
  absent,
  body: NoBody,
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  handle: ({ params, context }, parts) => applyCommand(context, parts, { kind: "drop_work", ...params }),
});

const retryDead = route({
  method: "POST",
  path: "/v1/destinations/:name/retry-dead",
  needs: "act",
  summary: "Try all dead letters of a destination again",
  params: z.object({ name: Word }),
  body: NoBody,
  answer: CommandAnswer,
  refusals: COMMAND_REFUSALS,
  async handle({ params: { name: destination }, context }, parts) {
    if (parts.snapshot().destinations[destination] === undefined) {
      return problem(context, "not-found", `the config has no destination ${destination}`);
    }
    return applyCommand(context, parts, { kind: "retry_dead", destination });
  },
});

export const workRoutes = [list, show, retry, drop, retryDead];
