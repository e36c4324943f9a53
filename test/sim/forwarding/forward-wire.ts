import type { HttpAnswer, HttpFailure } from "../../../src/ports/http.ts";
import type { LightHttp, LightRequest } from "../../../src/ports/light-http.ts";
import { between, pick, type Chance } from "../chance.ts";
import type { SimTime } from "../sim-time.ts";
import { answered, failed, linesOf, type ForwardServer } from "./forward-server.ts";

/** The instants of a call at which a forwarder may die and the order of things matters. */
export type WirePoint = "before_send" | "after_taken";

export interface Caller {
  readonly alive: boolean;
  reach(point: WirePoint): void;
}

export interface WireOptions {
  readonly time: SimTime;
  readonly chance: Chance;
  readonly server: ForwardServer;
  readonly isTroubled: () => boolean;
  readonly reach: (what: string) => void;
  readonly sent: (request: LightRequest) => void;
}

/** What lies between may do to a call. `lost`: it never came there; `unheard`: it did, and no word of it came back. */
export const WIRE_FAULTS = [
  "refused",
  "lost",
  "unheard",
  "unheard",
  "late",
  "asked to wait",
  "proxy in trouble",
  "proxy gives up",
  "too large",
  "unknown packing",
  "token unknown",
  "login page",
  "cut off, not done",
  "cut off",
] as const;

const FAULTS = 0.25;
/** Beyond the deadline of any call. */
const LATE_MS = 70_000;

/** The way to the server of one life of a forwarder, which hears nothing more once that is over. */
export function openForwardWire(options: WireOptions, caller: Caller): LightHttp {
  const { time, chance, server, reach } = options;
  const calls = new Set<() => void>();
  let isClosed = false;

  function request(asked: LightRequest): Promise<HttpAnswer | HttpFailure> {
    return new Promise((resolve) => {
      caller.reach("before_send");
      if (!caller.alive) return;
      if (isClosed) return resolve(failed(false, "connection_reset"));
      options.sent(asked);
      let isOver = false;
      const end = (answer: HttpAnswer | HttpFailure): void => {
        if (isOver || !caller.alive) return;
        isOver = true;
        calls.delete(cut);
        cancelDeadline();
        resolve(answer);
      };
      const cut = (): void => end(failed(true, "connection_reset"));
      calls.add(cut);
      const cancelDeadline = time.after(asked.deadlineMs, () => end(failed(true, "timeout")));
      const wayMs = between(chance, 1, 40);
      const endSoon = (answer: HttpAnswer | HttpFailure): void => void time.after(2 * wayMs, () => end(answer));
      const deliver = (then: (answer: HttpAnswer | HttpFailure) => void, lateMs = 0): void => {
        time.after(wayMs + lateMs, () => {
          server.handle(asked).then(
            (answer) => {
              caller.reach("after_taken");
              time.after(wayMs, () => then(answer));
            },
            (bug: unknown) =>
              time.after(0, () => {
                throw bug;
              }),
          );
        });
      };
      const fault = options.isTroubled() && chance() < FAULTS ? pick(chance, WIRE_FAULTS) : null;
      if (fault !== null) reach(`on the wire ${fault}`);
      switch (fault) {
        case null:
          return deliver(end);
        case "refused":
          return endSoon(failed(false, "connection_refused"));
        case "lost":
          return endSoon(failed(true, "connection_reset"));
        case "unheard":
          return deliver(() => end(failed(true, "connection_reset")));
        case "late":
          return deliver(() => {}, LATE_MS);
        case "asked to wait":
          return endSoon(answered(429, "", between(chance, 0, 20)));
        case "proxy in trouble":
          return endSoon(answered(503, "", null));
        case "proxy gives up":
          return deliver(() => end(answered(504, "<html>", null)));
        case "too large":
          // A single line goes through anything; the forwarder would put it aside, as it should.
          return linesOf(asked).length > 1 ? endSoon(answered(413, "<html>")) : deliver(end);
        case "unknown packing":
          return asked.headers["content-encoding"] === undefined ? deliver(end) : endSoon(answered(415, ""));
        case "token unknown":
          return endSoon(answered(401, ""));
        case "login page":
          return endSoon(answered(200, "<html>please log in</html>"));
        case "cut off, not done":
          return endSoon(answered(200, null));
        case "cut off":
          return deliver(() => end(answered(200, null)));
      }
    });
  }

  return {
    request,
    close() {
      isClosed = true;
      for (const cut of calls) cut();
    },
  };
}
