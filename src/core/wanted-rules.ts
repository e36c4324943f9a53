import { ACTION_RULES } from "./action.ts";
import type { Policy } from "./policy.ts";

/** Somebody got in: sshd, after failures, Windows. Rules that stand in their place have to be in a policy to be seen. */
export const LOGIN_RULES: ReadonlySet<string> = new Set(["5715", "40112", "60106"]);
/** What the companion's own rules make of its lines, as they are shipped. */
const COMPANION_RULES = ["110650", "110651", "110652", "110653", "110654"];
const STARTED_RULE = "503";

/**
 * Rules whose alerts are wanted whatever conditions say: what responses log, and what Riposte's own go by. The companion
 * is heard also where no policy responds any more: what is in force is still taken back.
 */
export function wantedRules(policies: readonly Policy[]): ReadonlySet<string> {
  const always = [...ACTION_RULES, ...COMPANION_RULES];
  return new Set(responds(policies) ? [...always, ...LOGIN_RULES, STARTED_RULE] : always);
}

export function responds(policies: readonly Policy[]): boolean {
  return policies.some(({ terms }) => terms.respond !== undefined);
}
