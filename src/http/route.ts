import type { z } from "zod";
import { type BodyBounds, bodyChunks, jsonBody, refusedBody, SHORT_BODY } from "./body.ts";
import type { Caller, DoorContext, Scope } from "./caller.ts";
import type { ApiParts } from "./parts.ts";
import { checked, problem, type ProblemCode } from "./problem.ts";

/** One thing that can be asked: what the doors serve and what the description of the API says, both made of this. */
export interface Route extends RouteTerms {
  /** Refuses what is not understood, and does the rest. */
  readonly answerTo: (context: DoorContext, parts: ApiParts) => Promise<Response>;
}

interface RouteTerms {
  readonly method: "GET" | "POST";
  /** As hono has it: `/v1/incidents/:id`. */
  readonly path: string;
  /** What the caller must be allowed; null: anybody may ask. */
  readonly needs: Scope | null;
  /** One line for the description. */
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** Headers that it looks at, with what they are for; none has to be there. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a body in JSON, a short one. */
  readonly body?: z.ZodType;
  /** Instead of `body`: the route reads it as it comes in. */
  readonly stream?: StreamBody;
  /** What is answered with 200. */
  readonly answer: z.ZodType | TextAnswer;
  /** Of the same shape, with other meanings. */
  readonly alsoAnswers?: readonly { readonly status: 503; readonly says: string }[];
  /** Problems beyond those that follow from the rest. */
  readonly refusals?: readonly ProblemCode[];
}

export interface StreamBody extends BodyBounds {
  /** Media types that are taken, without parameters. */
  readonly types: readonly string[];
}

export interface TextAnswer {
  readonly contentType: string;
}

/** A request that was understood. */
export interface Asked<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The body of a `stream`, as it comes in. What it throws the door answers. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
  readonly caller: Caller;
  readonly context: DoorContext;
}

interface RouteToMake<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer,
> extends RouteTerms {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: z.ZodType<Answer> | TextAnswer;
  /** What there is not, where the path's own values are no possible ones. */
  readonly absent?: (values: Readonly<Record<string, string>>) => string;
  /** Gives what is answered with 200, or the whole answer. */
  readonly handle: (
    asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>>,
    parts: ApiParts,
  ) => Promise<Answer | Response>;
}

const JSON_TYPES = ["application/json"];

/** A route whose handler sees only what its schemas let through. */
export function route<
  Answer,
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(made: RouteToMake<Params, Query, Body, Answer>): Route {
  const { handle, absent, ...terms } = made;
  return {
    ...terms,
    async answerTo(context, parts) {
      const values = context.req.param() as Readonly<Record<string, string>>;
      const params = given(made.params, values);
      if (!params.ok) {
        const says = absent?.(values) ?? `there is nothing at ${context.req.method} ${context.req.path}`;
        return problem(context, "not-found", says);
      }
      const query = given(made.query, context.req.query());
      if (!query.ok) return problem(context, "bad-request", query.says);
      const bounds = made.stream ?? SHORT_BODY;
      const refused =
        made.method === "GET" ? null : refusedBody(context, made.stream?.types ?? JSON_TYPES, bounds.mostBytes);
      if (refused !== null) return refused;
      const read = made.body === undefined ? undefined : await jsonBody(context, parts.clock, bounds);
      const body = given(made.body, read);
      if (!body.ok) return problem(context, "bad-request", body.says);
      const answer = await handle(
        {
          params: params.value,
          query: query.value,
          body: body.value,
          chunks: () => bodyChunks(context, parts.clock, bounds),
          caller: context.get("caller"),
          context,
        },
        parts,
      );
      return answer instanceof Response ? answer : context.json(answer);
    },
  };
}

/** What the schema makes of it; nothing where there is no schema. */
function given<Schema extends z.ZodType>(schema: Schema | undefined, value: unknown) {
  if (schema === undefined) return { ok: true, value: undefined as z.output<Schema> } as const;
  return checked(schema as z.ZodType<z.output<Schema>>, value);
}
