import { readTlsFiles } from "../ports/tls-files.ts";
import { systemClock } from "../ports/clock.ts";
import { openSecrets } from "../secrets/read.ts";
import type { ReadConfig } from "./read-config.ts";

/**
 * The same config, or what is wrong with the files that `http_client` names: without them nothing would get out. The
 * secrets of a destination are no mistake of the config; whatever is for it waits until they are there.
 */
export async function withNamedFiles(read: ReadConfig): Promise<ReadConfig> {
  if (read.kind !== "loaded") return read;
  const { ca, cert, key } = read.config.httpClient;
  if (ca === null && cert === null && key === null) return read;
  const files = await readTlsFiles(read.config.httpClient, openSecrets(systemClock, process.env));
  if (files.kind === "read") return read;
  const errors = files.troubles.map((trouble) =>
    read.locate({ path: ["http_client", trouble.key], at: "value", says: trouble.says }),
  );
  return { kind: "refused", errors, text: read.text };
}
