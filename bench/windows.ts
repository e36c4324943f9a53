import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Findings, Setting } from "./bench.ts";
import { runScript } from "./children.ts";
import { megabytes } from "./process-facts.ts";
import { interleave, median, spread } from "./rounds.ts";
import type { WindowsAnswer } from "./windows-side.ts";

const KEYS = 100_000;

/** What it costs to count before anything is opened, where an attacker makes up the keys. */
export const windows: Bench = {
  name: "windows",
  about: "a hundred thousand live keys of one window, and an alert that counts beside one that joins an incident",
  run: measure,
};

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const keys = quick ? KEYS / 10 : KEYS;
  let places = 0;
  const side = (how: "window" | "plain"): Promise<WindowsAnswer> => {
    const place = join(folder, `${(places += 1)}`);
    mkdirSync(place);
    return runScript<WindowsAnswer>("windows-side.ts", [how, place, `${keys}`]);
  };
  const runs = await interleave(rounds, { window: () => side("window"), plain: () => side("plain") });
  const taken = (of: "window" | "plain"): number[] => runs[of].map(({ peakBytes, before }) => peakBytes - before);
  const perKeys = KEYS / keys;
  return {
    correct: ["every key was live when they were counted"],
    goals: [
      {
        what: `memory with ${KEYS} live keys, beyond that of as many alerts without a window`,
        reached: Math.max(0, megabytes(median(taken("window")) - median(taken("plain")))),
        bound: { kind: "at_most", value: 100 },
        unit: "MB",
      },
      {
        what: `database with ${KEYS} live keys and their alerts in the ledger`,
        reached: megabytes(median(runs.window.map(({ databaseBytes }) => databaseBytes)) * perKeys),
        bound: { kind: "at_most", value: 100 },
        unit: "MB",
      },
    ],
    figures: [
      { what: "MB of memory taken with windows", value: spread(taken("window").map(megabytes)) },
      { what: "MB of memory taken without", value: spread(taken("plain").map(megabytes)) },
      {
        what: "µs of processor an alert that begins a key",
        value: spread(
          runs.window.map(({ firstUs }) => firstUs),
          1,
        ),
      },
      {
        what: "µs of processor an alert of a live key",
        value: spread(
          runs.window.map(({ againUs }) => againUs),
          1,
        ),
      },
      {
        what: "µs of processor an alert that joins an incident",
        value: spread(
          runs.plain.map(({ againUs }) => againUs),
          1,
        ),
      },
    ],
    notes: [
      "the Writer with its decisions and SQLite, without sources, matching and disk syncs",
      `${quick ? "a tenth of the keys, the database scaled up" : "all keys"}; turns of 500 alerts`,
    ],
  };
}
