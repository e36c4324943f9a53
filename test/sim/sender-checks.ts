import { hold } from "./checks.ts";
import type { Rows, SourceCounts } from "./rows.ts";
import { SENT_RULE, type SimSender } from "./sim-sender.ts";

/** 1: every alert that was sent is kept once, however often it was sent, and all was answered in the end. */
export function checkSender(rows: Rows, { written, left, lines, answered }: SimSender): void {
  hold(1, left === 0 && answered === lines, () => `of ${lines} lines ${left} were never answered for`);
  const alerts = rows.all<{ native_id: string; stamp: string }>(
    "SELECT native_id, stamp FROM alert WHERE rule_id = ?",
    SENT_RULE,
  );
  const kept = new Set(alerts.map(({ native_id: id, stamp }) => `${id} ${stamp}`));
  const lost = [...written].find((identity) => !kept.has(identity));
  hold(1, lost === undefined, () => `the alert ${lost} was sent and answered for, and is nowhere`);
  const [source] = rows.all<SourceCounts>("SELECT * FROM source WHERE name = 'forwarders/worker-1'");
  // What was taken and not answered for is read once more.
  const isRight =
    (source?.kept ?? 0) === written.size && (source?.read ?? 0) >= lines && (source?.malformed ?? 0) === 0;
  hold(
    1,
    isRight,
    () => `${written.size} alerts were sent in ${lines} lines, and ${JSON.stringify(source)} is counted`,
  );
}
