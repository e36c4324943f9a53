import type { Http, HttpAnswer, HttpFailure, HttpRequest } from "../../src/ports/http.ts";
import { commitOf, planFault, type Fault, type FaultWeights } from "../fakes/faults.ts";
import type { Vendor, VendorAnswer, VendorRequest } from "../fakes/vendor.ts";
import { between, pick, type Chance } from "./chance.ts";
import type { SimTime } from "./sim-time.ts";

export interface SimHost {
  readonly vendor: Vendor;
  /** From here until there every call fails this way; null: faults only by chance. */
  outage: Fault | null;
  /** How much later than others it may do what adds something; 1: no later. */
  readonly lateness: number;
  /** Without it POST adds, GET asks, and everything else changes. */
  readonly kindOf?: (request: HttpRequest) => KindOfCall;
  /** How many times more seldom what only asks goes wrong; without it no more seldom. */
  readonly calm?: number;
  /** What a 429 says it is for; null: nothing. */
  readonly limits?: readonly (string | null)[];
}

export type KindOfCall = "asks" | "adds" | "changes";

/** A life of the engine, as the network sees it: a dead one gets no answers, but what it sent is on its way. */
export interface Caller {
  readonly alive: boolean;
  /** Asked before a request leaves and after its answer arrived: may end the life. */
  reach(point: "before_step" | "after_step"): void;
}

export type CallerName = "worker" | "survey" | "agents";

type Ending = HttpAnswer | HttpFailure;

const faultRanges = {
  // Late enough that some are done after the first look, and none after the second has come back empty.
  lateCommitMs: [11_000, 100_000],
  slowMs: [50, 3_000],
  retryAfterSeconds: [1, 45],
} as const;

export interface SimCall {
  readonly at: number;
  readonly host: string;
  readonly request: HttpRequest;
  /** `none`, or how it went wrong. */
  readonly fault: string;
  /** Which limit a 429 names; null: none. Undefined: it is no 429, or this vendor names none. */
  readonly limit: string | null | undefined;
  /** Who in the engine calls: a worker, the survey of what people did, or the source of agents. */
  readonly by: CallerName;
  /** Calls of the same life to this host that had begun and not ended, this one among them. */
  readonly inFlight: number;
  /** Null: it ended without a status, or nobody was left to hear of it. */
  answer: {
    readonly at: number;
    readonly status: number;
    readonly retryAfterMs: number | null;
  } | null;
}

/** What no vendor says of a payload by chance alone: that this one it will never take. */
export const REFUSED_PAYLOAD = "status-400";
const REFUSED_PAYLOADS = 0.004;

/** What is lost on its way to be added may land long after it was looked for and done again. */
function later(fault: Fault | null, kind: KindOfCall, lateness: number): Fault | null {
  if (fault?.kind !== "late-commit" || kind !== "adds") return fault;
  return { ...fault, delayMs: fault.delayMs * lateness };
}

function kindByMethod({ method }: HttpRequest): KindOfCall {
  if (method === "GET") return "asks";
  return method === "POST" ? "adds" : "changes";
}

const LIMIT_HEADER = "ratelimit-reason";

/** The network between the engine and the fakes, with the seed's faults in it. */
export class SimNet {
  readonly hosts = new Map<string, SimHost>();
  readonly calls: SimCall[] = [];
  /** Told of each call as it starts. */
  called: (call: SimCall) => void = () => {};
  weights: FaultWeights = { none: 1 };
  /** Whether a payload is refused now and then. */
  refuses = false;
  readonly #time: SimTime;
  readonly #chance: Chance;
  /** By life and by host: another config makes another client of the same life. */
  readonly #inFlight = new WeakMap<Caller, Map<string, number>>();

  constructor(time: SimTime, chance: Chance) {
    this.#time = time;
    this.#chance = chance;
  }

  httpFor(caller: Caller, by: CallerName = "worker"): Http {
    const inFlight = (by === "worker" ? this.#inFlight.get(caller) : undefined) ?? new Map<string, number>();
    if (by === "worker") this.#inFlight.set(caller, inFlight);
    return {
      request: (request) =>
        new Promise((resolve) => {
          caller.reach("before_step");
          if (!caller.alive) return;
          const { hostname } = new URL(request.url);
          inFlight.set(hostname, (inFlight.get(hostname) ?? 0) + 1);
          const call = this.#send(request, by, inFlight.get(hostname)!, (ending) => {
            inFlight.set(hostname, inFlight.get(hostname)! - 1);
            if (!caller.alive) return;
            if (ending.kind === "answered") {
              const { status, retryAfterMs } = ending;
              call.answer = { at: this.#time.now, status, retryAfterMs };
            }
            caller.reach("after_step");
            if (caller.alive) resolve(ending);
          });
        }),
    };
  }

  #send(request: HttpRequest, by: CallerName, inFlight: number, end: (ending: Ending) => void): SimCall {
    const url = new URL(request.url);
    const host = this.hosts.get(url.hostname);
    if (host === undefined) throw new Error(`no fake stands at ${url.hostname}`);
    const kind = (host.kindOf ?? kindByMethod)(request);
    const calm = kind === "asks" ? (host.calm ?? 1) : 1;
    const drawn = planFault(this.#chance, { ...this.weights, none: this.weights.none * calm }, faultRanges);
    const fault = host.outage ?? drawn;
    const travelMs = between(this.#chance, 2, 60);
    const isRefused = this.#chance() < REFUSED_PAYLOADS && this.refuses && kind !== "asks" && fault === null;
    const limit =
      fault?.kind === "status-429" && host.limits !== undefined ? pick(this.#chance, host.limits) : undefined;
    const call: SimCall = {
      at: this.#time.now,
      host: url.hostname,
      request,
      fault: isRefused ? REFUSED_PAYLOAD : (fault?.kind ?? "none"),
      by,
      limit,
      inFlight,
      answer: null,
    };
    this.calls.push(call);
    this.called(call);
    const vendorRequest = {
      method: request.method,
      path: url.pathname + url.search,
      headers: request.headers,
      body: request.body ?? "",
    };
    if (isRefused) this.#time.after(2 * travelMs, () => end(statusOnly(400, null)));
    else
      this.#apply(
        later(fault, kind, host.lateness),
        host.vendor,
        vendorRequest,
        travelMs,
        request.deadlineMs,
        (ending) =>
          end(
            ending.kind === "answered" && typeof limit === "string" ? withHeader(ending, LIMIT_HEADER, limit) : ending,
          ),
      );
    return call;
  }

  #apply(
    fault: Fault | null,
    vendor: Vendor,
    request: VendorRequest,
    travelMs: number,
    deadlineMs: number,
    end: (ending: Ending) => void,
  ): void {
    const after = (ms: number, run: () => void): void => void this.#time.after(ms, run);
    const failAt = (ms: number, written: boolean, reason: HttpFailure["reason"]): void => {
      after(ms, () => end({ kind: "failed", written, reason }));
    };
    const done = commitOf(fault) === "now";
    let answer: VendorAnswer | null = null;
    if (done) after(travelMs, () => (answer = vendor.handle(request, this.#time.now)));
    switch (fault?.kind) {
      case undefined:
        after(2 * travelMs, () => end(answered(answer!)));
        return;
      case "slow":
        after(2 * travelMs + fault.delayMs, () => end(answered(answer!)));
        return;
      case "refused":
        return failAt(travelMs, false, "connection_refused");
      case "dns":
        return failAt(travelMs, false, "name_not_resolved");
      case "tls":
        return failAt(2 * travelMs, false, "tls_failed");
      case "reset-before-commit":
      case "reset-after-commit":
        return failAt(2 * travelMs, true, "connection_reset");
      case "timeout-not-done":
      case "timeout-done":
        return failAt(deadlineMs, true, "timeout");
      case "late-commit":
        after(Math.max(fault.delayMs, deadlineMs + 1), () => vendor.handle(request, this.#time.now));
        return failAt(deadlineMs, true, "timeout");
      case "status-429":
        after(2 * travelMs, () => end(statusOnly(429, fault.retryAfterSeconds)));
        return;
      case "status-500":
        after(2 * travelMs, () => end(statusOnly(500, null)));
        return;
      case "status-503":
        after(2 * travelMs, () => end(statusOnly(503, fault.retryAfterSeconds)));
        return;
      case "garbage":
        after(2 * travelMs, () =>
          end({ kind: "answered", status: 200, headers: {}, body: fault.body, retryAfterMs: null }),
        );
        return;
    }
  }
}

function answered(answer: VendorAnswer): HttpAnswer {
  const retryAfter = answer.headers["retry-after"];
  const retryAfterMs = retryAfter === undefined ? null : Number(retryAfter) * 1_000;
  return { kind: "answered", status: answer.status, headers: answer.headers, body: answer.body, retryAfterMs };
}

function withHeader(answer: HttpAnswer, name: string, value: string): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, [name]: value } };
}

function statusOnly(status: number, retryAfterSeconds: number | null): HttpAnswer {
  const retryAfterMs = retryAfterSeconds === null ? null : retryAfterSeconds * 1_000;
  return { kind: "answered", status, headers: {}, body: "", retryAfterMs };
}
