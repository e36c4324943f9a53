import { addressIn, readAddress } from "../address.ts";
import type { Io } from "../connector.ts";
import { SLACK_API } from "./access.ts";
import type { AppConfig } from "./kind.ts";

/** With what Socket Mode is opened; a sentence where it can't be. */
export async function openAppAccess(
  config: Pick<AppConfig, "app_token" | "api">,
  io: Io,
): Promise<{ readonly appToken: string; readonly api: string } | string> {
  if (config.app_token === undefined) return "there is no app_token";
  const secret = await io.secrets.read(config.app_token);
  if (secret.kind === "unreadable") return `app_token: ${secret.why}`;
  const appToken = secret.value.trim();
  if (!/^xapp-[\w.-]{4,400}$/.test(appToken)) {
    const what = appToken.startsWith("xoxb-") ? "a bot token (xoxb-), which belongs to `token`" : "no app-level token";
    return `app_token: ${what}. An app-level token begins with xapp-: Basic Information of the app, App-Level Tokens, with the scope connections:write`;
  }
  const { api = SLACK_API } = config;
  const address = typeof api === "string" ? addressIn(api, "api") : await readAddress(api, "api", io);
  if (address.kind === "later") return address.evidence;
  return { appToken, api: address.url.replace(/\/+$/, "") };
}
