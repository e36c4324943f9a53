import type { Later } from "../../core/outcome.ts";
import { addressIn, readAddress, secretTrouble } from "../address.ts";
import type { Io } from "../connector.ts";
import type { AppConfig } from "./kind.ts";

/** Where Slack's API is, and who comes in. */
export interface Access {
  readonly kind: "access";
  /** Without a slash at the end. */
  readonly base: string;
  readonly token: string;
}

export async function openAccess(config: AppConfig, io: Io): Promise<Access | Later> {
  const secret = await io.secrets.read(config.token);
  if (secret.kind === "unreadable") return secretTrouble(`token: ${secret.why}`);
  const token = secret.value.trim();
  const why = whyNoToken(token);
  if (why !== null) return secretTrouble(`token: ${why}`);
  const api = config.api ?? SLACK_API;
  const address = typeof api === "string" ? addressIn(api, "api") : await readAddress(api, "api", io);
  if (address.kind === "later") return address;
  return { kind: "access", base: address.url.replace(/\/+$/, ""), token };
}

export const SLACK_API = "https://slack.com/api";

/** Slack says by a token's beginning what it is for; one that rotates has another before it. Never repeats it. */
function whyNoToken(token: string): string | null {
  if (/^(?:xoxe\.)?xoxb-[\w.-]{4,400}$/.test(token)) return null;
  if (token.startsWith("xapp-")) return "an app-level token (xapp-). The bot token begins with xoxb-";
  if (token.startsWith("xoxp-")) return "a person's token (xoxp-). The bot token begins with xoxb-";
  if (token.startsWith("http")) return "an address. It belongs to `webhook`; a bot token begins with xoxb-";
  return "no bot token of Slack's, which begins with xoxb-: see OAuth & Permissions of the app";
}
