import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { openApiRig, type ApiRig } from "../../test/fixtures/api-rig.ts";
import { createDoor, type Door } from "./door.ts";
import type { Identify } from "./caller.ts";
import { problem } from "./problem.ts";
import { route } from "./route.ts";

let rig: ApiRig;
let door: Door;

const anna: Identify = (context) =>
  context.req.header("Authorization") === undefined
    ? problem(context, "unauthorised", "say who you are")
    : { name: "anna", may: new Set(["read"]) };

const echo = route({
  method: "POST",
  path: "/v1/echo/:word",
  needs: "read",
  summary: "Says it again",
  params: z.object({ word: z.string().max(5) }),
  absent: ({ word }) => `there is no word ${word}`,
  query: z.strictObject({ loud: z.literal("yes").optional() }),
  body: z.strictObject({ times: z.int() }),
  answer: z.string(),
  handle: async ({ params, query, body, caller }) =>
    `${caller.name}: ${params.word.repeat(body.times)}${query.loud === "yes" ? "!" : ""}`,
});

const measure = route({
  method: "POST",
  path: "/v1/measure",
  needs: "read",
  summary: "Counts the bytes",
  stream: { types: ["application/x-ndjson"], mostBytes: 1_000, withinMs: 60_000 },
  answer: z.int(),
  async handle({ chunks }) {
    let bytes = 0;
    for await (const chunk of chunks()) bytes += chunk.length;
    return bytes;
  },
});

const destroy = route({
  method: "POST",
  path: "/v1/destroy",
  needs: "act",
  summary: "Must not be reached",
  answer: z.string(),
  handle: async () => "destroyed",
});

const broken = route({
  method: "GET",
  path: "/v1/broken",
  needs: null,
  summary: "Has a bug",
  answer: z.string(),
  handle: () => Promise.reject(new TypeError("x is not a function")),
});

beforeEach(async () => {
  rig = await openApiRig();
  door = createDoor(rig.parts, [echo, measure, destroy, broken], anna);
});
afterEach(() => rig.close());

function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return Promise.resolve(
    door.request(path, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", Authorization: "Bearer x", ...headers },
    }),
  );
}

test("a handler sees what its schemas made of the request, and who asks", async () => {
  const answer = await post("/v1/echo/hey?loud=yes", '{"times":2}', {
    "Content-Type": "Application/JSON; charset=utf-8",
  });

  expect([answer.status, await answer.json()]).toEqual([200, "anna: heyhey!"]);
});

test.each([
  ["/v1/echo/too-long", '{"times":2}', {}, 404, "not-found", "there is no word too-long"],
  ["/v1/echo/hey?lout=yes", '{"times":2}', {}, 400, "bad-request", "lout"],
  ["/v1/echo/hey", '{"times":"two"}', {}, 400, "bad-request", "times"],
  ["/v1/echo/hey", '{"times":2', {}, 400, "bad-request", "it:"],
  [
    "/v1/echo/hey",
    "times=2",
    { "Content-Type": "application/x-www-form-urlencoded" },
    415,
    "unsupported",
    "application/json",
  ],
  ["/v1/echo/hey", `{"times":${" ".repeat(70_000)}2}`, {}, 413, "too-large", "65536"],
  ["/v1/measure", "{}", {}, 415, "unsupported", "application/x-ndjson"],
  ["/v1/measure", "x".repeat(1_001), { "Content-Type": "application/x-ndjson" }, 413, "too-large", "1000"],
  ["/v1/destroy", "{}", {}, 403, "forbidden", "anna may not do that: it needs the scope act"],
  ["/v1/nothing", "{}", {}, 404, "not-found", "POST /v1/nothing"],
] as const)("POST %s is refused with a problem", async (path, body, headers, status, code, says) => {
  const answer = await post(path, body, headers);

  expect(answer.status).toBe(status);
  expect(answer.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await answer.json()).toMatchObject({
    type: `urn:riposte:${code}`,
    status,
    detail: expect.stringContaining(says),
    request: "request-1",
  });
});

test("who can't be told is refused before anything of the request is looked at", async () => {
  const answer = await door.request("/v1/echo/hey", { method: "POST", body: "}{" });

  expect(answer.status).toBe(401);
});

test.each([
  ["GET", "/v1/echo/hey", "POST"],
  ["DELETE", "/v1/broken", "GET, HEAD"],
])("%s %s is answered with what is done there instead", async (method, path, allowed) => {
  const answer = await door.request(path, { method });

  expect([answer.status, answer.headers.get("Allow")]).toEqual([405, allowed]);
});

test("a body that is read as it comes in has its bounds, too", async () => {
  const type = { "Content-Type": "application/x-ndjson" };
  const chunked = (bytes: number): Promise<Response> =>
    Promise.resolve(
      door.request("/v1/measure", {
        method: "POST",
        body: new Blob(["x".repeat(bytes)]).stream(),
        duplex: "half",
        headers: { ...type, Authorization: "Bearer x" },
      } as RequestInit),
    );

  expect(await (await chunked(900)).json()).toBe(900);
  expect((await chunked(1_100)).status).toBe(413);
});

test("a body that is not here in its time is not waited for", async () => {
  const asked = Promise.resolve(
    door.request("/v1/measure", {
      method: "POST",
      body: new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }),
      duplex: "half",
      headers: { "Content-Type": "application/x-ndjson", Authorization: "Bearer x" },
    } as RequestInit),
  );
  while (rig.clock.waiting() === 0) await new Promise((resolve) => setImmediate(resolve));
  await rig.clock.advance(60_000);
  const answer = await asked;

  expect([answer.status, answer.headers.get("Connection")]).toEqual([408, "close"]);
});

test.each([
  ["4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736"],
  ["a b", "request-1"],
  ["<script>", "request-1"],
  ["x".repeat(129), "request-1"],
])("the request id %s is taken where it is a sane one", async (said, kept) => {
  const answer = await post("/v1/destroy", "", { "X-Request-Id": said });

  expect(answer.headers.get("X-Request-Id")).toBe(kept);
  expect(await answer.json()).toMatchObject({ request: kept });
});

test("a bug is told to the log with the request's id, and to nobody else", async () => {
  const answer = await door.request("/v1/broken", { headers: { "X-Request-Id": "mine" } });

  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("function");
  expect(rig.logged.join("")).toContain('"request":"mine"');
});

test("requests are counted by what was asked for, and the log has none of what else stood there", async () => {
  await post("/v1/echo/hey?loud=not-a-real-secret", '{"times":1}');
  await post("/v1/echo/hey", '{"times":1}');
  await door.request("/v1/not-a-real-secret");
  await door.request("/v1/broken", { method: "PATCH" });

  const page = await rig.parts.metrics.page(null);
  expect(page).toContain('riposte_http_requests_total{method="POST",path="/v1/echo/:word",status="400"} 1');
  expect(page).toContain('riposte_http_requests_total{method="POST",path="/v1/echo/:word",status="200"} 1');
  expect(page).toContain('riposte_http_requests_total{method="any",path="none",status="404"} 1');
  expect(page).toContain('riposte_http_requests_total{method="any",path="none",status="405"} 1');
  expect(page).not.toContain("not-a-real-secret");
});
