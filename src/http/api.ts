import { Hono } from "hono";
import { z } from "zod";
import type { AuditRow } from "../core/change.ts";
import { applyCommand } from "./command.ts";
import { healthRoutes } from "./health.ts";
import { incidentRoutes } from "./incident-routes.ts";
import type { ApiParts } from "./parts.ts";
import { cappedBody, checked, jsonOf, problem } from "./problem.ts";
import { quarantineRoutes } from "./quarantine-routes.ts";
import { Id, Limit } from "./query.ts";
import { reportSources, type SourceReport } from "./source-report.ts";
import { reportResponses, RESPONSES_SHOWN } from "./responses.ts";
import { buildStatus, type Status } from "./status.ts";
import { testAlertRoutes } from "./test-alert-routes.ts";
import { workRoutes } from "./work-routes.ts";

export interface SourceList {
  readonly sources: readonly SourceReport[];
}

export interface AuditPage {
  /** Newest first. */
  readonly audit: readonly AuditRow[];
  readonly next: number | null;
}

const AuditQuery = z.strictObject({ limit: Limit.default(50), before: Id.optional() });
const NoBody = z.strictObject({});

/** The door at `http.listen`: health and numbers, and nothing that names an alert. */
export function createPublicDoor(parts: ApiParts): Hono {
  return withManners(new Hono(), parts).route("/", healthRoutes(parts));
}

/** The admin socket: everything that a person may ask and do. */
export function createApi(parts: ApiParts): Hono {
  const app = withManners(new Hono(), parts);
  app.route("/", healthRoutes(parts));
  app.get("/v1/status", async (context) => context.json(await readStatus(parts)));
  app.route("/v1/incidents", incidentRoutes(parts));
  app.route("/v1/work", workRoutes(parts));
  app.route("/v1/quarantine", quarantineRoutes(parts));
  app.route("/v1/test-alerts", testAlertRoutes(parts));

  app.post("/v1/destinations/:name/retry-dead", async (context) => {
    const body = checked(NoBody, await jsonOf(context));
    if (!body.ok) return problem(context, "bad-request", body.says);
    const destination = context.req.param("name");
    if (parts.snapshot().destinations[destination] === undefined) {
      return problem(context, "not-found", `the config has no destination ${destination}`);
    }
    return applyCommand(context, parts, { kind: "retry_dead", destination });
  });

  app.get("/v1/sources", async (context) => {
    const sources = reportSources(await parts.reader.sources(), parts.sources());
    return context.json({ sources } satisfies SourceList);
  });

  app.get("/v1/audit", async (context) => {
    const query = checked(AuditQuery, context.req.query());
    if (!query.ok) return problem(context, "bad-request", query.says);
    const { limit, before } = query.value;
    const found = await parts.reader.audit({ limit: limit + 1, ...(before !== undefined && { before }) });
    const audit = found.slice(0, limit);
    const next = found.length > limit ? (audit.at(-1)?.id ?? null) : null;
    return context.json({ audit, next } satisfies AuditPage);
  });

  return app;
}

async function readStatus(parts: ApiParts): Promise<Status> {
  const { version, startedAt, clock, reader } = parts;
  const { hash, destinations } = parts.snapshot();
  return buildStatus({
    version,
    startedAt,
    now: clock.now(),
    config: hash,
    configFile: parts.config(),
    destinations: Object.values(destinations),
    lanes: await reader.lanes(),
    work: await reader.workTallies(),
    receipts: await reader.receiptTallies(),
    responses: reportResponses(
      await reader.actionCounts(),
      await reader.actionsIn("overdue", RESPONSES_SHOWN),
      await reader.actionsIn("received", RESPONSES_SHOWN),
    ),
    incidents: await reader.incidentCounts(),
    sources: reportSources(await reader.sources(), parts.sources()),
  });
}

function withManners(app: Hono, { log }: ApiParts): Hono {
  app.use(cappedBody());
  app.notFound((context) =>
    problem(context, "not-found", `there is nothing at ${context.req.method} ${context.req.path}`),
  );
  app.onError((error, context) => {
    if (error.name === "StoreError") {
      log.error({ err: error }, "the database could not be read for a request");
      return problem(context, "unavailable", error.message);
    }
    log.error({ err: error, method: context.req.method, path: context.req.routePath }, "a request met a bug");
    return problem(context, "bug", "the log says more");
  });
  return app;
}
