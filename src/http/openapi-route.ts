import { z } from "zod";
import { openApiOf } from "./openapi.ts";
import { route, type Route } from "./route.ts";

/** Describes all routes, itself among them. */
export function openApiRoute(all: () => readonly Route[]): Route {
  let described: Readonly<Record<string, unknown>> | null = null;
  return route({
    method: "GET",
    path: "/v1/openapi.json",
    needs: "read",
    summary: "This description, as OpenAPI 3.1",
    answer: z.record(z.string(), z.unknown()),
    handle: async (_, { version }) => (described ??= openApiOf(all(), version)),
  });
}
