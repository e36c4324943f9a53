import type { Reason } from "../core/outcome.ts";

/** Every reason as a person would say it, and what he can do about it; null where waiting is all there is to do. */
const WORDS: Readonly<Record<Reason, readonly [says: string, doNext: string | null]>> = {
  connection_refused: ["nothing listens there", "check the address, and whether the other side is up"],
  name_not_resolved: ["the name is not known", "check the host in the URL, and this machine's DNS"],
  tls_failed: ["no trusted TLS connection", "check the certificate of the other side, and the CA"],
  proxy_failed: ["the proxy opened no way out", "read its answer; check http_client.proxy, and the proxy's log"],
  connect_timeout: ["no connection in time", "check the address, the network and the proxy"],
  connection_reset: ["the connection was cut", null],
  timeout: ["no answer in time", null],
  rate_limited: ["the other side asked to slow down", null],
  server_error: ["the other side had an error of its own", null],
  unreadable_answer: ["an answer that can't be read", "check whether a proxy or login page answers in its place"],
  bad_request: ["the other side refused what was sent", "read its answer, mend the config, then retry"],
  unauthorized: ["the other side does not accept the secret", "check the webhook or token; a new one is read at once"],
  destination_gone: ["there is no such webhook, channel or rule", "make a new one and put it in the config"],
  gone_there: ["somebody deleted it over there", "nothing, or drop it: Riposte makes no other one for this incident"],
  too_large: ["too large for the other side", "read its answer, then retry or drop"],
  secret_unreadable: ["the secret can't be read", "check that the file or variable is there and readable"],
  engine_died: ["Riposte ended during the call", null],
  not_found_yet: ["looked for and not found so far", null],
  gave_up: ["tried for as long as the config allows", "see that the destination works, then retry"],
  destination_removed: ["not in the config any more", "put the destination back, or drop the work"],
  dropped_by_person: ["dropped by a person", null],
  collapsed: ["one of many at once: told in a mass event", "retry it to have it told by itself"],
  digested: ["news of low rank, or one of very many: told in a digest", "retry it to have it told by itself"],
  over_budget: ["more than the destination's budget: listed with others", "retry it to have it told by itself"],
  script_unusable: ["the script can't be run", "put it right as the evidence says; it is tried again by itself"],
  script_failed: ["the script says that it failed", "read its output in `riposte work show`, run it by hand"],
  shadow: [
    "integratord sends this, or whoever posts to the same address; Riposte only shows it",
    "riposte check says who does; riposte takeover moves a block to Riposte",
  ],
  silenced: ["silenced by a person", "riposte silence expire ends the silence; riposte work retry tells this one"],
  inhibited: ["another incident stands for it", "riposte work retry tells it all the same"],
  muted: ["in a mute time", "riposte work retry tells it all the same"],
  quiet_hours: ["in quiet hours", "riposte work retry tells it all the same"],
  below_severity: ["milder than the destination's min_severity", "riposte work retry tells it all the same"],
  warm_up: ["too soon after the install for tickets", "riposte work retry tells it all the same"],
  flapping: ["comes and goes, and that was told", "riposte work retry tells the newest of it"],
  connector_bug: ["a bug in the connector", "report it with the evidence, then retry after an update"],
};

export function reasonWords(reason: string | null): string {
  if (reason === null) return "not tried yet";
  return isReason(reason) ? WORDS[reason][0] : reason;
}

export function whatToDo(reason: string | null): string | null {
  return reason !== null && isReason(reason) ? WORDS[reason][1] : null;
}

/** What a row or a newer server says need not be a reason that this program knows. */
function isReason(text: string): text is Reason {
  return Object.hasOwn(WORDS, text);
}
