import type { Config } from "../config/schema.ts";
import { systemClock } from "../ports/clock.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";
import { examineIndexer } from "../wazuh/indexer/examine.ts";
import { IndexerKeeper } from "./indexer-keeper.ts";
import type { DoctorReport } from "./jira-doctor.ts";

/** Examines the indexers that the config reads, by the names of their sources. */
export async function examineIndexers(config: Config): Promise<readonly DoctorReport[]> {
  const clock = systemClock;
  const indexers = new IndexerKeeper({ clock, secrets: openOwnSecrets(clock, config.aws), troubled: () => {} });
  try {
    const reports: DoctorReport[] = [];
    for (const source of config.sources) {
      if (source.from !== "indexer") continue;
      const findings = await examineIndexer(indexers.of(source, config.httpClient), source.index, clock);
      reports.push({ destination: source.name, findings });
    }
    return reports;
  } finally {
    await indexers.close();
  }
}
