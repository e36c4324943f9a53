import { loadConfig, type Loaded } from "../config/load.ts";
import { readConfigFile } from "../config/read-file.ts";
import { connectors } from "../connectors/index.ts";

export type ReadConfig =
  /** `text` is the file as it was read. */
  (Loaded & { readonly text: string }) | { readonly kind: "unreadable"; readonly says: string; readonly text: null };

/** The config with every kind of destination that this program has, or what is wrong with it. */
export function readConfig(path: string): ReadConfig {
  const read = readConfigFile(path);
  if (read.kind === "unreadable") return { ...read, text: null };
  return { ...loadConfig(read.text, path, connectors), text: read.text };
}
