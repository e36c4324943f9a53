import type { Instant } from "../../core/time.ts";

export type AgentStatus = "active" | "pending" | "never_connected" | "disconnected";

/** An agent as the Wazuh API tells of it. Its names were chosen by whoever registered it. */
export interface WazuhAgent {
  /** Zero-padded digits, never `000`: that is the manager itself. */
  readonly id: string;
  readonly name: string;
  readonly ip: string | null;
  readonly status: AgentStatus;
  /** Why it is not connected, by Wazuh's numbers; null where this Wazuh says none. */
  readonly statusCode: number | null;
  /** The host name of the manager that it reports to. */
  readonly manager: string | null;
  readonly keepAliveAt: Instant | null;
  readonly disconnectedAt: Instant | null;
}

/** It said that it was going. */
export const SHUTDOWN_RECEIVED = 3;
/** The manager began anew and has not heard of it yet. */
export const RESET_BY_MANAGER = 5;

/** Agents that a call is for: at least one, each named. What the API would do to all without a list can't be said. */
export type AgentIds = readonly [string, ...string[]];

/** Wazuh's own manager is in no list of ours. */
const AGENT_ID = /^(?!0+$)\d{3,10}$/;

/** Null: none of them is an agent's id. */
export function agentIds(ids: Iterable<string>): AgentIds | null {
  const [first, ...rest] = [...new Set(ids)].filter((id) => AGENT_ID.test(id));
  return first === undefined ? null : [first, ...rest];
}

type Fields = Readonly<Record<string, unknown>>;

const STATUSES: readonly string[] = ["active", "pending", "never_connected", "disconnected"];

/** Null for what is no agent, and for the manager. Forgiving about all that is not used. */
export function agentOf(item: unknown): WazuhAgent | null {
  if (!isFields(item)) return null;
  const { id, name, ip, status, status_code: code, manager } = item;
  if (typeof id !== "string" || !AGENT_ID.test(id) || typeof status !== "string" || !STATUSES.includes(status))
    return null;
  return {
    id,
    name: textOf(name) ?? id,
    ip: textOf(ip),
    status: status as AgentStatus,
    statusCode: typeof code === "number" ? code : null,
    manager: textOf(manager),
    keepAliveAt: instantOf(item["lastKeepAlive"]),
    disconnectedAt: instantOf(item["disconnection_time"]),
  };
}

const NAME_CHARS = 255;
/** An agent that never went away is said to have been heard of in the year 9999. */
const NO_SUCH_TIME = Date.UTC(9999, 0);

/** `2026-11-23T09:00:00Z`, or seconds since the epoch; null where there is none. */
function instantOf(value: unknown): Instant | null {
  const at = typeof value === "number" ? value * 1_000 : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) && at > 0 && at < NO_SUCH_TIME ? at : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value.slice(0, NAME_CHARS).toWellFormed() : null;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
