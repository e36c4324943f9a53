import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Figure, Findings, Goal, Setting } from "./bench.ts";
import { runScript } from "./children.ts";
import type { EnqueueAnswer } from "./enqueue-side.ts";
import { grouped, interleave, median, medianRatio, spread } from "./rounds.ts";
import { NO_SLOW_DISK, slowDisk, SLOW_SYNC_MS } from "./slow-disk.ts";

/** The store alone: nothing is read, matched, decided or delivered. */
export const enqueue: Bench = {
  name: "enqueue",
  about: "alerts written down for good, each with an incident and work of its own",
  run: measure,
};

const BATCHES = [100, 1_000] as const;

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const alerts = quick ? 5_000 : 30_000;
  const slow = await slowDisk(folder);

  async function rateOf(how: "store" | "bare", batch: number, env: Readonly<Record<string, string>>): Promise<number> {
    const place = join(folder, "run");
    mkdirSync(place);
    const { tookMs } = await runScript<EnqueueAnswer>(
      "enqueue-side.ts",
      [how, place, `${batch}`, `${alerts / batch}`],
      env,
    );
    rmSync(place, { recursive: true });
    return (alerts / tookMs) * 1000;
  }

  const measured: { batch: number; disk: string; store: readonly number[]; bare: readonly number[] }[] = [];
  for (const batch of BATCHES) {
    for (const [disk, env] of [["", {}], ...(slow === undefined ? [] : [[SLOWLY, slow] as const])] as const) {
      const sides = { store: () => rateOf("store", batch, env), bare: () => rateOf("bare", batch, env) };
      measured.push({ batch, disk, ...(await interleave(rounds, sides)) });
    }
  }

  return {
    correct: [
      `each of ${grouped(alerts)} alerts has its ledger row, body, incident, moment and work, and is there when the database is opened again`,
    ],
    goals: measured.flatMap(({ batch, disk, store }): Goal[] =>
      disk === SLOWLY && batch === 100
        ? [
            {
              what: `alerts a second in batches of ${batch}${disk}`,
              reached: median(store),
              bound: { kind: "at_least", value: 10_000 },
              unit: "/s",
            },
          ]
        : [],
    ),
    figures: measured.flatMap(({ batch, disk, store, bare }): Figure[] => [
      { what: `alerts/s in batches of ${grouped(batch)}${disk}`, value: spread(store) },
      { what: `the same of a bare queue: a row for the alert, one for the job${disk}`, value: spread(bare) },
      { what: "ours, of the bare queue's", value: `${(100 * medianRatio(store, bare)).toFixed(0)} %` },
    ]),
    notes: [
      "synchronous=FULL; five rows an alert, and the bookmark and the counters with each batch",
      ...(slow === undefined ? [NO_SLOW_DISK] : []),
    ],
  };
}

const SLOWLY = `, with ${SLOW_SYNC_MS} ms more for each sync`;
