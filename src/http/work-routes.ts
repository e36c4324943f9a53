import { Hono } from "hono";
import { z } from "zod";
import type { Incident } from "../core/incident.ts";
import type { Attempt, Receipt } from "../core/receipt.ts";
import type { Work } from "../core/work.ts";
import { applyCommand } from "./command.ts";
import type { ApiParts } from "./parts.ts";
import { checked, jsonOf, problem } from "./problem.ts";
import { Id, Limit, Word } from "./query.ts";

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
  /** Newest first. */
  readonly attempts: readonly Attempt[];
}

const ListQuery = z.strictObject({
  state: z.enum(["ready", "sending", "unknown", "watched", "listed", "shadow", "dead"]).optional(),
  destination: Word.optional(),
  limit: Limit.default(50),
});
const One = z.object({ incident: Id, destination: Word });
const NoBody = z.strictObject({});

const ATTEMPTS_SHOWN = 200;

export function workRoutes(parts: ApiParts): Hono {
  const { reader } = parts;
  const app = new Hono();

  app.get("/", async (context) => {
    const query = checked(ListQuery, context.req.query());
    if (!query.ok) return problem(context, "bad-request", query.says);
    const found = await reader.work({ ...query.value, limit: query.value.limit + 1 });
    return context.json({
      work: found.slice(0, query.value.limit),
      more: found.length > query.value.limit,
    } satisfies WorkPage);
  });

  app.get("/:incident/:destination", async (context) => {
    const one = checked(One, context.req.param());
    const incident = one.ok ? await reader.incident(one.value.incident) : null;
    if (!one.ok || incident === null) {
      return problem(context, "not-found", `there is no incident ${context.req.param("incident")}`);
    }
    const { destination } = one.value;
    const detail: WorkDetail = {
      incident,
      work: (await reader.works(incident.id)).find((work) => work.destination === destination) ?? null,
      receipt: (await reader.receipts(incident.id)).find((receipt) => receipt.destination === destination) ?? null,
      attempts: await reader.attempts({ incident: incident.id, destination, limit: ATTEMPTS_SHOWN }),
    };
    if (detail.work === null && detail.receipt === null && detail.attempts.length === 0) {
      return problem(context, "not-found", `${destination} was never to be told of incident #${incident.id}`);
    }
    return context.json(detail);
  });

  for (const [path, kind] of [
    ["/:incident/:destination/retry", "retry_work"],
    ["/:incident/:destination/drop", "drop_work"],
  ] as const) {
    app.post(path, async (context) => {
      const one = checked(One, {
        incident: context.req.param("incident"),
        destination: context.req.param("destination"),
      });
      const body = checked(NoBody, await jsonOf(context));
      if (!one.ok) return problem(context, "not-found", `there is no incident ${context.req.param("incident")}`);
      if (!body.ok) return problem(context, "bad-request", body.says);
      const { destination } = one.value;
      if (kind === "retry_work" && parts.snapshot().destinations[destination] === undefined) {
        return problem(context, "conflict", `the config has no destination ${destination}, so nobody would try`);
      }
      return applyCommand(context, parts, { kind, ...one.value });
    });
  }

  return app;
}
