// Whether everything that had to arrive did, once, and the engine's own books say the same.
import { readFileSync } from "node:fs";
import { mustEqual, mustHold } from "./bench.ts";
import type { AlertsFile } from "./generate.ts";
import type { Counters, RiposteProcess } from "./riposte-process.ts";
import type { SinkProcess } from "./sink-process.ts";

/** The ids of all alerts of a level and above, read from the file by nobody's code but JSON.parse. */
export function idsIn(file: AlertsFile, minLevel: number): ReadonlySet<string> {
  const ids = new Set<string>();
  const bytes = readFileSync(file.path);
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start);
    const alert = JSON.parse(bytes.toString("utf8", start, end)) as { id: string; rule: { level: number } };
    if (alert.rule.level >= minLevel) ids.add(alert.id);
    start = end + 1;
  }
  return ids;
}

/** Waits until every call is also written down, and fails where anything is not as it must be. */
export async function mustBeDelivered(
  engine: RiposteProcess,
  sink: SinkProcess,
  expected: { readonly ids: ReadonlySet<string>; readonly lines: number },
): Promise<readonly string[]> {
  const counters = await engine.untilCounters(({ read, work }) => read === expected.lines && work === 0, 20_000);
  const { calls, strange } = await sink.state();
  const arrivals = await sink.arrivals();
  const missing = [...expected.ids].filter((id) => !arrivals.has(id));
  return [
    mustEqual("wanted alerts that did not arrive", missing.length, 0),
    mustEqual("different alerts that arrived", arrivals.size, expected.ids.size),
    mustEqual("calls: each alert came once", calls, expected.ids.size),
    mustEqual("calls without an alert's id", strange, 0),
    mustAddUp(counters, expected.ids.size),
  ];
}

function mustAddUp({ read, ignored, malformed, duplicate, kept }: Counters, expectedKept: number): string {
  const sum = `read ${read} = ignored ${ignored} + malformed ${malformed} + duplicate ${duplicate} + kept ${kept}`;
  mustEqual("alerts kept by the engine's books", kept, expectedKept);
  return mustHold(read === ignored + malformed + duplicate + kept, sum);
}
