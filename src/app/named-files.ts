import { readTlsFiles } from "../ports/tls-files.ts";
import { systemClock } from "../ports/clock.ts";
import { openSecrets } from "../secrets/read.ts";
import type { ReadConfig } from "./read-config.ts";
import { wayToApi } from "./wazuh-api-keeper.ts";

/**
 * The same config, or what is wrong with the files that `http_client` and `wazuh.api` name: without them nothing would
 * get out. The secrets of a destination are no mistake of the config; whatever is for it waits until they are there.
 */
export async function withNamedFiles(read: ReadConfig): Promise<ReadConfig> {
  if (read.kind !== "loaded") return read;
  const settings = wayToApi(read.config);
  const { ca, cert, key, proof } = settings;
  if (ca === null && cert === null && key === null && (proof?.ca ?? null) === null) return read;
  const files = await readTlsFiles(settings, openSecrets(systemClock, process.env));
  if (files.kind === "read") return read;
  const errors = files.troubles.map(({ key: of, says }) =>
    read.locate({ path: of === "proof" ? ["wazuh", "api", "ca"] : ["http_client", of], at: "value", says }),
  );
  return { kind: "refused", errors, text: read.text };
}
