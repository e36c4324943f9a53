import { hold } from "../checks.ts";
import type { Rows, SourceCounts } from "../rows.ts";
import { SENDER } from "./forward-server.ts";
import { FORWARDED_RULE } from "./node-files.ts";
import type { SimForwarder } from "./sim-forwarder.ts";

/** 1: every alert that the node wrote is kept once, however often its forwarder and its server died. */
export function checkForwarder(rows: Rows, forwarder: SimForwarder): void {
  const { written } = forwarder.node;
  const wanted = written.filter(({ isWanted }) => isWanted);
  const missing = forwarder.missing();
  hold(1, missing === undefined && forwarder.isDone, () => `the forwarder never sent ${missing ?? "its last word"}`);
  const alerts = rows.all<{ native_id: string; stamp: string }>(
    "SELECT native_id, stamp FROM alert WHERE rule_id = ?",
    FORWARDED_RULE,
  );
  const kept = new Set(alerts.map(({ native_id: id, stamp }) => `${id} ${stamp}`));
  const lost = wanted.find(({ identity }) => !kept.has(identity));
  hold(1, lost === undefined, () => `the alert ${lost?.identity} was answered for, and is nowhere`);
  const [source] = rows.all<SourceCounts>("SELECT * FROM source WHERE name = ?", `forwarders/${SENDER}`);
  // What was taken or refused and not answered for is read once more.
  const isRight =
    (source?.kept ?? 0) === wanted.length &&
    alerts.length === wanted.length &&
    (source?.read ?? 0) >= written.length &&
    (source?.malformed ?? 0) === 0;
  hold(
    1,
    isRight,
    () => `${wanted.length} alerts in ${written.length} lines, and ${JSON.stringify(source)} is counted`,
  );
}
