import { z } from "zod";
import { SCOPE_SAYS } from "../core/scope.ts";
import { PROBLEMS, type Problem, type ProblemCode } from "./problem.ts";
import { REQUEST_ID_HEADER } from "./request-id.ts";
import type { Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

/** What the routes' own schemas say of them, as OpenAPI 3.1. */
export function openApiOf(routes: readonly Route[], version: string): Json {
  const shared = new Shared();
  shared.add(ProblemShape, "output");
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, shared);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Riposte",
      version,
      description: [
        "Served at http.listen to those whom http.tokens names, and whole at the admin socket to its owner.",
        "Instants are milliseconds since 1970 (UTC). Answers may get further fields.",
        `Scopes: ${Object.entries(SCOPE_SAYS)
          .map(([scope, says]) => `${scope} (${says})`)
          .join(", ")}.`,
      ].join(" "),
    },
    paths,
    components: {
      schemas: shared.schemas,
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token of http.tokens." },
        certificate: { type: "mutualTLS", description: "A client's certificate that http.tokens names." },
      },
    },
  };
}

const ProblemShape: z.ZodType<Problem> = z
  .object({
    type: z.templateLiteral(["urn:riposte:", z.enum(Object.keys(PROBLEMS) as ProblemCode[])]),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "For people: what was wrong with this request." }),
    request: z.string().exactOptional().meta({ description: "The request's id, which the log has as well." }),
  })
  .meta({ id: "Problem", description: "RFC 9457." });

function operationOf(route: Route, shared: Shared): Json {
  const { method, path, needs, summary } = route;
  const parameters = parametersOf(route, shared);
  const requestBody = requestBodyOf(route, shared);
  return {
    operationId: operationIdOf(method, path),
    summary,
    ...(needs !== null && { description: `Needs the scope \`${needs}\`.` }),
    security: needs === null ? [] : [{ token: [needs] }, { certificate: [needs] }],
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody !== null && { requestBody }),
    responses: responsesOf(route, shared),
  };
}

/** `postIncidentsByIdResolve`; a slash at the end makes another path, and so another word. */
function operationIdOf(method: string, path: string): string {
  const words = path
    .replace(/\/$/, "/slash")
    .split(/[/.]/)
    .flatMap((part) => {
      if (part === "" || part === "v1") return [];
      return part.startsWith(":") ? ["by", part.slice(1)] : part.split("-");
    });
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function parametersOf({ path, params, query, headers = {} }: Route, shared: Shared): readonly Json[] {
  const inPath = propertiesOf(params, shared);
  const inQuery = propertiesOf(query, shared);
  return [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
      name,
      in: "path",
      required: true,
      schema: inPath.properties[name] ?? { type: "string" },
    })),
    ...Object.entries(inQuery.properties).map(([name, schema]) => ({
      name,
      in: "query",
      required: inQuery.required.includes(name),
      schema,
    })),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: "header",
      description,
      required: false,
      schema: { type: "string" },
    })),
  ];
}

function propertiesOf(
  schema: z.ZodType | undefined,
  shared: Shared,
): { readonly properties: Readonly<Record<string, Json>>; readonly required: readonly string[] } {
  const { properties = {}, required = [] } = schema === undefined ? {} : shared.add(schema, "input");
  return { properties: properties as Readonly<Record<string, Json>>, required: required as readonly string[] };
}

function requestBodyOf({ body, stream }: Route, shared: Shared): Json | null {
  if (stream !== undefined) {
    const content = Object.fromEntries(stream.types.map((type) => [type, {}]));
    return { description: `At most ${stream.mostBytes} bytes.`, content };
  }
  if (body === undefined) return null;
  // An empty body stands for an empty object.
  const required = !body.safeParse({}).success;
  return { required, content: { "application/json": { schema: shared.add(body, "input") } } };
}

function responsesOf(route: Route, shared: Shared): Json {
  const { answer, alsoAnswers = [] } = route;
  const content =
    answer instanceof z.ZodType
      ? { "application/json": { schema: shared.add(answer, "output") } }
      : { [answer.contentType]: { schema: { type: "string" } } };
  const headers = { [REQUEST_ID_HEADER]: { schema: { type: "string" } } };
  const problems = Map.groupBy(problemsOf(route), (code) => PROBLEMS[code][0]);
  return {
    200: { description: "Done", headers, content },
    ...Object.fromEntries(alsoAnswers.map(({ status, says }) => [status, { description: says, headers, content }])),
    ...Object.fromEntries(
      [...problems].map(([status, codes]) => [
        status,
        {
          description: codes.map((code) => `${PROBLEMS[code][1]} (${code})`).join("; "),
          headers: { ...headers, ...HEADERS[status] },
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      ]),
    ),
  };
}

const HEADERS: Readonly<Record<number, Json>> = {
  401: { "WWW-Authenticate": { schema: { type: "string" } } },
  429: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } },
};

/** What follows from how a route is made, and what it says itself. */
function problemsOf({ method, needs, params, query, body, stream, refusals = [] }: Route): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>([
    ...(query !== undefined || body !== undefined || stream !== undefined ? ["bad-request" as const] : []),
    ...(needs === null ? [] : (["unauthorised", "forbidden", "too-many", "unavailable"] as const)),
    ...(params === undefined ? [] : ["not-found" as const]),
    ...(method === "GET" ? [] : (["too-slow", "too-large", "unsupported"] as const)),
    ...refusals,
    "bug",
  ]);
  return [...codes].toSorted((a, b) => PROBLEMS[a][0] - PROBLEMS[b][0]);
}

/** Schemas in JSON, of which those that have a name stand in one place. */
class Shared {
  readonly schemas: Record<string, unknown> = {};

  add(schema: z.ZodType, io: "input" | "output"): Json {
    const made = z.toJSONSchema(schema, { io, unrepresentable: "any", override: io === "output" ? open : () => {} });
    const text = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/');
    const { $schema: _, $defs, id, ...rest } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    for (const [name, of] of Object.entries(($defs ?? {}) as Readonly<Record<string, Json>>)) {
      const { id: __, ...plain } = of;
      this.schemas[name] = plain;
    }
    if (typeof id !== "string") return rest;
    this.schemas[id] = rest;
    return { $ref: `#/components/schemas/${id}` };
  }
}

/** Who reads answers must bear fields that he does not know yet. */
function open({ jsonSchema }: { readonly jsonSchema: { additionalProperties?: unknown } }): void {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}
