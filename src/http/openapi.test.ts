import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { brokenRules } from "../../test/fixtures/openapi-rules.ts";
import { describeApi } from "../app/describe-api.ts";
import { createApi, createPublicDoor } from "./api.ts";
import { openApiOf } from "./openapi.ts";
import { route } from "./route.ts";
import { routes } from "./routes.ts";

type Json = Record<string, unknown>;
interface Described {
  readonly paths: Record<string, Record<string, Json & { responses: Json; security: Json[] }>>;
  readonly components: { readonly schemas: Record<string, Json> };
}

let rig: ApiRig;
const document = describeApi() as unknown as Described;

beforeAll(async () => {
  rig = await openApiRig();
});
afterAll(() => rig.close());

const copy = (): Described => structuredClone(document);

test("the description keeps the rules of OpenAPI 3.1", () => {
  expect(brokenRules(document as unknown as Json)).toEqual([]);
});

test.each<[string, (broken: Described) => void, string]>([
  ["a version before", (of) => Object.assign(of, { openapi: "3.0.3" }), "is not 3.1"],
  ["no title", (of) => Object.assign(of, { info: { version: "1" } }), "has no title"],
  ["a parameter that is not described", (of) => delete of.paths["/v1/incidents/{id}"]!["get"]!["parameters"], "{id}"],
  [
    "an answer without a description",
    (of) => Object.assign(of.paths["/healthz"]!["get"]!.responses, { 200: {} }),
    "has no description",
  ],
  [
    "a status that is none",
    (of) => Object.assign(of.paths["/healthz"]!["get"]!.responses, { 20: { description: "x" } }),
    "20 is no status",
  ],
  ["a reference into nothing", (of) => delete of.components.schemas["Incident"], "which is not there"],
  [
    "a keyword of another draft",
    (of) => Object.assign(of.components.schemas["Incident"]!, { nullable: true }),
    "nullable",
  ],
  ["a type that is none", (of) => Object.assign(of.components.schemas["Incident"]!, { type: "int" }), "wrong type"],
  ["an operation twice", (of) => Object.assign(of.paths["/healthz"]!["get"]!, { operationId: "getReadyz" }), "twice"],
  ["a scheme that is not there", (of) => of.paths["/healthz"]!["get"]!.security.push({ cookie: [] }), "cookie"],
])("%s would be found", (_, break_, says) => {
  const broken = copy();
  break_(broken);

  expect(brokenRules(broken as unknown as Json).join("\n")).toContain(says);
});

test.each(["socket", "public"])(
  "every route of the %s door is described, and every described one is there",
  (which) => {
    const door = which === "socket" ? createApi(rig.parts) : createPublicDoor(rig.parts);
    const served = door.routes
      .filter(({ method, path }) => method !== "ALL" || path !== "/*")
      .filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );

    expect(described.toSorted()).toEqual([...new Set(served)].toSorted());
  },
);

test("nothing that is described is answered as if it were not there", async () => {
  const door = createApi(rig.parts);
  for (const { method, path } of routes) {
    const answer = await door.request(path.replaceAll(/:\w+/g, "1"), { method });

    if (answer.status === 404) expect(await answer.text()).not.toContain("there is nothing at");
    else expect(answer.status).not.toBe(405);
  }
});

test("what needs a scope says so, with the answers of those who lack it", () => {
  const { security, responses } = document.paths["/v1/incidents/{id}/resolve"]!["post"]!;

  expect(security).toEqual([{ token: ["act"] }, { certificate: ["act"] }]);
  expect(Object.keys(responses)).toEqual([
    "200",
    "400",
    "401",
    "403",
    "404",
    "408",
    "409",
    "413",
    "415",
    "429",
    "500",
    "503",
  ]);
  expect(document.paths["/healthz"]!["get"]!.security).toEqual([]);
});

test("a body that is read as it comes in, and headers that are looked at, are described", () => {
  const made = route({
    method: "POST",
    path: "/v1/drops",
    needs: "send",
    summary: "Takes drops",
    headers: { "Riposte-Node": "Where they fell." },
    stream: { types: ["application/x-ndjson", "application/json"], mostBytes: 1_000, withinMs: 1_000 },
    answer: z.int(),
    handle: async () => 0,
  });
  const described = openApiOf([made], "1.2.3") as unknown as Described;

  expect(brokenRules(described as unknown as Json)).toEqual([]);
  expect(described.paths["/v1/drops"]!["post"]).toMatchObject({
    security: [{ token: ["send"] }, { certificate: ["send"] }],
    parameters: [{ name: "Riposte-Node", in: "header", description: "Where they fell.", required: false }],
    requestBody: { content: { "application/x-ndjson": {}, "application/json": {} } },
  });
});

test("a server gives the same, and so does the command", async () => {
  const { status, body } = await rig.get("/v1/openapi.json");

  expect([status, body]).toEqual([200, openApiOf(routes, "1.2.3")]);
  expect(brokenRules(body as Json)).toEqual([]);
});
