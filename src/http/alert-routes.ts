import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { z } from "zod";
import type { Instant } from "../core/time.ts";
import type { Batch, Intake, TakenBatch } from "../ports/intake.ts";
import { BODY_LIMITS, readBody, type BodyLimits, type Encoding } from "./alert-body.ts";
import { AlertRoom, type Place } from "./alert-room.ts";
import type { DoorContext } from "./caller.ts";
import type { ApiParts } from "./parts.ts";
import { problem, type ProblemCode } from "./problem.ts";
import { route, type Route } from "./route.ts";

/** The answer to a batch. */
export interface AlertsTaken extends Omit<TakenBatch, "kind"> {
  /** The filter in force, for who refuses lines before they are sent. */
  readonly filter?: string | undefined;
}

const Count = z.int().min(0);

const TakenAnswer: z.ZodType<AlertsTaken> = z
  .strictObject({
    read: Count,
    kept: Count,
    duplicate: Count,
    ignored: Count,
    malformed: Count,
    refused: z.array(z.strictObject({ line: z.int().min(1), why: z.string() })).max(100),
    filter: z.string().optional(),
  })
  .meta({ id: "AlertsTaken" });

export interface AlertRouteOptions {
  readonly limits?: BodyLimits;
  readonly room?: AlertRoom;
}

const AGAIN_S = 1;
const AFTER_TROUBLE_S = 5;

/** Takes alerts: answers after the commit, and says of each line that it could not read why. */
export function alertRoute({ limits = BODY_LIMITS, room = new AlertRoom() }: AlertRouteOptions = {}): Route {
  const terms = route({
    method: "POST",
    path: "/v1/alerts",
    needs: "send",
    summary: "Takes alerts: JSON or NDJSON, plain, gzip or zstd; answered after the commit, and safe to send again",
    headers: {
      "Content-Encoding": "gzip, zstd or identity",
      "Riposte-Node": "CLUSTER/NODE that the alerts are from",
      "Riposte-Read-To": "the sender stands at the end of its file, and has sent everything up to this time (ISO 8601)",
      "Riposte-Ignored": "lines that the sender itself ignored since its last request that was answered",
      "Riposte-Malformed": "lines that the sender itself could not read since then",
    },
    stream: {
      types: ["application/x-ndjson", "application/json"],
      mostBytes: limits.sentBytes,
      withinMs: limits.withinMs,
    },
    answer: TakenAnswer,
    refusals: ["conflict", "too-many", "unavailable"],
    handle: () => Promise.reject(new Error("the route answers by itself")),
  });
  return {
    ...terms,
    // The sender's own status tells of what is refused before a byte is read as well.
    async answerTo(context, parts) {
      const intakes = parts.intakes?.() ?? new Map<string, Intake>();
      const intake = intakes.get(context.get("caller").name);
      if (intake === undefined) return noIntake(context, intakes.size === 0);
      const answer = await take(context, parts, intake, { limits, room });
      parts.metrics.batchAnswered(intake.name, answer.status);
      return answer;
    },
  };
}

async function take(
  context: DoorContext,
  parts: ApiParts,
  intake: Intake,
  { limits, room }: Required<AlertRouteOptions>,
): Promise<Response> {
  const headers = headersOf(context);
  if (headers.kind === "refused") return refuse(context, intake, headers.code, headers.says);
  const place = room.enter(intake.sender);
  if (place === null) return comeAgain(context, "as much of this sender, or of all, is on its way as may be");
  try {
    return await takeBody(context, parts, intake, { limits, place, headers });
  } finally {
    place.leave();
  }
}

interface Understood {
  readonly kind: "understood";
  readonly encoding: Encoding;
  readonly saidBytes: number | null;
  readonly batch: Omit<Batch, "body">;
}

async function takeBody(
  context: DoorContext,
  parts: ApiParts,
  intake: Intake,
  { limits, place, headers }: { readonly limits: BodyLimits; readonly place: Place; readonly headers: Understood },
): Promise<Response> {
  const read = await readBody(streamOf(context), { ...headers, limits, place, clock: parts.clock });
  switch (read.kind) {
    case "refused":
      return refuse(context, intake, read.code, read.says);
    case "no_room":
      return comeAgain(context, "there is no room for this batch now");
    case "cut_off":
      // Nobody hears it; who sent half a batch sends it again.
      return problem(context, "bad-request", "the body ended before it was whole");
    case "read":
      return hand(context, parts, intake, { ...headers.batch, body: read.body });
  }
}

async function hand(context: DoorContext, parts: ApiParts, intake: Intake, batch: Batch): Promise<Response> {
  const taken = await intake.take(batch);
  switch (taken.kind) {
    case "taken": {
      const { kind: _, ...counts } = taken;
      const filter = parts.filterTag?.();
      return context.json({ ...counts, ...(filter !== undefined && { filter }) } satisfies AlertsTaken);
    }
    case "refused":
      return refuse(context, intake, "too-large", taken.says);
    case "busy":
      return comeAgain(context, taken.says);
    case "not_stored": {
      parts.log.error({ source: intake.name, why: taken.says }, "a batch of alerts could not be stored");
      const says = `it is not stored, or not all of it: ${taken.says}. Send it again: what is stored counts once`;
      return problem(context, "unavailable", says, { "Retry-After": `${AFTER_TROUBLE_S}` });
    }
  }
}

/** The rest of such a body is not waited for. */
function refuse(context: DoorContext, intake: Intake, code: ProblemCode, says: string): Response {
  intake.notRead(says);
  return problem(context, code, says, { Connection: "close" });
}

export function noIntake(context: DoorContext, isNobodys: boolean): Response {
  if (isNobodys) {
    const says = "no source takes alerts over HTTP now: the server is starting, or wazuh.alerts has no { from: http }";
    return problem(context, "unavailable", says, { "Retry-After": `${AGAIN_S}` });
  }
  return problem(context, "conflict", "alerts are taken from a token that may send, and of nobody else");
}

function comeAgain(context: DoorContext, says: string): Response {
  return problem(context, "too-many", `${says}; nothing of this batch was taken`, { "Retry-After": `${AGAIN_S}` });
}

type Headers = Understood | { readonly kind: "refused"; readonly code: ProblemCode; readonly says: string };

const LINES = /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines)$/;
const VALUES = /^(?:application\/json|application\/[\w.+-]+\+json|text\/(?:plain|json)|application\/octet-stream)$/;
const COUNT = /^\d{1,9}$/;
const NODE = /^[^\u0000-\u001f\u007f]{1,255}$/;

function headersOf(context: DoorContext): Headers {
  const header = (name: string): string => (context.req.header(name) ?? "").trim();
  const refused = (code: ProblemCode, says: string): Headers => ({ kind: "refused", code, says });
  const encoding = header("content-encoding").toLowerCase() || "identity";
  if (encoding !== "identity" && encoding !== "gzip" && encoding !== "zstd")
    return refused("unsupported", "of Content-Encoding, gzip, zstd and identity are taken");
  const type = header("content-type").split(";", 1)[0]!.trim().toLowerCase();
  if (type !== "" && !LINES.test(type) && !VALUES.test(type))
    return refused("unsupported", "of Content-Type, application/x-ndjson and application/json are taken");
  const node = header("riposte-node");
  if (node !== "" && !NODE.test(node)) return refused("bad-request", "Riposte-Node: expected CLUSTER/NODE");
  const readTo = instantIn(header("riposte-read-to"));
  if (readTo === undefined)
    return refused("bad-request", "Riposte-Read-To: expected a time such as 2026-11-23T10:00:00.000Z");
  const [ignored = "0", malformed = "0"] = ["riposte-ignored", "riposte-malformed"].map((name) => header(name) || "0");
  if (!COUNT.test(ignored) || !COUNT.test(malformed))
    return refused("bad-request", "Riposte-Ignored and Riposte-Malformed: expected whole numbers");
  const length = header("content-length");
  return {
    kind: "understood",
    encoding,
    saidBytes: /^\d{1,15}$/.test(length) ? Number(length) : null,
    batch: {
      framing: LINES.test(type) ? "lines" : "values",
      node: node === "" ? null : node,
      readTo,
      ignored: Number(ignored),
      malformed: Number(malformed),
    },
  };
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

/** Null: none was given; undefined: what was given is no time. */
function instantIn(text: string): Instant | null | undefined {
  if (text === "") return null;
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Node's own stream where there is one: one made of a web stream costs as much again as the body. */
export function streamOf(context: DoorContext): Readable {
  const incoming = context.env?.incoming as IncomingMessage | undefined;
  if (incoming !== undefined) return incoming;
  const { body } = context.req.raw;
  return body === null ? Readable.from([]) : Readable.fromWeb(body as ReadableStream);
}
