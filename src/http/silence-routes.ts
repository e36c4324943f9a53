import { z } from "zod";
import type { Result } from "../core/input.ts";
import { isLive, type Silence } from "../core/silence.ts";
import { SEVERITIES } from "../core/severity.ts";
import { DAY_MS, MINUTE_MS } from "../core/time.ts";
import { Count, InstantMs } from "./answers.ts";
import { COMMAND_REFUSALS } from "./command.ts";
import type { DoorContext } from "./caller.ts";
import type { ApiParts } from "./parts.ts";
import { problem } from "./problem.ts";
import { Id, Limit } from "./query.ts";
import { route } from "./route.ts";
import { hiddenBy, type Hidden } from "./silence-hides.ts";

/** A silence as people see it. */
export interface SilenceReport {
  readonly id: number;
  readonly who: string;
  readonly comment: string | null;
  readonly createdAt: number;
  /** Null: with its incident. */
  readonly endsAt: number | null;
  readonly incident: number | null;
  readonly matchers: Readonly<Record<string, unknown>>;
  readonly isLive: boolean;
}

export interface SilencePage {
  /** Those that end first, first. */
  readonly silences: readonly SilenceReport[];
  readonly more: boolean;
}

export interface SilenceDetail {
  readonly silence: SilenceReport;
  readonly hides: Hidden;
}

export interface SilenceDone {
  readonly id: number;
  /** Null: it hides nothing any more. */
  readonly hides: Hidden | null;
}

const ReportAnswer: z.ZodType<SilenceReport> = z
  .strictObject({
    id: z.int(),
    who: z.string(),
    comment: z.string().nullable(),
    createdAt: InstantMs,
    endsAt: InstantMs.nullable().meta({ description: "Null: when its incident is over." }),
    incident: z.int().nullable(),
    matchers: z.record(z.string(), z.unknown()).meta({ description: "Conditions as in `when` of a policy." }),
    isLive: z.boolean(),
  })
  .meta({ id: "Silence" });

const HiddenAnswer: z.ZodType<Hidden> = z
  .strictObject({
    incidents: Count.meta({ description: "Of those looked at, the newest that are not over." }),
    lookedAt: Count,
    shown: z.array(
      z.strictObject({ id: z.int(), severity: z.enum(SEVERITIES), policy: z.string(), title: z.string() }),
    ),
  })
  .meta({ id: "Hidden", description: "The open incidents that it hides." });

const PageAnswer: z.ZodType<SilencePage> = z.strictObject({ silences: z.array(ReportAnswer), more: z.boolean() });
const DetailAnswer: z.ZodType<SilenceDetail> = z.strictObject({ silence: ReportAnswer, hides: HiddenAnswer });
const DoneAnswer: z.ZodType<SilenceDone> = z.strictObject({ id: z.int(), hides: HiddenAnswer.nullable() });

const ListQuery = z.strictObject({ over: z.enum(["true", "false"]).default("false"), limit: Limit.default(50) });

const LONGEST_MS = 3_650 * DAY_MS;

const Wanted = z
  .strictObject({
    matchers: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: "Conditions as in `when` of a policy." }),
    incident: z.int().min(1).optional().meta({ description: "One incident, instead of matchers." }),
    for_ms: z.int().min(MINUTE_MS).max(LONGEST_MS).optional().meta({ description: "How long, in milliseconds." }),
    until_resolved: z.literal(true).optional().meta({ description: "Until the incident is over." }),
    comment: z.string().trim().min(1).max(500).optional(),
    everything: z.literal(true).optional().meta({ description: "Yes, also where it matches everything." }),
  })
  .refine(
    ({ matchers, incident }) => (matchers === undefined) !== (incident === undefined),
    "say matchers or an incident",
  )
  .refine(
    (wanted) => (wanted.for_ms === undefined) !== (wanted.until_resolved === undefined),
    "say for_ms or until_resolved",
  )
  .refine(
    (wanted) => wanted.until_resolved === undefined || wanted.incident !== undefined,
    "until_resolved is for one incident",
  );

const One = z.object({ id: Id });
const NoBody = z.strictObject({});
const absent = ({ id = "" }: Readonly<Record<string, string>>): string => `there is no silence ${id}`;

const list = route({
  method: "GET",
  path: "/v1/silences",
  needs: "read",
  summary: "Silences, those that end first at the top",
  query: ListQuery,
  answer: PageAnswer,
  async handle({ query: { over, limit } }, { reader, clock }) {
    const now = clock.now();
    const found = await reader.silences({ liveAt: over === "true" ? null : now, limit: limit + 1 });
    return { silences: found.slice(0, limit).map((one) => reportOf(one, now)), more: found.length > limit };
  },
});

const show = route({
  method: "GET",
  path: "/v1/silences/:id",
  needs: "read",
  summary: "One silence, and the open incidents that it hides",
  params: One,
  absent,
  answer: DetailAnswer,
  async handle({ params: { id }, context }, parts) {
    const silence = await parts.reader.silence(id);
    if (silence === null) return problem(context, "not-found", absent({ id: String(id) }));
    return { silence: reportOf(silence, parts.clock.now()), hides: await hiddenBy(silence, parts) };
  },
});

const add = route({
  method: "POST",
  path: "/v1/silences",
  needs: "act",
  summary: "Say that some incidents are not to be told for a while",
  body: Wanted,
  answer: DoneAnswer,
  refusals: ["bad-request", ...COMMAND_REFUSALS],
  async handle({ body, context }, parts) {
    const { incident = null, comment = null } = body;
    const matchers = body.matchers ?? { incident: String(incident) };
    const read = parts.readMatchers?.(matchers);
    if (read === undefined) return problem(context, "unavailable", "nobody here can read conditions");
    if (read.kind === "wrong") return problem(context, "bad-request", read.says.join("; "));
    const { condition } = read;
    if (condition.kind === "always" && body.everything !== true) {
      const says = "it matches everything, so that nobody would be told of anything. If that is meant, say everything";
      return problem(context, "conflict", says);
    }
    const endsAt = body.for_ms === undefined ? null : parts.clock.now() + body.for_ms;
    const written = JSON.stringify(matchers);
    const result = await submit(context, parts, {
      kind: "add_silence",
      incident,
      condition,
      written,
      endsAt,
      comment,
    });
    if (result instanceof Response) return result;
    const silence = await parts.reader.silence(result.silence ?? 0);
    return { id: result.silence ?? 0, hides: silence === null ? null : await hiddenBy(silence, parts) };
  },
});

const expire = route({
  method: "POST",
  path: "/v1/silences/:id/expire",
  needs: "act",
  summary: "End a silence: what it hid and is still true is told",
  params: One,
  absent,
  body: NoBody,
  answer: DoneAnswer,
  refusals: COMMAND_REFUSALS,
  async handle({ params: { id }, context }, parts) {
    const result = await submit(context, parts, { kind: "expire_silence", silence: id });
    return result instanceof Response ? result : { id, hides: null };
  },
});

export const silenceRoutes = [list, show, add, expire];

type SilenceCommand = Extract<Parameters<ApiParts["door"]["submit"]>[0], { kind: "command" }>["command"];

async function submit(context: DoorContext, parts: ApiParts, command: SilenceCommand): Promise<Result | Response> {
  try {
    const result = await parts.door.submit({ kind: "command", who: context.get("caller").name, command });
    if (typeof result.refused === "string") return problem(context, "conflict", result.refused);
    return result;
  } catch (error) {
    parts.log.error({ err: error, command: command.kind }, "a command could not be committed");
    return problem(context, "unavailable", "the database did not take it, and nothing was changed; the log says why");
  }
}

function reportOf({ id, who, comment, createdAt, endsAt, incident, written }: Silence, now: number): SilenceReport {
  return {
    id,
    who,
    comment,
    createdAt,
    endsAt,
    incident: incident?.id ?? null,
    matchers: JSON.parse(written) as Readonly<Record<string, unknown>>,
    isLive: isLive({ endsAt }, now),
  };
}
