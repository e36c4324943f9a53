import { Hono } from "hono";
import { BodyError } from "./body.ts";
import type { DoorContext, DoorEnv, Identify } from "./caller.ts";
import { requestAnswered } from "../observe/events.ts";
import type { ApiParts } from "./parts.ts";
import { problem } from "./problem.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "./request-id.ts";
import type { Route } from "./route.ts";

export type Door = Hono<DoorEnv>;

/** Serves the routes to whoever `identify` lets pass, as far as he may go. */
export function createDoor(parts: ApiParts, routes: readonly Route[], identify: Identify): Door {
  const { log, metrics, newId, clock } = parts;
  const door = new Hono<DoorEnv>();

  door.use(async (context, next) => {
    const request = requestIdOf(context.req.header(REQUEST_ID_HEADER), newId);
    const beganAt = clock.now();
    context.set("requestId", request);
    context.header(REQUEST_ID_HEADER, request);
    await next();
    const caller = context.get("caller")?.name ?? null;
    // The path as it is in the list: what was asked for may be anything, a secret in the wrong place too.
    const path = context.get("path") ?? "none";
    const { method } = context.req;
    const { status } = context.res;
    metrics.answered({ method: path === "none" ? "any" : method, path, status });
    requestAnswered(log, { request, caller, method, path, status, tookMs: clock.now() - beganAt });
  });

  for (const route of routes) {
    door.on(route.method, route.path, async (context) => {
      context.set("path", route.path);
      return (await refusal(context, route, identify)) ?? (await route.answerTo(context, parts));
    });
  }
  for (const [path, methods] of methodsByPath(routes)) {
    door.all(path, (context) => {
      context.set("path", "none");
      const allowed = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
      const says = `${context.req.method} is not done at ${context.req.path}: ${allowed}`;
      return problem(context, "wrong-method", says, { Allow: allowed });
    });
  }

  door.notFound((context) =>
    problem(context, "not-found", `there is nothing at ${context.req.method} ${context.req.path}`),
  );
  door.onError((error, context) => {
    // The rest of such a body is not waited for.
    if (error instanceof BodyError) return problem(context, error.code, error.message, { Connection: "close" });
    const request = context.get("requestId");
    if (error.name === "StoreError") {
      log.error({ err: error, request }, "the database could not be read for a request");
      return problem(context, "unavailable", error.message);
    }
    log.error({ err: error, request, method: context.req.method, path: context.get("path") }, "a request met a bug");
    return problem(context, "bug", "the log says more");
  });
  return door;
}

async function refusal(context: DoorContext, { needs }: Route, identify: Identify): Promise<Response | null> {
  if (needs === null) return null;
  const caller = await identify(context);
  if (caller instanceof Response) return caller;
  context.set("caller", caller);
  if (caller.may.has(needs)) return null;
  return problem(context, "forbidden", `${caller.name} may not do that: it needs the scope ${needs}`);
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const byPath = Map.groupBy(routes, ({ path }) => path);
  return new Map([...byPath].map(([path, of]) => [path, of.map(({ method }) => method)]));
}
