import { hold } from "./checks.ts";
import type { Rows, SourceCounts } from "./rows.ts";
import { INDEXED_RULE, type SimIndexer } from "./sim-indexer.ts";

/** 1: every alert that came to the indexer is kept once, however late it came. */
export function checkIndexer(rows: Rows, { alerts }: SimIndexer): void {
  const wanted = alerts.filter(({ isWanted }) => isWanted);
  const stored = rows.all<{ native_id: string; stamp: string }>(
    "SELECT native_id, stamp FROM alert WHERE rule_id = ?",
    INDEXED_RULE,
  );
  const kept = new Set(stored.map(({ native_id: id, stamp }) => `${id} ${stamp}`));
  const lost = wanted.find(({ identity }) => !kept.has(identity));
  hold(1, lost === undefined, () => `the alert ${lost?.identity} was in the indexer, and is nowhere`);
  const [source] = rows.all<SourceCounts>("SELECT * FROM source WHERE name = 'indexer'");
  const isRight =
    (source?.kept ?? 0) === wanted.length && (source?.read ?? 0) >= alerts.length && (source?.malformed ?? 0) === 0;
  hold(1, isRight, () => `${alerts.length} alerts were in the indexer, and ${JSON.stringify(source)} is counted`);
}
