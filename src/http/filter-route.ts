import { z } from "zod";
import type { LevelFilter, LineFilter, NamedFilter } from "../core/line-filter.ts";
import { problem } from "./problem.ts";
import { route } from "./route.ts";

const LevelAnswer: z.ZodType<LevelFilter> = z.strictObject({
  from: z.int().min(0).meta({ description: "From this level on, up to the next entry's." }),
  refuse: z
    .enum(["none", "all", "others", "listed"])
    .meta({ description: "`others`: unless the rule's id is listed; `listed`: if it is." }),
  ids: z.array(z.int().min(0)),
});

const FilterAnswer: z.ZodType<LineFilter> = z
  .strictObject({ v: z.literal(1), levels: z.array(LevelAnswer) })
  .meta({ id: "LineFilter" });

const NamedAnswer: z.ZodType<NamedFilter> = z.strictObject({ etag: z.string(), filter: FilterAnswer });

/** What those who read alerts elsewhere need to refuse a line by its first bytes as it would be refused here. */
export const filterRoute = route({
  method: "GET",
  path: "/v1/filter",
  needs: "send",
  summary: "Which lines no policy can want, by level and rule id: for whoever refuses them before they are sent",
  answer: NamedAnswer,
  refusals: ["not-found"],
  async handle({ context }, parts) {
    if (parts.lineFilter === undefined) return problem(context, "not-found", "no server runs that judges lines");
    const named = parts.lineFilter();
    const etag = `"${named.etag}"`;
    context.header("ETag", etag);
    // A proxy on the way must not answer with the filter of yesterday.
    context.header("Cache-Control", "no-cache");
    return namesEtag(context.req.header("If-None-Match"), etag) ? context.body(null, 304) : named;
  },
});

function namesEtag(header: string | undefined, etag: string): boolean {
  const named = header?.split(",").map((one) => one.trim().replace(/^W\//, "")) ?? [];
  return named.includes(etag) || named.includes("*");
}
