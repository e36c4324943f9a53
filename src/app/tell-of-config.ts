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

export interface TellOfConfig {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "configFileRefused">;
  readonly configPath: string;
  readonly keep: (text: string) => void;
}

/** What becomes of the config's file, for the log and the metrics; one that works is kept. */
export function tellOfConfig({ log, metrics, configPath, keep }: TellOfConfig): ConfigTeller {
  return {
    applied(_, text) {
      metrics.configFileRefused(false);
      keep(text);
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

/** Without a copy Riposte runs as well; only a restart could not fall back on it. */
export function keepConfig(log: Log, folder: string, text: string): void {
  try {
    keepLastGood(folder, text);
  } catch (error) {
    configNotKept(log, error);
  }
}
