import type { TLSSocket } from "node:tls";
import { readIp } from "../core/ip-network.ts";
import { callerRefused, tokenTrouble } from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import type { Clock } from "../ports/clock.ts";
import type { TokenTerms } from "../ports/door-settings.ts";
import type { Secrets } from "../ports/secrets.ts";
import type { Caller, DoorContext, Identify } from "./caller.ts";
import { shownBy } from "./client-certificate.ts";
import { problem } from "./problem.ts";
import { RateLimit, retryAfter } from "./rate.ts";
import { bearerOf, tokenBook } from "./tokens.ts";

/** For each token: more than a forwarder needs at 100,000 alerts a second, or a dashboard that asks all the time. */
const TOKEN_RATE = { perSecond: 300, burst: 600, mostKnown: 1_000 };
/** For each address: what a log can bear, and a person who mistypes does not notice. */
const REFUSAL_RATE = { perSecond: 1 / 3, burst: 20, mostKnown: 4_096 };

export interface TokenDoorParts {
  /** Those of the config in force. */
  readonly tokens: () => readonly TokenTerms[];
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
}

type Known = { readonly kind: "known"; readonly token: TokenTerms } | Refused;
interface Refused {
  readonly kind: "refused";
  readonly why: string;
  /** It was shown something, and that was not right. */
  readonly error?: "invalid_token" | "invalid_request";
}

/** Whoever shows a token of the config, or where that asks for one a client's certificate. */
export function identifyByToken({ tokens, secrets, clock, log }: TokenDoorParts): Identify {
  const told = new Map<string, string>();
  const book = tokenBook({
    tokens,
    secrets,
    troubled(token, says) {
      // Looked up with each request, and told when it is something new.
      if (told.get(token) === says) return;
      told.set(token, says);
      tokenTrouble(log, { token, trouble: says });
    },
  });
  const used = new RateLimit(TOKEN_RATE, clock);
  const refusals = new RateLimit(REFUSAL_RATE, clock);

  async function known(context: DoorContext): Promise<Known> {
    const header = context.req.header("Authorization");
    if (header !== undefined) {
      const presented = bearerOf(header);
      if (presented === null)
        return { kind: "refused", why: "expected Authorization: Bearer TOKEN", error: "invalid_request" };
      const token = await book.whose(presented);
      if (token !== null) return { kind: "known", token };
      return { kind: "refused", why: "nobody here has such a token", error: "invalid_token" };
    }
    const socket = context.env?.incoming?.socket;
    const shown = socket !== undefined && isTls(socket) ? shownBy(socket, clock.now()) : ({ kind: "none" } as const);
    switch (shown.kind) {
      case "none":
        return { kind: "refused", why: "expected Authorization: Bearer TOKEN; the tokens are those of http.tokens" };
      case "refused":
        return shown;
      case "certificate": {
        const [token] = tokens().filter(({ proof }) => proof.kind === "certificate" && shown.isFor(proof.subject));
        if (token !== undefined) return { kind: "known", token };
        return { kind: "refused", why: "http.tokens names no certificate such as the client's" };
      }
    }
  }

  function refuse(context: DoorContext, { why, error }: Refused): Response {
    const address = context.env?.incoming?.socket.remoteAddress ?? "nowhere";
    const waitMs = refusals.take(neighbourhoodOf(address));
    if (waitMs > 0) {
      // Not logged: whoever comes so often would fill the log.
      const says = `too many requests from ${address} that nobody could place; the next is looked at later`;
      return problem(context, "too-many", says, { ...retryAfter(waitMs), Connection: "close" });
    }
    callerRefused(log, { request: context.get("requestId"), address, why });
    const challenge = `Bearer realm="riposte"${error === undefined ? "" : `, error="${error}"`}`;
    return problem(context, "unauthorised", why, { "WWW-Authenticate": challenge });
  }

  return async (context) => {
    const found = await known(context);
    if (found.kind === "refused") return refuse(context, found);
    const { name, may } = found.token;
    const waitMs = used.take(name);
    if (waitMs === 0) return { name, may: new Set(may) } satisfies Caller;
    const says = `${name} asks more than ${TOKEN_RATE.perSecond} times a second`;
    return problem(context, "too-many", says, retryAfter(waitMs));
  };
}

function isTls(socket: object): socket is TLSSocket {
  return "getPeerX509Certificate" in socket;
}

/** Who has an IPv6 address has a whole network of them. */
function neighbourhoodOf(address: string): string {
  const ip = readIp(address.replace(/%.*$/, ""));
  return ip?.bits === 128 ? `${ip.value >> 64n}/64` : address;
}
