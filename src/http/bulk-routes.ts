import { z } from "zod";
import { BODY_LIMITS, readBody, type BodyLimits } from "./alert-body.ts";
import { AlertRoom, type Place } from "./alert-room.ts";
import { noIntake, streamOf, type AlertRouteOptions } from "./alert-routes.ts";
import { readBulkBody } from "./bulk-body.ts";
import type { DoorContext } from "./caller.ts";
import type { ApiParts } from "./parts.ts";
import type { Intake } from "../ports/intake.ts";
import { problem } from "./problem.ts";
import { route, type Route } from "./route.ts";

// Filebeat has no output that speaks plain HTTP. What it has is Elasticsearch's: it asks who is there, and then sends
// `_bulk` requests. That much is answered here, and nothing else of Elasticsearch's API.

/** The Filebeat that Wazuh puts on its managers. A newer one wants to be told to connect to an older version. */
const SPEAKS_VERSION = "7.10.2";

const About = z.strictObject({
  name: z.string(),
  cluster_name: z.string(),
  cluster_uuid: z.string(),
  version: z.strictObject({ number: z.string() }),
  tagline: z.string(),
});

const ABOUT: z.infer<typeof About> = {
  name: "riposte",
  cluster_name: "riposte",
  cluster_uuid: "riposte",
  version: { number: SPEAKS_VERSION },
  tagline: "This is Riposte, which takes Wazuh's alerts by _bulk and is no Elasticsearch",
};

const ItemResult = z.strictObject({
  status: z.int(),
  error: z.strictObject({ type: z.string(), reason: z.string() }).optional(),
});

const BulkAnswer = z.strictObject({
  took: z.int(),
  errors: z.boolean(),
  items: z.array(z.partialRecord(z.enum(["index", "create"]), ItemResult)),
});

const CREATED = { status: 201 } as const;
const AGAIN_S = 1;
const AFTER_TROUBLE_S = 5;

const about = (path: string): Route =>
  route({
    method: "GET",
    path,
    needs: "send",
    summary: "Who is there, for Filebeat's output.elasticsearch",
    answer: About,
    handle: () => Promise.resolve(ABOUT),
  });

function bulkRoute(limits: BodyLimits, room: AlertRoom): Route {
  return route({
    method: "POST",
    path: "/v1/filebeat/_bulk",
    needs: "send",
    summary: "Takes alerts as Filebeat's output.elasticsearch sends them; answered after the commit",
    stream: {
      types: ["application/json", "application/x-ndjson", "application/vnd.elasticsearch+json"],
      mostBytes: limits.sentBytes,
      withinMs: limits.withinMs,
    },
    answer: BulkAnswer,
    refusals: ["conflict", "too-many", "unavailable"],
    async handle({ caller, context }, parts) {
      const intakes = parts.intakes?.() ?? new Map<string, Intake>();
      const intake = intakes.get(caller.name);
      if (intake === undefined) return noIntake(context, intakes.size === 0);
      const place = room.enter(intake.sender);
      if (place === null) return comeAgain(context, "as much of this sender, or of all, is on its way as may be");
      try {
        const answer = await take(context, parts, { intake, limits, place });
        parts.metrics.batchAnswered(intake.name, answer.status);
        return answer;
      } finally {
        place.leave();
      }
    },
  });
}

async function take(
  context: DoorContext,
  { clock, log }: ApiParts,
  { intake, limits, place }: { readonly intake: Intake; readonly limits: BodyLimits; readonly place: Place },
): Promise<Response> {
  const encoding = (context.req.header("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding !== "identity" && encoding !== "gzip")
    return problem(context, "unsupported", "of Content-Encoding, gzip and identity are taken");
  const beganAt = clock.now();
  const read = await readBody(streamOf(context), { encoding, saidBytes: null, limits, place, clock });
  if (read.kind === "cut_off") return problem(context, "bad-request", "the body ended before it was whole");
  if (read.kind === "no_room") return comeAgain(context, "there is no room for this batch now");
  const bulk = read.kind === "read" ? readBulkBody(read.body) : read;
  if (bulk.kind === "refused") {
    intake.notRead(bulk.says);
    const code = read.kind === "refused" ? read.code : "bad-request";
    return problem(context, code, bulk.says, { Connection: "close" });
  }
  const { lines, operations } = bulk;
  const said = { node: null, readTo: null, ignored: 0, malformed: 0 };
  const taken = await intake.take({ body: lines, framing: "lines", ...said });
  switch (taken.kind) {
    case "taken": {
      const why = new Map(taken.refused.map((line) => [line.line, line.why]));
      // The shipper drops what is refused for itself, and logs it; Riposte has it in quarantine.
      const items = operations.map((operation, i) => {
        const reason = why.get(i + 1);
        return { [operation]: reason === undefined ? CREATED : { status: 400, error: { type: "no_alert", reason } } };
      });
      return context.json({ took: Math.max(0, clock.now() - beganAt), errors: why.size > 0, items });
    }
    case "refused":
      intake.notRead(taken.says);
      return problem(context, "too-large", taken.says, { Connection: "close" });
    case "busy":
      return comeAgain(context, taken.says);
    case "not_stored": {
      log.error({ source: intake.name, why: taken.says }, "a batch of alerts could not be stored");
      const says = `it is not stored, or not all of it: ${taken.says}. Send it again: what is stored counts once`;
      return problem(context, "unavailable", says, { "Retry-After": `${AFTER_TROUBLE_S}` });
    }
  }
}

function comeAgain(context: DoorContext, says: string): Response {
  return problem(context, "too-many", `${says}; nothing of this batch was taken`, { "Retry-After": `${AGAIN_S}` });
}

export function bulkRoutes({ limits = BODY_LIMITS, room = new AlertRoom() }: AlertRouteOptions = {}): readonly Route[] {
  // Filebeat asks at the path of its config as it stands there, and once more with a slash behind it.
  return [about("/v1/filebeat"), about("/v1/filebeat/"), bulkRoute(limits, room)];
}
