import type { Config } from "../config/schema.ts";
import type { Hands } from "../engine/actuator.ts";
import { Responder } from "../wazuh/responder.ts";
import { ownAddresses } from "./own-addresses.ts";
import type { WazuhApiKeeper } from "./wazuh-api-keeper.ts";

/** What reaches the agents by the config in force; null: it names no Wazuh API. */
export function handsOf(config: Config, apis: WazuhApiKeeper): Hands | null {
  const api = apis.of(config);
  if (api === null || config.wazuhApi === null) return null;
  const { hostname } = new URL(config.wazuhApi.url);
  return new Responder({ api, ownAddresses: () => [hostname.replace(/^\[|\]$/g, ""), ...ownAddresses()] });
}
