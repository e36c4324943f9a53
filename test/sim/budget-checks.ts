import type { Snapshot } from "../../src/core/snapshot.ts";
import { hold } from "./checks.ts";
import type { Rows } from "./rows.ts";

/**
 * 5: no more is told anew than the budget allows. A budget's time begins with the first that uses it, so that any
 * stretch as long as that meets two of them at most. Who is critical, or whom a person asked for, goes past it.
 */
export function checkBudgets(rows: Rows, snapshot: Snapshot): void {
  for (const { name, budget } of Object.values(snapshot.destinations)) {
    if (budget === null) continue;
    const firsts = rows.all<{ incident: number; at: number }>(
      `SELECT incident, min(began_at) AS at FROM attempt WHERE destination = ? AND step = 1
         AND EXISTS (SELECT 1 FROM incident WHERE id = attempt.incident AND severity <> 'critical' AND policy NOT LIKE 'riposte:%')
         AND NOT EXISTS (SELECT 1 FROM audit WHERE what = 'retry_work' AND about = '#' || attempt.incident || ' ' || ?)
       GROUP BY incident ORDER BY at`,
      name,
      name,
    );
    firsts.forEach(({ at }, n) => {
      const before = firsts[n - 2 * budget.max];
      const tooMany = before !== undefined && at - before.at < budget.perMs;
      hold(5, !tooMany, () => `${2 * budget.max + 1} incidents were told anew at ${name} in ${at - before!.at} ms`);
    });
  }
}
