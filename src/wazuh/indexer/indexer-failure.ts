import type { Reason } from "../../core/outcome.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { withOwnRemedy } from "../certificate-remedy.ts";

/** A call to the indexer that gave nothing that can be used. */
export interface IndexerFailure {
  readonly kind: "failed";
  readonly reason: Reason;
  /** One sentence: what was seen, where, and what to do; without any secret. */
  readonly says: string;
  /** What it asked for; null: nothing. */
  readonly retryAfterMs: number | null;
}

/** The view is gone: it expired, or the indexer was started anew. Another one shows the same and more. */
export interface ViewLost {
  readonly kind: "lost";
}

export function failed(reason: Reason, says: string, retryAfterMs: number | null = null): IndexerFailure {
  return { kind: "failed", reason, says, retryAfterMs };
}

/** No answer came. */
export function sayUnreachable(url: string, { reason, says, written }: HttpFailure): IndexerFailure {
  const seen = says ?? reason.replaceAll("_", " ");
  if (reason === "secret_unreadable") return failed(reason, seen);
  if (reason === "tls_failed")
    return failed(reason, `the Wazuh indexer at ${url} is not trusted: ${withOwnRemedy(seen, PLACES)}`);
  const remedy = written
    ? "look whether the indexer is overloaded or restarting"
    : "look whether it runs, and whether the url of the source and the way there are right";
  return failed(reason, `the Wazuh indexer at ${url} gives no answer (${seen}); ${remedy}`);
}

const PLACES = { url: "the url of the source", ca: "the ca of the source", fingerprint: "fingerprint" };

/** A status that is none of success, in the words of whoever runs it. */
export function sayRefused(
  url: string,
  doing: string,
  answer: HttpAnswer,
  secrets: readonly string[],
): IndexerFailure | ViewLost {
  const { status, retryAfterMs } = answer;
  const error = errorOf(answer.body, secrets);
  const why = error.reason === "" ? "" : `: "${error.reason}"`;
  const at = `the Wazuh indexer at ${url}`;
  if (error.types.includes("search_context_missing_exception")) return { kind: "lost" };
  if (error.types.includes("index_not_found_exception")) {
    return failed("gone_there", `an index at ${url} has gone while it was read; it is read again without it`);
  }
  if (status === 429) {
    const says = error.reason.includes("Point In Time")
      ? `${at} has as many points in time open as it allows (search.max_open_pit_context); it is asked again by itself`
      : `${at} is too busy and refuses ${doing}${why}; it is asked again by itself`;
    return failed("rate_limited", says, retryAfterMs);
  }
  if (status === 401) {
    const says = `${at} does not take the login; look whether user and password of the source are still right`;
    return failed("unauthorized", says);
  }
  if (status === 403) {
    const says = `${at} does not allow ${doing}${why}; give the user the role of deploy/wazuh/indexer`;
    return failed("unauthorized", says);
  }
  if (status >= 300 && status < 400) {
    return failed("destination_gone", `${at} answers with a redirect, which is not followed; correct the url`);
  }
  if (status === 404 || status === 405) {
    const says = `${at} knows no ${doing}${why}; look whether the url is that of a Wazuh indexer, and its OpenSearch 2.4 or later`;
    return failed("destination_gone", says);
  }
  if (status === 400 && error.reason.includes("_id field")) {
    const says = `${at} does not let findings be sorted by their _id${why}; set indices.id_field_data.enabled to true there`;
    return failed("bad_request", says);
  }
  if (status === 400 && /fielddata|text fields|No mapping found/i.test(error.reason)) {
    const says = `${at} can't sort these indices${why}; look whether Wazuh's index template was in force when they were made`;
    return failed("bad_request", says);
  }
  if (status >= 500) {
    const says = `${at} has trouble of its own with ${doing} (HTTP ${status}${why}); look at its health and its log`;
    return failed("server_error", says, retryAfterMs);
  }
  return failed("bad_request", `${at} refuses ${doing} (HTTP ${status}${why}); look into its log`);
}

export function sayUnreadable(url: string, doing: string): IndexerFailure {
  const says = `what answers ${doing} at ${url} is no Wazuh indexer; look whether the url is right and no other service stands there`;
  return failed("unreadable_answer", says);
}

/** An answer from some of the shards only would pass for all there is. */
export function sayPartial(url: string, doing: string): IndexerFailure {
  const says = `the Wazuh indexer at ${url} answers ${doing} for a part of its data only; look at its health. What it left out is not passed over: it is asked again`;
  return failed("server_error", says);
}

const REASON_CHARS = 200;

/** OpenSearch's own words, unless a secret of ours is in them. */
function errorOf(
  body: string | null,
  secrets: readonly string[],
): { readonly types: readonly string[]; readonly reason: string } {
  const nothing = { types: [], reason: "" };
  if (body === null || secrets.some((secret) => secret !== "" && body.includes(secret))) return nothing;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return nothing;
  }
  if (!isFields(parsed) || !isFields(parsed["error"])) return nothing;
  const { error } = parsed;
  const causes: readonly unknown[] = Array.isArray(error["root_cause"]) ? error["root_cause"] : [];
  const all = [error, ...causes].filter(isFields);
  const told = all.map(({ reason }) => reason).findLast((reason) => typeof reason === "string");
  return {
    types: all.flatMap(({ type }) => (typeof type === "string" ? [type] : [])),
    reason: typeof told === "string" ? cutPlainLine(told, REASON_CHARS) : "",
  };
}

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
