import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** What makes integratord read its file again. */
export function restartCommand(conf: string): string {
  const beside = join(dirname(dirname(conf)), "bin", "wazuh-control");
  return `${existsSync(beside) ? beside : "/var/ossec/bin/wazuh-control"} restart`;
}
