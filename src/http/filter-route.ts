import { Hono } from "hono";
import type { ApiParts } from "./parts.ts";
import { problem } from "./problem.ts";

/** What those who read alerts elsewhere need to refuse a line by its first bytes as it would be refused here. */
export function filterRoute(parts: Pick<ApiParts, "lineFilter">): Hono {
  const app = new Hono();
  app.get("/", (context) => {
    if (parts.lineFilter === undefined) return problem(context, "not-found", "no server runs that would judge lines");
    const named = parts.lineFilter();
    const etag = `"${named.etag}"`;
    context.header("ETag", etag);
    // A proxy on the way must not answer with a filter of yesterday.
    context.header("Cache-Control", "no-cache");
    if (namesEtag(context.req.header("If-None-Match"), etag)) return context.body(null, 304);
    return context.json(named);
  });
  return app;
}

function namesEtag(header: string | undefined, etag: string): boolean {
  const named = header?.split(",").map((one) => one.trim().replace(/^W\//, "")) ?? [];
  return named.includes(etag) || named.includes("*");
}
