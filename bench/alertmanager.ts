import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ALERTMANAGER_ID_KEY, AlertmanagerProcess } from "./alertmanager-process.ts";
import { backlogOf, catchUp, lostToKill } from "./backlog.ts";
import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
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
/** Longer than handing them over takes. */
const BURST_AFTER = "30s";

interface Delivered {
  readonly rate: number;
  /** An alert, without the start. */
  readonly cpuMs: number;
  /** A call, of the sink. */
  readonly sinkCpuMs: number;
  readonly peakBytes: number;
}

interface TheirDelivered extends Delivered {
  /** An alert, of what hands the alerts over. */
  readonly feederCpuMs: number;
  readonly connections: number;
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
    const sinkBeforeMs = cpuMs(sink.pid);
    const run = await catchUp(backlog, sink, { folder, concurrency: CONNECTIONS });
    return {
      rate: (alerts / run.fromFirstMs) * 1000,
      cpuMs: (run.cpuMs - run.startCpuMs) / alerts,
      sinkCpuMs: (cpuMs(sink.pid) - sinkBeforeMs) / alerts,
      peakBytes: run.peakBytes,
    };
  }

  /** As fast as it takes them: what hands them over waits for its answers, so that none are begun that it is too busy for. */
  function theirs(own: string): Promise<TheirDelivered> {
    return deliverAfter(own, "0s", () => Promise.resolve());
  }

  /** All are there before the first is due. */
  function theirBurst(own: string): Promise<TheirDelivered> {
    return deliverAfter(own, BURST_AFTER, async () => {
      mustEqual("alerts that came before all were handed over", (await theirSink.state()).alerts, 0);
    });
  }

  async function deliverAfter(own: string, groupWait: string, posted: () => Promise<void>): Promise<TheirDelivered> {
    await theirSink.forget();
    const peer = await startPeer(own, "...", groupWait);
    const startCpuMs = cpuMs(peer.pid);
    const sinkBeforeMs = cpuMs(theirSink.pid);
    const { cpuMs: feederCpuMs } = await peer.post(alerts, SEED);
    await posted();
    const { firstAtMs, lastAtMs, connections } = await theirSink.arrived(alerts, 120_000);
    const delivered = {
      rate: (alerts / (lastAtMs - firstAtMs)) * 1000,
      cpuMs: (cpuMs(peer.pid) - startCpuMs) / alerts,
      sinkCpuMs: (cpuMs(theirSink.pid) - sinkBeforeMs) / alerts,
      feederCpuMs: feederCpuMs / alerts,
      connections,
      peakBytes: residentBytes(peer.pid).peak,
    };
    await peer.kill();
    rmSync(place, { recursive: true });
    return delivered;
  }

  /** Of those that it said it has: what it is killed half-way through, and has not told of when it is started again. */
  async function theirLost(own: string): Promise<{ readonly taken: number; readonly lost: number }> {
    await theirSink.forget();
    const peer = await startPeer(own, "...", "0s");
    const posting = peer.postUntilGone(alerts, SEED);
    await theirSink.arrived(Math.floor(alerts / 2), 120_000);
    await peer.kill();
    const { taken } = await posting;
    const again = await startPeer(own, "...", "0s");
    await delay(AFTER_RESTART_MS);
    await again.kill();
    rmSync(place, { recursive: true });
    const arrivals = await theirSink.arrivals();
    return { taken: taken.length, lost: taken.filter((id) => !arrivals.has(id)).length };
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
          burst: await theirBurst(program),
          killed: await theirLost(program),
          fewGroups: await theirMemory(program, "alertname"),
          manyGroups: await theirMemory(program, "..."),
        };
  sink.stop();
  theirSink.stop();

  const of = (what: keyof Delivered): number[] => runs.ours.map((run) => run[what]);
  const peerRuns = runs.theirs.filter((run) => run !== null);
  const peerOf = (what: keyof TheirDelivered): number[] => peerRuns.map((run) => run[what]);
  const queued = grouped(queue.lines);
  const ourFigures = [
    { what: "ours: deliveries/s, stored for good", value: spread(of("rate")) },
    { what: "ours: processor ms a delivered alert, without the start", value: spread(of("cpuMs"), 3) },
    {
      what: "ours: cores in use, the engine and the sink",
      value: spread(coresOf(of("rate"), of("cpuMs"), of("sinkCpuMs")), 2),
    },
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
      {
        what: "Alertmanager: cores in use, with the sink and what hands over",
        value: spread(coresOf(peerOf("rate"), peerOf("cpuMs"), peerOf("sinkCpuMs"), peerOf("feederCpuMs")), 2),
      },
      { what: "Alertmanager: connections to the sink", value: spread(peerOf("connections")) },
      {
        what: "Alertmanager: deliveries/s when it has all alerts before the first is due",
        value: grouped(peer.burst.rate),
      },
      {
        what: "Alertmanager: processor ms a delivered alert then, and connections",
        value: `${grouped(peer.burst.cpuMs, 3)}; ${grouped(peer.burst.connections)}`,
      },
      { what: "Alertmanager: peak resident MB", value: spread(peerOf("peakBytes").map(megabytes)) },
      {
        what: "Alertmanager: lost to kill -9 halfway, of those that it had taken",
        value: `${grouped(peer.killed.lost)} of ${grouped(peer.killed.taken)}`,
      },
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
      "Alertmanager is handed its alerts a hundred a call over four connections by a process of its own, which waits for each answer: a pace that suits it better than all at once; ours reads, stores and groups them from a file",
      "one by one: a call for each alert on both sides, over kept connections, as many at once as each side likes",
      "whoever sends to Alertmanager sends again what is active: what it lost to kill -9 would come back from there, not from it",
    ],
  };
}

/** How many of the machine's cores a rate keeps busy. */
function coresOf(rates: readonly number[], ...cpuMsAnAlert: readonly (readonly number[])[]): number[] {
  return rates.map((rate, round) => cpuMsAnAlert.reduce((sum, ms) => sum + ((ms[round] ?? 0) * rate) / 1000, 0));
}
