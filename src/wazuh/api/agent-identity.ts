import type { Platform } from "../../core/response.ts";
import type { Instant } from "../../core/time.ts";
import { agentOf, isFields } from "./agent.ts";

/** Who answers to an agent's id. Wazuh gives ids out again, so that only all of it together is one agent. */
export interface AgentIdentity {
  readonly id: string;
  readonly name: string;
  readonly registeredAt: Instant;
  readonly platform: Platform;
  readonly isActive: boolean;
  readonly groups: readonly string[];
  readonly ip: string | null;
  /** The host name of the manager that it reports to. */
  readonly manager: string | null;
}

/** Null for what is no agent, or one of which it can't be told which. */
export function identityOf(item: unknown): AgentIdentity | null {
  const agent = agentOf(item);
  if (agent === null || !isFields(item)) return null;
  const registeredAt = typeof item["dateAdd"] === "string" ? Date.parse(item["dateAdd"]) : Number.NaN;
  if (!Number.isFinite(registeredAt)) return null;
  const groups: readonly unknown[] = Array.isArray(item["group"]) ? item["group"] : [];
  const { id, name, ip, manager, status } = agent;
  return {
    id,
    name,
    ip,
    manager,
    registeredAt,
    platform: platformOf(item["os"]),
    isActive: status === "active",
    groups: groups.filter((group) => typeof group === "string"),
  };
}

/** By Wazuh's own word; each Linux has a word of its own. */
function platformOf(os: unknown): Platform {
  const text = (field: string): string =>
    isFields(os) && typeof os[field] === "string" ? os[field].toLowerCase() : "";
  const [platform, uname] = [text("platform"), text("uname")];
  if (platform === "windows") return "windows";
  if (platform === "darwin") return "macos";
  if (platform === "" || OTHERS.test(platform)) return "other";
  return uname === "" || uname.startsWith("linux") ? "linux" : "other";
}

const OTHERS = /bsd|sunos|solaris|aix|hp-?ux/;

/** An account as the inventory of an agent has it. */
export interface InventoryAccount {
  readonly uid: string;
  /** Empty: it says none, which no account has. */
  readonly groups: readonly string[];
}

export function accountOf(item: unknown, name: string): InventoryAccount | null {
  const user = isFields(item) ? item["user"] : null;
  if (!isFields(user) || typeof user["name"] !== "string") return null;
  if (user["name"].toLowerCase() !== name.toLowerCase()) return null;
  const { uuid, id, groups } = user;
  // Windows accounts have their SID here.
  const sid = typeof uuid === "string" && /^S-1-/i.test(uuid) ? uuid : null;
  if (sid === null && typeof id !== "number" && typeof id !== "string") return null;
  return {
    uid: sid ?? String(id),
    groups:
      typeof groups === "string"
        ? groups
            .split(/[:,;]/)
            .map((group) => group.trim())
            .filter((group) => group !== "")
        : [],
  };
}
