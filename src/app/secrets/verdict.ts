import type { Reason } from "../../core/outcome.ts";

/** What a destination makes of new values of its secrets. */
export interface Verdict {
  readonly ok: boolean;
  /** The other side was asked. */
  readonly isProven: boolean;
  /** The new value is wrong, as opposed to: nobody could say. */
  readonly isRefused: boolean;
  readonly says: string;
}

/** Whether a reason speaks of the secret: of something else that is wrong over there, or of nothing but the way there. */
export function isSecretTrouble(reason: Reason | undefined): "yes" | "no" | "away" {
  switch (reason) {
    case "unauthorized":
    case "destination_gone":
    case "secret_unreadable":
      return "yes";
    case undefined:
    case "bad_request":
    case "gone_there":
    case "too_large":
    case "script_unusable":
      return "no";
    case "connection_refused":
    case "name_not_resolved":
    case "tls_failed":
    case "proxy_failed":
    case "connect_timeout":
    case "connection_reset":
    case "timeout":
    case "rate_limited":
    case "server_error":
    case "unreadable_answer":
    case "engine_died":
    case "not_found_yet":
    case "gave_up":
    case "destination_removed":
    case "dropped_by_person":
    case "over_budget":
    case "collapsed":
    case "digested":
    case "script_failed":
    case "shadow":
    case "silenced":
    case "inhibited":
    case "muted":
    case "quiet_hours":
    case "below_severity":
    case "warm_up":
    case "flapping":
    case "connector_bug":
      return "away";
  }
}

export function sayUnproven(says: string, isRefused: boolean): string {
  return isRefused
    ? `the new value was not taken (${says}). Put the right one there`
    : `the new value could not be tried yet (${says}). It will be`;
}
