import type { Suspect } from "../core/account-taken.ts";
import type { Alert } from "../core/alert.ts";
import { fieldOf, textOfField } from "../core/fields.ts";
import { readIp } from "../core/ip-network.ts";
import { isSameUser } from "../core/protected-user.ts";
import { plainAddress } from "../core/protected-network.ts";
import { LOGIN_RULES } from "../core/wanted-rules.ts";
import { storable } from "./storable.ts";

type Reads = Pick<Alert, "document" | "ruleId">;

/** Who did it, as far as an alert says. */
export function suspectOf(alert: Reads): Suspect {
  const user = nameIn(alert, ["data.dstuser", "data.win.eventdata.targetUserName"]);
  const address = addressOf(alert);
  const groups = fieldOf(alert, "agent.group");
  return {
    kind: kindOf(alert),
    user,
    address,
    localUser: localUserOf(alert, user, address),
    labels: labelsOf(alert),
    ...(typeof groups === "object" && groups.length > 0 && { groups: groups.map(storable) }),
  };
}

/** Somebody got in, whatever any policy says. */
export function isLogin(alert: Reads): boolean {
  return kindOf(alert) === "login";
}

function kindOf(alert: Reads): Suspect["kind"] {
  if (LOGIN_RULES.has(alert.ruleId)) return "login";
  const groups = fieldOf(alert, "rule.groups") ?? [];
  if (groups.includes("authentication_success")) return "login";
  return groups.includes("authentication_failed") || groups.includes("authentication_failures") ? "failed" : "neither";
}

function addressOf(alert: Reads): string | null {
  const text = nameIn(alert, ["data.srcip", "data.win.eventdata.ipAddress"]);
  return text === null || readIp(text) === null ? null : plainAddress(text);
}

/**
 * PAM names the account that asks where it is one on the same host (`su`, `sudo`): that one is at it itself. Over the
 * network it names none that could be believed, and sshd's `srcuser` is only what the other side typed.
 */
function localUserOf(alert: Reads, user: string | null, address: string | null): string | null {
  if (textOfField(alert, "decoder.name") !== "pam" || address !== null) return null;
  const [asks, uid, tty] = ["data.srcuser", "data.uid", "data.tty"].map((path) => textOfField(alert, path) ?? "");
  if (asks === "" || asks === undefined || !/^\d+$/.test(uid ?? "") || tty === "" || tty === "ssh") return null;
  // Who mistypes his own password is no attacker.
  return user === null || isSameUser(asks, user) ? null : storable(asks);
}

function labelsOf({ document }: Reads): Readonly<Record<string, string>> {
  const agent = document["agent"];
  const labels = isMap(agent) ? agent["labels"] : undefined;
  return isMap(labels) ? Object.fromEntries(flat(labels, "").slice(0, LABELS_MOST)) : {};
}

const LABELS_MOST = 64;
const DEPTH_MOST = 4;

function flat(labels: Readonly<Record<string, unknown>>, before: string, depth = 1): (readonly [string, string])[] {
  return Object.entries(labels).flatMap(([name, value]) => {
    if (isMap(value)) return depth < DEPTH_MOST ? flat(value, `${before}${name}.`, depth + 1) : [];
    return typeof value === "string" ? [[storable(before + name), storable(value)] as const] : [];
  });
}

function nameIn(alert: Reads, paths: readonly string[]): string | null {
  for (const path of paths) {
    const value = textOfField(alert, path);
    if (value !== null && value !== "" && value !== "-") return storable(value);
  }
  return null;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
