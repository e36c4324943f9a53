import { SECOND_MS } from "../core/time.ts";
import type { HttpAnswer, HttpFailure } from "../ports/http.ts";
import type { LightHttp } from "../ports/light-http.ts";
import type { SecretValue } from "../ports/secrets.ts";
import { CUT_OFF, otherwise, verdictOf, type Verdict, type Waits } from "./answer.ts";
import type { Packed } from "./pack.ts";

/** One call each, with this sender's token and node. */
export interface Server {
  send(load: Packed): Promise<Verdict>;
  /** Says how far everything has been read, and by that that we live. */
  beat(readTo: string): Promise<Verdict>;
  /** `etag`: of the filter that is known. */
  askFilter(etag: string | null): Promise<FilterAnswer>;
}

export type FilterAnswer =
  | { readonly kind: "same" }
  | { readonly kind: "filter"; readonly body: string }
  /** This server has none to give. */
  | { readonly kind: "none" }
  | Waits;

export interface ServerOptions {
  readonly http: LightHttp;
  readonly to: string;
  /** As it is now; null: a client certificate says who we are. */
  readonly token: (() => Promise<SecretValue>) | null;
  readonly node: string | null;
  readonly version: string;
}

const SEND_WITHIN_MS = 60 * SECOND_MS;
const ASK_WITHIN_MS = 10 * SECOND_MS;
const ANSWER_BYTES_MOST = 1_048_576;
/** A filter of ten thousand rules and more. */
const FILTER_BYTES_MOST = 4 * 1_048_576;

export function openServer(options: ServerOptions): Server {
  const { http, to, token, node, version } = options;
  const common: Readonly<Record<string, string>> = {
    "user-agent": `riposte-forward/${version}`,
    ...(node !== null && { "riposte-node": node }),
  };

  async function headers(more: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>> | Waits> {
    if (token === null) return { ...common, ...more };
    const found = await token();
    if (found.kind === "unreadable") return unauthorised(found.why);
    if (!TOKEN.test(found.value))
      return unauthorised("the file of token_file holds what can be no token: one word in ASCII");
    return { ...common, ...more, authorization: `Bearer ${found.value}` };
  }

  async function post(more: Readonly<Record<string, string>>, body: Uint8Array | null, deadlineMs: number) {
    const all = await headers({ ...more, "content-type": "application/x-ndjson" });
    if (isWaits(all)) return all;
    const length = { "content-length": String(body?.length ?? 0) };
    return verdictOf(
      await http.request({
        method: "POST",
        url: `${to}/v1/alerts`,
        headers: { ...all, ...length },
        body,
        deadlineMs,
        maxAnswerBytes: ANSWER_BYTES_MOST,
      }),
    );
  }

  return {
    send: (load) => post(load.headers, load.body, SEND_WITHIN_MS),
    beat: (readTo) => post({ "riposte-read-to": readTo }, null, ASK_WITHIN_MS),

    async askFilter(etag) {
      const all = await headers(etag === null ? {} : { "if-none-match": `"${etag}"` });
      if (isWaits(all)) return all;
      const answer = await http.request({
        method: "GET",
        url: `${to}/v1/filter`,
        headers: all,
        body: null,
        deadlineMs: ASK_WITHIN_MS,
        maxAnswerBytes: FILTER_BYTES_MOST,
      });
      return filterAnswer(answer);
    },
  };
}

function filterAnswer(answer: HttpAnswer | HttpFailure): FilterAnswer {
  if (answer.kind === "failed") {
    const verdict = verdictOf(answer);
    return isWaits(verdict) ? verdict : { kind: "none" };
  }
  const { status, body } = answer;
  if (status === 304) return { kind: "same" };
  if (status === 200 && body !== null) return { kind: "filter", body };
  if (status === 200) return CUT_OFF;
  if (status === 404 || status === 405 || status === 501) return { kind: "none" };
  return otherwise(answer);
}

/** Anything else can't stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/;

function unauthorised(says: string): Waits {
  return { kind: "waits", why: "unauthorised", says, retryAfterMs: null, mayBeTooLarge: false };
}

function isWaits(value: object): value is Waits {
  return "kind" in value && value.kind === "waits";
}
