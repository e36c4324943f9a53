import { hold } from "./checks.ts";
import type { Rows, SourceCounts } from "./rows.ts";
import { SPOOLED_RULE, type SimSpool } from "./sim-spool.ts";

/** 1: every alert that a script put into the spool is kept once, and what was taken in is taken away. */
export function checkSpool(rows: Rows, { written, left }: SimSpool): void {
  hold(1, left.length === 0, () => `${left.length} files are left in the spool: ${left[0]}`);
  const alerts = rows.all<{ native_id: string; stamp: string }>(
    "SELECT native_id, stamp FROM alert WHERE rule_id = ?",
    SPOOLED_RULE,
  );
  const kept = new Set(alerts.map(({ native_id: id, stamp }) => `${id} ${stamp}`));
  const lost = [...written.keys()].find((identity) => !kept.has(identity));
  hold(1, lost === undefined, () => `the alert ${lost} was in the spool, and is nowhere`);
  const [source] = rows.all<SourceCounts>("SELECT * FROM source WHERE name = 'spool'");
  const files = [...written.values()].reduce((sum, count) => sum + count, 0);
  // Whoever dies between the commit and the taking away reads them once more.
  const isRight =
    (source?.kept ?? 0) === written.size && (source?.read ?? 0) >= files && (source?.malformed ?? 0) === 0;
  hold(
    1,
    isRight,
    () => `${written.size} alerts were in the spool in ${files} files, and ${JSON.stringify(source)} is counted`,
  );
}
