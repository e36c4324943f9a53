// What of a Wazuh there is on this machine that a first config can begin with.
import { X509Certificate } from "node:crypto";
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { connectors } from "../../connectors/index.ts";
import { readPlainFile } from "../../ports/plain-file.ts";
import { readBlocks } from "../ossec/blocks.ts";
import { readIntegrations } from "../ossec/read-files.ts";

export interface FoundWazuh {
  readonly home: string;
  readonly alerts: { readonly path: string; readonly trouble: string | null };
  /** Null: there is no ossec.conf that can be read. */
  readonly ossecConf: { readonly path: string; readonly blocks: number } | null;
  /** Null: this machine has no API of a manager. */
  readonly api: { readonly url: string; readonly fingerprint: string | null } | null;
}

const API_PORT = 55_000;
const FILE_BYTES_MOST = 1_048_576;

/** Looks at files only: asks nobody. */
export function findWazuh(home: string): FoundWazuh {
  const alerts = join(home, "logs/alerts/alerts.json");
  const conf = join(home, "etc/ossec.conf");
  return {
    home,
    alerts: { path: alerts, trouble: troubleWith(alerts) },
    ossecConf: existsSync(conf) ? blocksIn(conf) : null,
    api: apiIn(join(home, "api/configuration")),
  };
}

function troubleWith(path: string): string | null {
  try {
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    const { code = "failed" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return "is not there";
    return `can't be read (${code}). Run this as a user who may, such as a member of the group wazuh`;
  }
}

function blocksIn(path: string): FoundWazuh["ossecConf"] {
  const conf = readIntegrations(path, "alone", null);
  if (conf.conf === null) return null;
  const none = { path: "", found: "missing", conf: null, problems: [] };
  const reading = { conf, takenOver: none, jiraScript: "another", lastCopy: null, names: [] } as const;
  return { path, blocks: readBlocks(reading, connectors, () => []).blocks.length };
}

/** Its certificate is one that it signed itself, as long as nobody gave it another. */
function apiIn(folder: string): FoundWazuh["api"] {
  if (!existsSync(folder)) return null;
  const settings = textOf(join(folder, "api.yaml"));
  const port = Number(/^port:\s*(\d{1,5})\s*$/m.exec(settings ?? "")?.[1] ?? API_PORT);
  return { url: `https://127.0.0.1:${port}`, fingerprint: fingerprintOf(join(folder, "ssl/server.crt")) };
}

function fingerprintOf(path: string): string | null {
  const pem = textOf(path);
  if (pem === null) return null;
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  const read = readPlainFile(path, FILE_BYTES_MOST);
  return read.kind === "bytes" ? Buffer.from(read.bytes).toString("utf8") : null;
}
