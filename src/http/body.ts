import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { DoorContext } from "./caller.ts";
import { problem } from "./problem.ts";

/** How much of a body is taken, and for how long it is waited for. */
export interface BodyBounds {
  readonly mostBytes: number;
  readonly withinMs: number;
}

/** For what a person or a program asks in a few words. */
export const SHORT_BODY: BodyBounds = { mostBytes: 64 * 1024, withinMs: 10 * SECOND_MS };

/** A body that could not be read whole. The door answers with what it says. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly code: "too-large" | "too-slow" | "bad-request";

  constructor(code: BodyError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** Refuses by what the request says of its body, before any of it is read. */
export function refusedBody(context: DoorContext, types: readonly string[], mostBytes: number): Response | null {
  if (Number(context.req.header("Content-Length") ?? 0) > mostBytes) {
    return problem(context, "too-large", tooLarge(mostBytes));
  }
  const type = context.req.header("Content-Type") ?? "";
  if (hasNoBody(context) || types.includes(mediaTypeOf(type))) return null;
  return problem(context, "unsupported", `the body must be of the Content-Type ${types.join(" or ")}`, {
    Accept: types.join(", "),
  });
}

/** The body as it comes in; throws a `BodyError` at the first byte too many, or once its time is over. */
export async function* bodyChunks(context: DoorContext, clock: Clock, bounds: BodyBounds): AsyncGenerator<Uint8Array> {
  const body: ReadableStream<Uint8Array> | null = context.req.raw.body;
  if (body === null) return;
  const reader = body.getReader();
  const late = Promise.withResolvers<"late">();
  const cancel = clock.after(bounds.withinMs, () => late.resolve("late"));
  let bytes = 0;
  try {
    for (;;) {
      // Whoever breaks off is told so, should he still listen; nothing of the body has been taken.
      const next = await Promise.race([reader.read().catch(() => null), late.promise]);
      if (next === "late") throw new BodyError("too-slow", `the body was not here within ${seconds(bounds.withinMs)}`);
      if (next === null) throw new BodyError("bad-request", "the body ended before it was whole");
      if (next.done) return;
      bytes += next.value.length;
      if (bytes > bounds.mostBytes) throw new BodyError("too-large", tooLarge(bounds.mostBytes));
      yield next.value;
    }
  } finally {
    cancel();
  }
}

/** The body as JSON; undefined where it is none. An empty one is `{}`. */
export async function jsonBody(context: DoorContext, clock: Clock, bounds: BodyBounds): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyChunks(context, clock, bounds)) chunks.push(chunk);
  if (chunks.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))) as unknown;
  } catch {
    return undefined;
  }
}

/** Over a socket the headers say so; a request that was made in this process says it itself. */
function hasNoBody({ req, env }: DoorContext): boolean {
  const length = req.header("Content-Length");
  if (length !== undefined) return length === "0";
  if (req.header("Transfer-Encoding") !== undefined) return false;
  return env?.incoming !== undefined || req.raw.body === null;
}

function tooLarge(mostBytes: number): string {
  return `a body may have ${mostBytes} bytes at most`;
}

function seconds(ms: number): string {
  return `${ms / SECOND_MS} s`;
}

/** `application/json` of `Application/JSON; charset=utf-8`. */
function mediaTypeOf(header: string): string {
  return (header.split(";")[0] ?? "").trim().toLowerCase();
}
