import {
  configNotApplied,
  configNotKept,
  configRefused,
  configWaits,
  ossecProblems,
  playbooksTroubled,
} from "../observe/events.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { ConfigTeller } from "./config-keeper.ts";
import { keepLastGood } from "./last-good.ts";
import { keepNames } from "./ossec/kept-names.ts";
import type { OssecPart } from "./read-config.ts";

export interface TellOfConfig {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "configFileRefused">;
  readonly configPath: string;
  readonly keep: (text: string, ossec: OssecPart | null) => void;
}

/** What becomes of the config's file, for the log and the metrics; one that works is kept. */
export function tellOfConfig({ log, metrics, configPath, keep }: TellOfConfig): ConfigTeller {
  return {
    applied(_, text, ossec) {
      metrics.configFileRefused(false);
      keep(text, ossec);
    },
    refused(lines) {
      metrics.configFileRefused(true);
      configRefused(log, { config: configPath, mistakes: lines });
    },
    failed: (error) => configNotApplied(log, error),
    waitsForRestart: (keys) => configWaits(log, { keys }),
    playbooks: (lines) => playbooksTroubled(log, { playbooks: lines }),
    ossecProblems: (lines) => ossecProblems(log, { problems: lines }),
  };
}

/** Without a copy Riposte runs as well; only a restart could not fall back on it. A null text is not kept. */
export function keepConfig(log: Log, folder: string, text: string | null, ossec: OssecPart | null): void {
  try {
    if (ossec !== null) keepNames(folder, ossec.names);
    if (text !== null) keepLastGood(folder, text);
  } catch (error) {
    configNotKept(log, error);
  }
}
