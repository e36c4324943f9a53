import type { Finding } from "../../core/check-up.ts";
import { cutPlainLine } from "../../core/plain-text.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { ApiFailure } from "./api-failure.ts";
import type { Permissions, WazuhApi } from "./client.ts";
import type { ClusterNode } from "./cluster-node.ts";

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
  const nodes = await api.clusterNodes();
  return [
    good("login", `Wazuh API ${version.version}`),
    version.now === null ? good("clock", "the API does not say what time it has") : clocks(ours, version.now),
    permissions.kind === "failed" ? bad("permissions", permissions) : mayRead(permissions),
    lost.kind === "failed" ? bad("agents", lost) : good("agents", sayLost(lost.agents.length)),
    nodes.kind === "failed" ? unlisted(nodes) : good("nodes", sayNodes(nodes.nodes)),
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

/** Only a cluster's nodes are watched: who has one manager misses nothing. */
function unlisted({ says }: ApiFailure): Finding {
  const without = "without it nobody is told of a cluster's node whose alerts reach nobody";
  return { check: "nodes", ok: true, doubtful: true, says: `${says}; ${without}` };
}

function sayNodes(nodes: readonly ClusterNode[]): string {
  if (nodes.length === 0) return "the manager runs without a cluster";
  const names = cutPlainLine(nodes.map(({ name }) => name).join(", "), 200);
  return `the cluster has ${nodes.length === 1 ? "one node" : `${nodes.length} nodes`}: ${names}`;
}

function good(check: string, says: string): Finding {
  return { check, ok: true, says };
}

function bad(check: string, { says }: ApiFailure): Finding {
  return { check, ok: false, says };
}
