import { join } from "node:path";
import { backlogOf, catchUp } from "./backlog.ts";
import type { Bench, Figure, Findings, Goal, Setting } from "./bench.ts";
import { alertsFile, HIGH_LEVEL } from "./generate.ts";
import { notInstalled } from "./peers.ts";
import { megabytes } from "./process-facts.ts";
import { grouped, interleave, medianRatio, spread } from "./rounds.ts";
import {
  findRsyslog,
  findSyslogNg,
  ship,
  SHIPPED_ANSWER,
  SHIPPED_ID_KEY,
  type Shipped,
  type Shipper,
} from "./shipper.ts";
import { SinkProcess } from "./sink-process.ts";

/** Log shippers do a part of it, and keep nothing: they read, pick and send. */
export const shippers: Bench = {
  name: "shippers",
  about: "a backlog of which 2 % is kept, against log shippers that pick and send the same alerts",
  run: measure,
};

const CONNECTIONS = 128;

async function measure({ quick, large, rounds, folder }: Setting): Promise<Findings> {
  const backlog = backlogOf(alertsFile({ bytes: large ? 1e9 : quick ? 2e8 : 4e8, seed: 1 }), HIGH_LEVEL);
  const { file, ids } = backlog;
  const [syslogNg, rsyslog] = [findSyslogNg(), findRsyslog()];
  const sink = await SinkProcess.start();
  const shipped = await SinkProcess.start({ idKey: SHIPPED_ID_KEY, answer: SHIPPED_ANSWER });
  const shipBy = async (shipper: Shipper | undefined): Promise<Shipped | null> =>
    shipper === undefined ? null : await ship(shipper, backlog, shipped, join(folder, shipper.name));
  const runs = await interleave(rounds, {
    ours: () => catchUp(backlog, sink, { folder, concurrency: CONNECTIONS }),
    syslogNg: () => shipBy(syslogNg),
    rsyslog: () => shipBy(rsyslog),
  });
  sink.stop();
  shipped.stop();

  const rate = (tookMs: number): number => (file.lines / tookMs) * 1000;
  const ours = {
    fromReady: runs.ours.map(({ fromReadyMs }) => rate(fromReadyMs)),
    fromStart: runs.ours.map(({ fromStartMs }) => rate(fromStartMs)),
  };
  const sides = [
    { name: "syslog-ng", runs: runs.syslogNg.filter((run) => run !== null) },
    { name: "rsyslog", runs: runs.rsyslog.filter((run) => run !== null) },
  ].filter((side) => side.runs.length > 0);
  const rates = (of: readonly Shipped[]): number[] => of.map(({ tookMs }) => rate(tookMs));
  return {
    correct: [
      ...(runs.ours[0]?.correct ?? []),
      ...sides.map(({ name }) => `${name} delivered each of ${ids.size} alerts`),
    ],
    goals: sides
      .filter(({ name }) => name === "syslog-ng")
      .map((side): Goal => ({
        what: `lines a second, of ${side.name}'s`,
        reached: medianRatio(ours.fromReady, rates(side.runs)),
        bound: { kind: "at_least", value: 8 },
        unit: "times",
      })),
    figures: [
      { what: "ours: lines/s from ready to the last delivery", value: spread(ours.fromReady) },
      { what: "ours: lines/s from the start of the process", value: spread(ours.fromStart) },
      {
        what: "ours: deliveries/s from ready",
        value: spread(runs.ours.map(({ fromReadyMs }) => (ids.size / fromReadyMs) * 1000)),
      },
      { what: "ours: processor s", value: spread(runs.ours.map(secondsOf), 2) },
      ...sides.flatMap((side): Figure[] => [
        { what: `${side.name}: lines/s from its start`, value: spread(rates(side.runs)) },
        { what: `${side.name}: processor s`, value: spread(side.runs.map(secondsOf), 2) },
        {
          what: `${side.name}: peak resident MB`,
          value: spread(side.runs.map(({ peakBytes }) => megabytes(peakBytes))),
        },
        {
          what: `ours, of ${side.name}'s rate`,
          value: `${medianRatio(ours.fromReady, rates(side.runs)).toFixed(1)} times; ${medianRatio(ours.fromStart, rates(side.runs)).toFixed(1)} times with our start`,
        },
        {
          what: `processor time, ${side.name}'s of ours`,
          value: `${medianRatio(side.runs.map(secondsOf), runs.ours.map(secondsOf)).toFixed(1)} times, start included`,
        },
      ]),
    ],
    notes: [
      `${grouped(file.lines)} lines, ${grouped(ids.size)} of them delivered, one a call; ours stores what it keeps for good, the shippers nothing`,
      "a shipper is ready within some hundredths of a second, and timed from its start; ours from ready, since an engine is started once in months and this file is read in a second",
      "what ours waits for is its deliveries: each is a call, an incident and five rows, and is stored again when it is answered",
      "how the shippers are set is in bench/shipper.ts",
      ...(syslogNg === undefined ? [notInstalled("syslog-ng", "syslog-ng-core, syslog-ng-mod-http")] : []),
      ...(rsyslog === undefined ? [notInstalled("rsyslog", "rsyslog, rsyslog-elasticsearch")] : []),
    ],
  };
}

function secondsOf({ cpuMs }: { readonly cpuMs: number }): number {
  return cpuMs / 1000;
}
