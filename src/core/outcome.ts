/** Why a call, a piece of work or a destination is where it is. One closed list for the whole program. */
export type Reason =
  | "connection_refused"
  | "name_not_resolved"
  | "tls_failed"
  | "proxy_failed"
  | "connect_timeout"
  | "connection_reset"
  | "timeout"
  | "rate_limited"
  | "server_error"
  | "unreadable_answer"
  | "bad_request"
  | "unauthorized"
  | "destination_gone"
  | "gone_there"
  | "too_large"
  | "secret_unreadable"
  | "engine_died"
  | "not_found_yet"
  | "gave_up"
  | "destination_removed"
  | "dropped_by_person"
  | "over_budget"
  | "collapsed"
  | "digested"
  | "script_unusable"
  | "script_failed"
  | "shadow"
  | "silenced"
  | "inhibited"
  | "muted"
  | "quiet_hours"
  | "below_severity"
  | "warm_up"
  | "flapping"
  | "connector_bug";

/** What the other side now has of ours, by its own names. */
export interface Remote {
  /** Slack ts, Jira key, …; null where the other side names nothing. */
  readonly anchor: string | null;
  readonly url: string | null;
}

/** For people: what was seen, without any secret, capped. The first line says it; more lines are what it is based on. */
export type Evidence = string;

/** What lists, logs and everything but the call's own row show of it. */
export function headline(evidence: Evidence): string {
  const end = evidence.indexOf("\n");
  return end < 0 ? evidence : evidence.slice(0, end);
}

export interface Done {
  readonly kind: "done";
  readonly remote: Remote;
  readonly evidence: Evidence;
}
export interface Later {
  readonly kind: "later";
  readonly reason: Reason;
  /** Trouble of the whole destination, of every step of this kind there, or of this one step. */
  readonly scope: "destination" | "action" | "work";
  /** What the other side asked for; null: our own back-off. */
  readonly retryAfterMs: number | null;
  readonly evidence: Evidence;
}
export interface Never {
  readonly kind: "never";
  readonly reason: Reason;
  readonly evidence: Evidence;
}
export interface Unknown {
  readonly kind: "unknown";
  readonly reason: Reason;
  /** What the other side asked for although it did not say what it had done; null: our own back-off. */
  readonly retryAfterMs: number | null;
  readonly evidence: Evidence;
}
export type Outcome = Done | Later | Never | Unknown;

export interface Found {
  readonly kind: "found";
  /** The oldest copy. */
  readonly remote: Remote;
  /** Further copies, by anchors of the connector's own making; they are not found again once they are put away. */
  readonly others: readonly string[];
  readonly evidence: Evidence;
}

/** What came of looking for a step whose outcome is unknown. */
export type Look = Found | { readonly kind: "absent"; readonly evidence: Evidence } | Later;

/** What is known of one HTTP call once it ended, before anybody judged it. */
export type CallResult =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retryAfterMs: number | null;
      readonly readable: boolean;
    }
  | {
      readonly kind: "failed";
      readonly written: boolean;
      readonly reason: Reason;
      /** What was seen and what to do, where more is known than the reason says; without any secret. */
      readonly says?: string;
    };

/**
 * The one table of what a call's end means. A connector may know better for its vendor's odd answers, but never
 * turns an unknown into a later: after the first byte only a clean refusal says that nothing happened. What an
 * unknown costs is for `settle` to decide: a step that is safe to repeat is repeated, any other is looked for.
 */
export function judgeCall(call: CallResult, evidence: Evidence): Outcome {
  if (call.kind === "failed") {
    if (!call.written) return later(call.reason, "destination", null, evidence);
    return unknown(call.reason, null, evidence);
  }
  const { status, retryAfterMs } = call;
  if (status >= 200 && status < 300) {
    if (call.readable) return { kind: "done", remote: { anchor: null, url: null }, evidence };
    return unknown("unreadable_answer", null, evidence);
  }
  if (status === 429) return later("rate_limited", "destination", retryAfterMs, evidence);
  if (status === 401 || status === 403) return later("unauthorized", "destination", retryAfterMs, evidence);
  if (status === 404 || status === 410) return later("destination_gone", "destination", retryAfterMs, evidence);
  if (status === 408) return unknown("timeout", retryAfterMs, evidence);
  if (status === 413) return { kind: "never", reason: "too_large", evidence };
  if (status >= 500) return unknown("server_error", retryAfterMs, evidence);
  // Not what this message says but where it was sent: a redirect (never followed, it would carry a secret elsewhere),
  // the wrong method, a proxy that wants a login, a bill, the wrong server, an upgrade, the law.
  if (status < 400 || NOT_THE_MESSAGE.has(status))
    return later("destination_gone", "destination", retryAfterMs, evidence);
  return { kind: "never", reason: "bad_request", evidence };
}

const NOT_THE_MESSAGE: ReadonlySet<number> = new Set([402, 405, 407, 421, 426, 451]);

export function unknown(reason: Reason, retryAfterMs: number | null, evidence: Evidence): Unknown {
  return { kind: "unknown", reason, retryAfterMs, evidence };
}

export function later(reason: Reason, scope: Later["scope"], retryAfterMs: number | null, evidence: Evidence): Later {
  return { kind: "later", reason, scope, retryAfterMs, evidence };
}
