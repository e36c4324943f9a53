import type { Finding } from "../../core/check-up.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { ApiFailure } from "./api-failure.ts";
import type { Permissions, WazuhApi } from "./client.ts";

/** A minute apart, and a hold that counts from a keepalive is a minute wrong. */
const CLOCKS_APART_MS = MINUTE_MS;

/** Whether the Wazuh API can be used for what Riposte wants of it. Changes nothing there. */
export async function examineApi(api: WazuhApi, clock: { now(): Instant }): Promise<readonly Finding[]> {
  const beganAt = clock.now();
  const version = await api.version();
  if (version.kind === "failed") return [bad("login", version)];
  const ours = (beganAt + clock.now()) / 2;
  const permissions = await api.permissions();
  const lost = await api.disconnectedAgents();
  return [
    good("login", `Wazuh API ${version.version}`),
    version.now === null ? good("clock", "the API does not say what time it has") : clocks(ours, version.now),
    permissions.kind === "failed" ? bad("permissions", permissions) : mayRead(permissions),
    lost.kind === "failed" ? bad("agents", lost) : good("agents", sayLost(lost.agents.length)),
  ];
}

function clocks(ours: Instant, theirs: Instant): Finding {
  const apartMs = Math.abs(ours - theirs);
  // Theirs is in whole seconds.
  const apart = apartMs < 2 * SECOND_MS ? "less than two seconds" : `${Math.round(apartMs / SECOND_MS)} s`;
  const says = `this machine's clock and the manager's are ${apart} apart`;
  if (apartMs < CLOCKS_APART_MS) return good("clock", says);
  return { check: "clock", ok: false, says: `${says}: set both by NTP, or holds are too long or too short by that` };
}

const ALL_AGENTS = ["agent:id:*", "agent:group:*", "*:*:*"];

function mayRead({ allowed, mode }: Permissions): Finding {
  const of = allowed["agent:read"] ?? {};
  const denied = Object.keys(of).filter((resource) => of[resource] === "deny");
  const isAllowed = mode === "black" || ALL_AGENTS.some((resource) => of[resource] === "allow");
  if (isAllowed && denied.length === 0) return good("permissions", "agent:read on all agents");
  const some = Object.keys(of).filter((resource) => of[resource] === "allow");
  if (some.length === 0 && mode === "white") {
    const says = "agent:read is missing: give the user a role with a policy that allows agent:read on agent:id:*";
    return { check: "permissions", ok: false, says };
  }
  const says =
    "agent:read on some agents only: those that the user may not see are never told of as lost. Allow agent:read on agent:id:* if that is not meant";
  return { check: "permissions", ok: false, says };
}

function sayLost(count: number): string {
  return count === 0 ? "none is disconnected" : `${count} ${count === 1 ? "is" : "are"} disconnected now`;
}

function good(check: string, says: string): Finding {
  return { check, ok: true, says };
}

function bad(check: string, { says }: ApiFailure): Finding {
  return { check, ok: false, says };
}
