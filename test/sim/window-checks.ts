import type { Snapshot } from "../../src/core/snapshot.ts";
import { hold } from "./checks.ts";
import type { Rows } from "./rows.ts";

/** 9: windows are counted right, and the ledger leads from each alert that filled one to the incident that it filled. */
export function checkWindows(rows: Rows, snapshot: Snapshot): void {
  const books = rows.all<{ policy: string; live: number }>("SELECT policy, live FROM window_book");
  for (const { policy, live } of books) {
    const there = rows.count("SELECT count(*) AS n FROM live_window WHERE policy = ?", policy);
    hold(9, live === there, () => `${policy} has ${there} live windows, and counts ${live}`);
    const most = snapshot.policies[policy]?.window?.keysMost ?? 0;
    hold(9, live <= most, () => `${policy} has ${live} live windows, and may have ${most}`);
  }
  const filled = rows.all<{ policy: string; n: number; incident: number; from_at: number }>(
    "SELECT policy, n, incident, from_at FROM window_filled",
  );
  const counted = rows.all<{ at: number; incidents: string }>(
    "SELECT at, incidents FROM alert WHERE incidents LIKE '%windows%'",
  );
  const alerts = counted.flatMap(({ at, incidents }) => {
    const { windows } = JSON.parse(incidents) as { windows: readonly { policy: string; n: number }[] };
    return windows.map(({ policy, n }) => ({ at, policy, n }));
  });
  for (const { policy, n, incident, from_at: fromAt } of filled) {
    const of = alerts.filter((alert) => alert.policy === policy && alert.n === n && alert.at >= fromAt).length;
    const has = rows.count("SELECT count AS n FROM incident WHERE id = ? AND policy = ?", incident, policy);
    hold(9, of >= 2 && of <= has, () => `the ledger leads from ${of} alerts to #${incident}, which has ${has}`);
  }
}
