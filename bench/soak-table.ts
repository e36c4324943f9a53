// What a soak has shown, and whether that is as it must be.
import { grouped, median } from "./rounds.ts";

/** The state of things at one moment; counts are from the start. */
export interface Sample {
  readonly atMs: number;
  readonly lines: number;
  readonly wanted: number;
  readonly delivered: number;
  readonly residentBytes: number;
  /** Deliveries that wait. */
  readonly waiting: number;
  /** How long one alert took from its line to its arrival; null: it came too late to be asked for. */
  readonly lagMs: number | null;
}

/** By the manager that wrote, the engine and the receiver. */
export interface Ledger {
  readonly lines: number;
  readonly wanted: number;
  readonly read: number;
  readonly ignored: number;
  readonly malformed: number;
  readonly duplicate: number;
  readonly kept: number;
  readonly waiting: number;
  readonly delivered: number;
}

/** Memory that grows by more from the second quarter to the last one is no warm-up. */
const GROWTH_PERCENT = 10;

const HEAD =
  "quarter, minutes, alerts, kept, delivered, MB min, MB median, MB max, lag ms median, lag ms max, waiting max";

export function soakTable(samples: readonly Sample[]): string {
  const rows = quartersOf(samples).map((quarter, n) => {
    const [first, last] = [samples[quarter.from], quarter.samples.at(-1)];
    const resident = quarter.samples.map(({ residentBytes }) => residentBytes / 1e6);
    const lags = quarter.samples.flatMap(({ lagMs }) => lagMs ?? []);
    const grew = (of: "lines" | "wanted" | "delivered"): string => grouped((last?.[of] ?? 0) - (first?.[of] ?? 0));
    return [
      `${n + 1}`,
      (((last?.atMs ?? 0) - (first?.atMs ?? 0)) / 60_000).toFixed(1),
      grew("lines"),
      grew("wanted"),
      grew("delivered"),
      grouped(Math.min(...resident)),
      grouped(median(resident)),
      grouped(Math.max(...resident)),
      lags.length === 0 ? "-" : grouped(median(lags)),
      lags.length === 0 ? "-" : grouped(Math.max(...lags)),
      grouped(Math.max(...quarter.samples.map(({ waiting }) => waiting))),
    ];
  });
  const head = HEAD.split(", ");
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"--|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** What is not as it must be, a sentence each. */
export function soakTroubles(samples: readonly Sample[], ledger: Ledger): readonly string[] {
  return [...memoryTroubles(samples), ...ledgerTroubles(ledger)];
}

export function growthPercent(samples: readonly Sample[]): number {
  const [, second, , last] = quartersOf(samples).map((quarter) =>
    median(quarter.samples.map(({ residentBytes }) => residentBytes)),
  );
  return (100 * (last ?? Number.NaN)) / (second ?? Number.NaN) - 100;
}

function memoryTroubles(samples: readonly Sample[]): string[] {
  const percent = growthPercent(samples);
  if (percent <= GROWTH_PERCENT) return [];
  return [
    `resident memory grew by ${percent.toFixed(1)} % from the second quarter to the last: more than ${GROWTH_PERCENT} %`,
  ];
}

function ledgerTroubles(ledger: Ledger): string[] {
  const { lines, wanted, read, ignored, malformed, duplicate, kept, waiting, delivered } = ledger;
  const troubles = [
    { is: read, expected: lines, says: "lines read, of those written" },
    {
      is: ignored + malformed + duplicate + kept,
      expected: read,
      says: "lines of which is known what became, of those read",
    },
    { is: kept, expected: wanted, says: "alerts kept, of those wanted" },
    { is: waiting, expected: 0, says: "deliveries that still wait" },
    { is: delivered, expected: wanted, says: "different alerts that arrived, of those wanted" },
  ];
  return troubles
    .filter(({ is, expected }) => is !== expected)
    .map(({ is, expected, says }) => `${says}: ${grouped(is)} where ${grouped(expected)} were expected`);
}

function quartersOf(samples: readonly Sample[]): { readonly from: number; readonly samples: readonly Sample[] }[] {
  const end = samples.length - 1;
  const bounds = [0, 1, 2, 3, 4].map((quarter) => Math.round((end * quarter) / 4));
  return bounds
    .slice(1)
    .map((to, n) => ({ from: bounds[n] ?? 0, samples: samples.slice((bounds[n] ?? 0) + 1, to + 1) }));
}
