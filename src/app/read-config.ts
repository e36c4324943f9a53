import { loadConfig, type Loaded } from "../config/load.ts";
import { withPlaybooks } from "../config/playbooks.ts";
import { folderOf } from "../config/store.ts";
import { readConfigFile } from "../config/read-file.ts";
import { connectors } from "../connectors/index.ts";
import type { NamedBlock } from "../wazuh/block-names.ts";
import { readSecretNow } from "../secrets/read-now.ts";
import { postersOf } from "./ossec/addresses.ts";
import { type OssecBlock, readBlocks, unheard, withBlocks } from "./ossec/blocks.ts";
import type { UnsentBlock } from "./ossec/unsent.ts";
import { type OssecReading, readOssecFiles } from "./ossec/read-files.ts";

export type ReadConfig =
  /** `text` is the file as it was read. */
  | (Extract<Loaded, { kind: "loaded" }> & { readonly text: string; readonly ossec: OssecPart | null })
  | (Extract<Loaded, { kind: "refused" }> & { readonly text: string })
  | { readonly kind: "unreadable"; readonly says: string; readonly text: null };

/** What came of the blocks of `ossec_conf`; their policies and destinations are in the config. */
export interface OssecPart {
  readonly reading: OssecReading;
  readonly blocks: readonly OssecBlock[];
  readonly unsent: readonly UnsentBlock[];
  readonly names: readonly NamedBlock[];
  /** Also among the warnings. */
  readonly problems: Extract<Loaded, { kind: "loaded" }>["warnings"];
}

/**
 * The config with every kind of destination that this program has, the playbooks that it names and the blocks of the
 * ossec.conf that it names, or what is wrong with it. `copyOf` is the file of which it is the copy that worked last:
 * what is beside a config is beside that one. Of files of integrations, what is bad now counts as it was `earlier`.
 */
export function readConfig(
  path: string,
  copyOf: string | null = null,
  earlier: OssecReading | null = null,
): ReadConfig {
  const read = readConfigFile(path);
  if (read.kind === "unreadable") return { ...read, text: null };
  const { text } = read;
  const configPath = copyOf ?? path;
  const loaded = withPlaybooks(loadConfig(text, path, connectors), { configPath, isRescue: copyOf !== null });
  if (loaded.kind === "refused") return { ...loaded, text };
  const { config, warnings } = loaded;
  if (config.ossecConf === null) return { ...loaded, text, ossec: null };
  const hasSpool = config.sources.some(({ from }) => from === "spool");
  const reading = readOssecFiles({ ...config.ossecConf, hasSpool }, configPath, earlier, folderOf(config));
  const found = readBlocks(reading, connectors, () => postersOf(config, (ref) => readSecretNow(ref, process.env)));
  const problems = [...found.problems, ...unheard(config, found.blocks).map(loaded.locate)];
  return {
    ...loaded,
    text,
    config: withBlocks(config, found, connectors),
    warnings: [...warnings, ...problems],
    ossec: { reading: { ...reading, names: found.names }, ...found, problems },
  };
}

/** Equal only where nothing has changed of the files of integrations. */
export function foundBy(ossec: OssecPart | null): readonly string[] {
  if (ossec === null) return [];
  const { conf, takenOver, jiraScript, lastCopy } = ossec.reading;
  const yields = ossec.blocks.flatMap(({ name, yieldsTo }) => (yieldsTo === null ? [] : [`${name} ${yieldsTo}`]));
  return [conf.path, conf.found, takenOver.path, takenOver.found, jiraScript, lastCopy?.path ?? "", ...yields];
}
