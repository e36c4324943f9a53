import type { Config } from "../config/schema.ts";
import { systemClock } from "../ports/clock.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";
import type { Finding } from "../core/check-up.ts";
import { examineApi } from "../wazuh/api/examine.ts";
import { WazuhApiKeeper } from "./wazuh-api-keeper.ts";

/** Examines the Wazuh API of the config; null: it names none. */
export async function examineWazuh(config: Config): Promise<readonly Finding[] | null> {
  const clock = systemClock;
  const apis = new WazuhApiKeeper({ clock, secrets: openOwnSecrets(clock, config.aws), troubled: () => {} });
  const api = apis.of(config);
  if (api === null) return null;
  try {
    return await examineApi(api, clock);
  } finally {
    await apis.close();
  }
}
