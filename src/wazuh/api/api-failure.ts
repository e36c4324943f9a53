import type { Reason } from "../../core/outcome.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import type { HttpAnswer, HttpFailure } from "../../ports/http.ts";
import { withOwnRemedy } from "../certificate-remedy.ts";

/** A call to the Wazuh API that gave nothing. */
export interface ApiFailure {
  readonly kind: "failed";
  readonly reason: Reason;
  /** One sentence: what was seen, where, and what to do; without any secret. */
  readonly says: string;
}

export function failed(reason: Reason, says: string): ApiFailure {
  return { kind: "failed", reason, says };
}

/** No answer came. */
export function sayUnreachable(url: string, { reason, says, written }: HttpFailure): ApiFailure {
  const seen = says ?? reason.replaceAll("_", " ");
  if (reason === "tls_failed")
    return failed(reason, `the Wazuh API at ${url} is not trusted: ${withOwnRemedy(seen, PLACES)}`);
  if (reason === "secret_unreadable") return failed(reason, seen);
  const remedy = written
    ? "look whether the manager is overloaded or restarting"
    : "look whether the manager runs, and whether wazuh.api.url and the way there are right";
  return failed(reason, `the Wazuh API at ${url} gives no answer (${seen}); ${remedy}`);
}

const PLACES = { url: "wazuh.api.url", ca: "wazuh.api.ca", fingerprint: "wazuh.api.fingerprint" };

/** A status that is none of success. `doing` says what it takes: `GET /agents (agent:read)`. */
export function sayRefused(url: string, doing: string, answer: HttpAnswer, secrets: readonly string[]): ApiFailure {
  const { status } = answer;
  const why = sayDetail(answer.body, secrets);
  const at = `the Wazuh API at ${url}`;
  if (status === 429) {
    const says = `${at} asks to slow down: all its clients together have used up its calls for this minute (300 unless set otherwise); it is asked again by itself`;
    return failed("rate_limited", says);
  }
  if (status === 401) return failed("unauthorized", `${at} does not take its own token${why}; look into its api.log`);
  if (status === 403) {
    const says = `${at} does not allow ${doing}${why}; give the user of wazuh.api a role with that permission`;
    return failed("unauthorized", says);
  }
  if (status >= 300 && status < 400)
    return failed("destination_gone", `${at} answers with a redirect, which is not followed; correct wazuh.api.url`);
  if (status === 404 || status === 405)
    return failed(
      "destination_gone",
      `${at} knows no ${doing}${why}; look whether wazuh.api.url is that of a Wazuh 4 API`,
    );
  if (status >= 500)
    return failed(
      "server_error",
      `${at} has trouble of its own with ${doing} (HTTP ${status}${why}); look into its api.log`,
    );
  return failed("bad_request", `${at} refuses ${doing} (HTTP ${status}${why}); look into its api.log`);
}

/** Bad login: asked again and again it would shut out everybody at this address. */
export function sayLoginRefused(url: string, answer: HttpAnswer, secrets: readonly string[]): ApiFailure {
  const why = sayDetail(answer.body, secrets);
  if (answer.status === 401) {
    const says = `the Wazuh API at ${url} does not take the login${why}; look whether wazuh.api.user and the password are still right`;
    return failed("unauthorized", says);
  }
  if (answer.status === 403) {
    const says = `the Wazuh API at ${url} takes no login from here for now${why}: too many failed; find out who else logs in from this address`;
    return failed("unauthorized", says);
  }
  return sayRefused(url, "POST /security/user/authenticate", answer, secrets);
}

export function sayUnreadable(url: string, doing: string): ApiFailure {
  const says = `what answers ${doing} at ${url} is not the Wazuh API's answer; look whether wazuh.api.url is right and no other service stands there`;
  return failed("unreadable_answer", says);
}

const DETAIL_CHARS = 200;

/** The API's own words, unless one of ours is in them. */
function sayDetail(body: string | null, secrets: readonly string[]): string {
  if (body === null || secrets.some((secret) => secret !== "" && body.includes(secret))) return "";
  try {
    const { detail } = JSON.parse(body) as { readonly detail?: unknown };
    return typeof detail === "string" && detail !== "" ? `: "${cutPlainLine(detail, DETAIL_CHARS)}"` : "";
  } catch {
    return "";
  }
}
