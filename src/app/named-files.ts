import { readDoorTls } from "../ports/door-tls.ts";
import { readTlsFiles } from "../ports/tls-files.ts";
import { systemClock } from "../ports/clock.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";
import type { Problem } from "../config/problem.ts";
import type { OssecPart, ReadConfig } from "./read-config.ts";
import { wayToApi } from "./wazuh-api-keeper.ts";

/**
 * The same config, or what is wrong with the files that it names and can't do without: those of `http_client` and
 * `wazuh.api`, without which nothing would get out, of `http.tls`, without which nobody would get in, and an ossec.conf
 * whose alerts are handed over. Secrets of destinations and tokens are no mistake of the config: what needs them waits
 * until they are there.
 */
export async function withNamedFiles(read: ReadConfig): Promise<ReadConfig> {
  if (read.kind !== "loaded") return read;
  const handOver = handOverTrouble(read.ossec);
  if (handOver !== null) {
    const more = read.ossec?.reading.conf.problems.slice(1) ?? [];
    return { kind: "refused", errors: [read.locate(handOver), ...more], text: read.text };
  }
  const settings = wayToApi(read.config);
  const { ca, cert, key, proof } = settings;
  // What is in AWS may be away for now, which is no mistake of the config.
  const shown = key !== null && "aws" in key ? { ...settings, cert: null, key: null } : settings;
  const isOut = ca !== null || cert !== null || key !== null || (proof?.ca ?? null) !== null;
  const out = isOut ? await readTlsFiles(shown, openOwnSecrets(systemClock, read.config.aws)) : null;
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

/**
 * With a spool, a custom-jira block in an ossec.conf that never was read is told by nobody: integratord's script leaves
 * its alerts to a Riposte that is alive, and this one would not know who is to hear of them.
 */
function handOverTrouble(ossec: OssecPart | null): Problem | null {
  if (ossec === null || ossec.reading.jiraScript !== "hands_over" || ossec.reading.conf.conf !== null) return null;
  const { path, found } = ossec.reading.conf;
  const why = found.startsWith(UNREADABLE) ? found.slice(UNREADABLE.length) : "is broken as it stands. Mend it";
  const says = `${path} ${why}. Alerts that custom-jira hands over would be told to nobody; while Riposte does not run, that script tells of them itself`;
  return { path: ["ossec_conf"], at: "value", says };
}

const UNREADABLE = "unreadable: ";
