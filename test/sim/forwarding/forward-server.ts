import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { HttpAnswer, HttpFailure } from "../../../src/ports/http.ts";
import type { Batch, Intake, Taken } from "../../../src/ports/intake.ts";
import type { LightRequest } from "../../../src/ports/light-http.ts";
import { SECOND_MS } from "../../../src/core/time.ts";
import type { Chance } from "../chance.ts";
import { Violation } from "../checks.ts";
import type { SimTime } from "../sim-time.ts";
import { FORWARDED_RULE, type NodeLine } from "./node-files.ts";

export interface ForwardServerOptions {
  readonly time: SimTime;
  readonly chance: Chance;
  /** Of the living engine, by sender; null: nobody listens. */
  readonly intakes: () => ReadonlyMap<string, Intake> | null;
  readonly written: readonly NodeLine[];
  readonly reach: (what: string) => void;
}

export const SENDER = "worker-2";
/** An engine that died under a request breaks its connection. */
const BROKEN_AFTER_MS = 2 * SECOND_MS;
/** The policies change and want the same lines: what was refused by the filter before is looked at again. */
const NEW_FILTER = 0.02;
const FILTER = { v: 1, levels: [{ from: 0, refuse: "others", ids: [Number(FORWARDED_RULE)] }] };

/** The door of Riposte as a forwarder sees it: what its routes make of the engine's real way in. */
export class ForwardServer {
  /** By identity: wanted lines of requests that were taken. */
  readonly received = new Set<string>();
  readonly #options: ForwardServerOptions;
  #filters = 1;

  constructor(options: ForwardServerOptions) {
    this.#options = options;
  }

  async handle(request: LightRequest): Promise<HttpAnswer | HttpFailure> {
    const { intakes, chance } = this.#options;
    const there = intakes();
    if (there === null) return failed(false, "connection_refused");
    if (request.url.endsWith("/v1/filter")) return this.#answerFilter(request);
    const intake = there.get(SENDER);
    if (intake === undefined) return answered(503, "", 1);
    if (chance() < NEW_FILTER) this.#filters += 1;
    const taken = await this.#taken(intake, request);
    return taken === null ? failed(true, "connection_reset") : this.#answerTo(taken, request);
  }

  get #etag(): string {
    return `filter-${this.#filters}`;
  }

  #answerFilter({ headers }: LightRequest): HttpAnswer {
    if (headers["if-none-match"] === `"${this.#etag}"`) return answered(304, "");
    return answered(200, JSON.stringify({ etag: this.#etag, filter: FILTER }));
  }

  /** Null: whoever took it is not there any more. */
  #taken(intake: Intake, request: LightRequest): Promise<Taken | null> {
    const { time, intakes } = this.#options;
    return new Promise((resolve, reject) => {
      const cancel = time.after(BROKEN_AFTER_MS, () => {
        if (intakes()?.get(SENDER) !== intake) resolve(null);
      });
      intake.take(batchOf(request)).then((taken) => {
        cancel();
        resolve(taken);
      }, reject);
    });
  }

  #answerTo(taken: Taken, request: LightRequest): HttpAnswer {
    this.#options.reach(`forwarded ${taken.kind}`);
    switch (taken.kind) {
      case "taken": {
        for (const line of linesOf(request)) this.received.add(identityIn(line));
        this.#checkReadTo(request.headers["riposte-read-to"]);
        const { kind: _, ...counts } = taken;
        return answered(200, JSON.stringify({ ...counts, filter: this.#etag }));
      }
      case "refused":
        return answered(413, riposteProblem("too-large", taken.says));
      case "busy":
        return answered(429, riposteProblem("too-many", taken.says), 1);
      case "not_stored":
        return answered(503, riposteProblem("unavailable", taken.says), 5);
    }
  }

  /** 9: no timer fires past a line that it says it has sent, and has not. */
  #checkReadTo(said: string | undefined): void {
    if (said === undefined) return;
    const readTo = Date.parse(said);
    const missing = this.#options.written.find(
      ({ isWanted, flushedAt, identity }) =>
        isWanted && flushedAt !== null && flushedAt <= readTo && !this.received.has(identity),
    );
    if (missing !== undefined)
      throw new Violation(9, `it says that it has sent all to ${said}, and not ${missing.identity}`);
  }
}

export function linesOf({ headers, body }: LightRequest): readonly string[] {
  const text = unpacked(headers["content-encoding"], body).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}

export function answered(status: number, body: string | null, retryAfterS: number | null = null): HttpAnswer {
  return {
    kind: "answered",
    status,
    headers: {},
    body,
    retryAfterMs: retryAfterS === null ? null : retryAfterS * SECOND_MS,
  };
}

export function failed(written: boolean, reason: HttpFailure["reason"]): HttpFailure {
  return { kind: "failed", written, reason };
}

function batchOf(request: LightRequest): Batch {
  const { headers, body } = request;
  const readTo = headers["riposte-read-to"];
  return {
    body: unpacked(headers["content-encoding"], body),
    framing: "lines",
    node: headers["riposte-node"] ?? null,
    readTo: readTo === undefined ? null : Date.parse(readTo),
    ignored: Number(headers["riposte-ignored"] ?? 0),
    malformed: Number(headers["riposte-malformed"] ?? 0),
  };
}

function unpacked(encoding: string | undefined, body: Uint8Array | null): Buffer {
  if (body === null) return Buffer.alloc(0);
  if (encoding === "zstd") return zstdDecompressSync(body);
  return encoding === "gzip" ? gunzipSync(body) : Buffer.from(body);
}

function identityIn(line: string): string {
  const { id, timestamp } = JSON.parse(line) as { readonly id: string; readonly timestamp: string };
  return `${id} ${timestamp}`;
}

function riposteProblem(code: string, detail: string): string {
  return JSON.stringify({ type: `urn:riposte:${code}`, detail });
}
