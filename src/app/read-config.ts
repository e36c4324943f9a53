import { loadConfig, type Loaded } from "../config/load.ts";
import { withPlaybooks } from "../config/playbooks.ts";
import { readConfigFile } from "../config/read-file.ts";
import { connectors } from "../connectors/index.ts";

export type ReadConfig =
  /** `text` is the file as it was read. */
  (Loaded & { readonly text: string }) | { readonly kind: "unreadable"; readonly says: string; readonly text: null };

/**
 * The config with every kind of destination that this program has and the playbooks that it names, or what is wrong
 * with it. `copyOf` is the file of which it is the copy that worked last: its playbooks are beside that one.
 */
export function readConfig(path: string, copyOf: string | null = null): ReadConfig {
  const read = readConfigFile(path);
  if (read.kind === "unreadable") return { ...read, text: null };
  const which = { configPath: copyOf ?? path, isRescue: copyOf !== null };
  return { ...withPlaybooks(loadConfig(read.text, path, connectors), which), text: read.text };
}
