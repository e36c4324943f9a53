import { loadConfig, type Loaded } from "../config/load.ts";
import { readConfigFile } from "../config/read-file.ts";
import { connectors } from "../connectors/index.ts";

/** The config with every kind of destination that this program has, or what is wrong with it. */
export function readConfig(path: string): Loaded | { readonly kind: "unreadable"; readonly says: string } {
  const read = readConfigFile(path);
  return read.kind === "unreadable" ? read : loadConfig(read.text, path, connectors);
}
