import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ALERTMANAGER_ID_KEY, AlertmanagerProcess } from "./alertmanager-process.ts";
import { backlogOf, catchUp, lostToKill } from "./backlog.ts";
import type { Bench, Findings, Setting } from "./bench.ts";
import { alertsFile } from "./generate.ts";
import { findProgram, notInstalled } from "./peers.ts";
import { cpuMs, megabytes, residentBytes } from "./process-facts.ts";
import { queuedMemory, type QueuedMemory } from "./queued.ts";
import { grouped, interleave, medianRatio, spread } from "./rounds.ts";
import { SinkProcess } from "./sink-process.ts";

/** The nearest thing that many already run: groups alerts in memory and tells receivers. */
export const alertmanager: Bench = {
  name: "alertmanager",
  about: "alerts delivered one by one, against Alertmanager with a group for each alert and no wait",
  run: measure,
};

const CONNECTIONS = 128;
const SEED = 6;
/** Alertmanager writes its log of notifications every 15 minutes, so what it would send again it would send soon. */
const AFTER_RESTART_MS = 5_000;

interface Delivered {
  readonly rate: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const backlog = backlogOf(alertsFile({ bytes: quick ? 3.4e7 : 6e7, seed: SEED }), 0);
  const alerts = backlog.ids.size;
  const queue = alertsFile({ bytes: quick ? 1.7e7 : 1.7e8, seed: 3 });
  const program = findProgram("prometheus-alertmanager", "alertmanager");
  const sink = await SinkProcess.start();
  const theirSink = await SinkProcess.start({ idKey: ALERTMANAGER_ID_KEY });
  const place = join(folder, "alertmanager");

  async function ours(): Promise<Delivered> {
    const run = await catchUp(backlog, sink, { folder, concurrency: CONNECTIONS });
    return {
      rate: (alerts / run.fromFirstMs) * 1000,
      cpuMs: (run.cpuMs - run.startCpuMs) / alerts,
      peakBytes: run.peakBytes,
    };
  }

  async function theirs(own: string): Promise<Delivered> {
    await theirSink.forget();
    const peer = await startPeer(own, "...", "0s");
    const startCpuMs = cpuMs(peer.pid);
    await peer.post(alerts, SEED);
    const { firstAtMs, lastAtMs } = await theirSink.arrived(alerts, 120_000);
    const delivered = {
      rate: (alerts / (lastAtMs - firstAtMs)) * 1000,
      cpuMs: (cpuMs(peer.pid) - startCpuMs) / alerts,
      peakBytes: residentBytes(peer.pid).peak,
    };
    await peer.kill();
    rmSync(place, { recursive: true });
    return delivered;
  }

  async function theirLost(own: string): Promise<number> {
    await theirSink.forget();
    const peer = await startPeer(own, "...", "0s");
    // It takes them several times as fast as it delivers them.
    await peer.post(alerts, SEED);
    await theirSink.arrived(Math.floor(alerts / 2), 120_000);
    await peer.kill();
    const again = await startPeer(own, "...", "0s");
    await delay(AFTER_RESTART_MS);
    await again.kill();
    rmSync(place, { recursive: true });
    return alerts - (await theirSink.state()).alerts;
  }

  /** With so many alerts that it has not told anyone of yet. */
  async function theirMemory(own: string, groupBy: string): Promise<number> {
    const peer = await startPeer(own, groupBy, "30m");
    await peer.post(queue.lines, 3);
    await delay(2_000);
    const { now } = residentBytes(peer.pid);
    await peer.kill();
    rmSync(place, { recursive: true });
    return now;
  }

  function startPeer(own: string, groupBy: string, groupWait: string): Promise<AlertmanagerProcess> {
    return AlertmanagerProcess.start({ program: own, folder: place, sinkUrl: theirSink.url, groupBy, groupWait });
  }

  const runs = await interleave(rounds, {
    ours,
    theirs: async () => (program === undefined ? null : await theirs(program)),
  });
  const { lost, repeats } = await lostToKill(backlog, sink, { folder, concurrency: CONNECTIONS });
  const memory: QueuedMemory = await queuedMemory(queue, folder);
  const peer =
    program === undefined
      ? undefined
      : {
          lost: await theirLost(program),
          fewGroups: await theirMemory(program, "alertname"),
          manyGroups: await theirMemory(program, "..."),
        };
  sink.stop();
  theirSink.stop();

  const of = (what: keyof Delivered): number[] => runs.ours.map((run) => run[what]);
  const peerRuns = runs.theirs.filter((run) => run !== null);
  const peerOf = (what: keyof Delivered): number[] => peerRuns.map((run) => run[what]);
  const queued = grouped(queue.lines);
  const ourFigures = [
    { what: "ours: deliveries/s, stored for good", value: spread(of("rate")) },
    { what: "ours: processor ms a delivered alert, without the start", value: spread(of("cpuMs"), 3) },
    { what: "ours: peak resident MB", value: spread(of("peakBytes").map(megabytes)) },
    { what: "ours: of all alerts lost to kill -9 halfway", value: `${lost}; ${repeats} came again` },
    {
      what: `ours: resident MB with ${queued} queued, in the process that took them`,
      value: megabytes(memory.filling).toFixed(0),
    },
    { what: `ours: resident MB with ${queued} queued, after a restart`, value: megabytes(memory.restarted).toFixed(0) },
  ];
  const correct = [
    `ours delivered each of ${grouped(alerts)} alerts a round, once`,
    `ours lost ${lost} alerts to kill -9`,
  ];
  if (peer === undefined)
    return {
      correct,
      goals: [],
      figures: ourFigures,
      notes: [notInstalled("Alertmanager", "prometheus-alertmanager")],
    };
  return {
    correct: [...correct, `Alertmanager delivered each of ${grouped(alerts)} alerts a round`],
    goals: [
      {
        what: "deliveries a second, of Alertmanager's",
        reached: medianRatio(of("rate"), peerOf("rate")),
        bound: { kind: "at_least", value: 2 },
        unit: "times",
      },
      {
        what: "processor time a delivered alert, Alertmanager's of ours",
        reached: medianRatio(peerOf("cpuMs"), of("cpuMs")),
        bound: { kind: "at_least", value: 3 },
        unit: "times",
      },
    ],
    figures: [
      ...ourFigures,
      { what: "Alertmanager: deliveries/s, nothing stored", value: spread(peerOf("rate")) },
      { what: "Alertmanager: processor ms a delivered alert, without the start", value: spread(peerOf("cpuMs"), 3) },
      { what: "Alertmanager: peak resident MB", value: spread(peerOf("peakBytes").map(megabytes)) },
      { what: "Alertmanager: of all alerts lost to kill -9 halfway", value: grouped(peer.lost) },
      {
        what: `Alertmanager: resident MB with ${queued} active, grouped by rule`,
        value: megabytes(peer.fewGroups).toFixed(0),
      },
      {
        what: `Alertmanager: resident MB with ${queued} active, a group each`,
        value: megabytes(peer.manyGroups).toFixed(0),
      },
    ],
    notes: [
      `${grouped(alerts)} alerts, timed from the first call to the last at the same kind of sink; ours over ${CONNECTIONS} connections`,
      "Alertmanager is handed its alerts a hundred a call by a process of its own; ours reads, stores and groups them from a file",
      "whoever sends to Alertmanager sends again what is active: what it lost to kill -9 would come back from there, not from it",
    ],
  };
}
