import type { Snapshot } from "../../src/core/snapshot.ts";
import { hold, lastBrought } from "./checks.ts";
import { isDead, receiptsAt, type Rows } from "./rows.ts";
import type { ScriptRun } from "./sim-scripts.ts";

export const SCRIPT = "siren";

/** 3 and 5 where a script is run: each step has come to pass, whoever ran it again was told so, and one run at a time. */
export function checkScript(rows: Rows, snapshot: Snapshot, runs: readonly ScriptRun[]): void {
  const { concurrency = 0 } = snapshot.destinations[SCRIPT] ?? {};
  const crowd = runs.find(({ inFlight }) => inFlight > concurrency);
  hold(5, crowd === undefined, () => `${crowd?.inFlight} runs of the script at once; ${concurrency} may be`);
  const byMark = Map.groupBy(runs, ({ mark }) => mark);
  for (const [mark, ours] of byMark) {
    ours.forEach((run, i) => {
      const before = ours.slice(0, i);
      const blind = run.isLabelled ? undefined : before.find(({ hasSent }) => hasSent);
      hold(3, blind === undefined, () => `${mark} was run again at ${run.beganAt}, which was not told that it may be`);
      const still = before.find(({ endedAt }) => endedAt === null || endedAt > run.beganAt);
      hold(
        3,
        still === undefined,
        () => `${mark} was run at ${run.beganAt} while the run of ${still?.beganAt} went on`,
      );
    });
  }
  for (const { incident, steps } of receiptsAt(rows, snapshot, SCRIPT)) {
    for (let step = 1; step <= steps; step += 1) {
      const [, ours = []] = [...byMark].find(([mark]) => mark.endsWith(`-${incident}-${SCRIPT}-${step}`)) ?? [];
      hold(
        6,
        ours.some(({ hasSent }) => hasSent),
        () => `step ${step} of #${incident} never came to the script`,
      );
    }
  }
  const short = receiptsAt(rows, snapshot, SCRIPT).find(
    ({ incident, moments_told: told }) => told < lastBrought(rows, incident) && !isDead(rows, incident, SCRIPT),
  );
  hold(
    2,
    short === undefined,
    () => `the script was run for ${short?.moments_told} moments of #${short?.incident} alone`,
  );
}
