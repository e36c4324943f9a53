import { readDoorTls } from "../ports/door-tls.ts";
import { readTlsFiles } from "../ports/tls-files.ts";
import { systemClock } from "../ports/clock.ts";
import { openSecrets } from "../secrets/read.ts";
import type { ReadConfig } from "./read-config.ts";
import { wayToApi } from "./wazuh-api-keeper.ts";

/**
 * The same config, or what is wrong with the files that `http_client`, `wazuh.api` and `http.tls` name: without them
 * nothing would get out, or nobody in. Secrets of destinations and tokens are no mistake of the config: what needs them
 * waits until they are there.
 */
export async function withNamedFiles(read: ReadConfig): Promise<ReadConfig> {
  if (read.kind !== "loaded") return read;
  const settings = wayToApi(read.config);
  const { ca, cert, key, proof } = settings;
  const isOut = ca !== null || cert !== null || key !== null || (proof?.ca ?? null) !== null;
  const out = isOut ? await readTlsFiles(settings, openSecrets(systemClock, process.env)) : null;
  const tls = read.config.http?.tls ?? null;
  const door = tls === null || tls === "off" ? null : await readDoorTls(tls);
  const errors = [
    ...(out?.kind === "unusable" ? out.troubles : []).map(({ key: of, says }) =>
      read.locate({ path: of === "proof" ? ["wazuh", "api", "ca"] : ["http_client", of], at: "value", says }),
    ),
    ...(door?.kind === "unusable" ? door.troubles : []).map(({ key: of, says }) =>
      read.locate({ path: ["http", "tls", of], at: "value", says }),
    ),
  ];
  return errors.length === 0 ? read : { kind: "refused", errors, text: read.text };
}
