import { appendFileSync, closeSync, copyFileSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mustEqual, type Bench, type Findings, type Setting } from "./bench.ts";
import { alertsFile, HIGH_LEVEL, linesFrom, type AlertsFile } from "./generate.ts";
import { deadUrl } from "./nowhere.ts";
import { megabytes, residentBytes, type ResidentBytes } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";
import { grouped, median, spread } from "./rounds.ts";

/** What a full queue costs: it is on the disk, so memory must not grow with it. */
export const memory: Bench = {
  name: "memory",
  about: "reading on at 2 % kept while a destination is down and its deliveries wait",
  run: measure,
};

interface Round {
  /** While every line was kept, to fill the queue. */
  readonly filled: ResidentBytes;
  /** At 2 % kept, with the queue full; then with none at all. */
  readonly waiting: ResidentBytes;
  readonly alone: ResidentBytes;
  readonly works: number;
}

async function measure({ quick, rounds, folder }: Setting): Promise<Findings> {
  const queue = alertsFile({ bytes: quick ? 1.7e7 : 1.7e8, seed: 3 });
  const backlog = alertsFile({ bytes: quick ? 3e7 : 1e8, seed: 1 });
  const sinkUrl = await deadUrl();
  const done: Round[] = [];
  for (let round = 0; round < rounds; round += 1) done.push(await fillAndReadOn(join(folder, `${round}`)));

  async function fillAndReadOn(place: string): Promise<Round> {
    mkdirSync(dirname(alertsPath(place)), { recursive: true });
    copyFileSync(queue.path, alertsPath(place));
    const filling = await RiposteProcess.start({ folder: place, sinkUrl, minLevel: 0 });
    await filling.untilCounters(({ read }) => read === queue.lines, 120_000);
    const filled = residentBytes(filling.pid);
    await filling.stop();

    appendFile(alertsPath(place), backlog);
    const { resident: waiting, works } = await readBacklog(place, queue.lines);
    rmSync(place, { recursive: true });

    mkdirSync(dirname(alertsPath(place)), { recursive: true });
    copyFileSync(backlog.path, alertsPath(place));
    const { resident: alone } = await readBacklog(place, 0);
    rmSync(place, { recursive: true });
    return { filled, waiting, alone, works };
  }

  async function readBacklog(place: string, before: number): Promise<{ resident: ResidentBytes; works: number }> {
    const engine = await RiposteProcess.start({ folder: place, sinkUrl, minLevel: HIGH_LEVEL });
    const { work } = await engine.untilCounters(({ read }) => read === before + backlog.lines, 120_000);
    mustEqual("deliveries that wait", work, before + linesFrom(backlog, HIGH_LEVEL));
    // Through a few rounds of failed calls and a few of the collector.
    await delay(quick ? 2_000 : 5_000);
    const resident = residentBytes(engine.pid);
    await engine.stop();
    return { resident, works: work };
  }

  const peaks = (of: "filled" | "waiting" | "alone"): number[] => done.map((round) => megabytes(round[of].peak));
  const works = done[0]?.works ?? 0;
  return {
    correct: [`${grouped(works)} deliveries waited, as many as alerts were kept`],
    goals: [
      {
        what: `most resident memory with ${grouped(works)} deliveries waiting, 2 % kept`,
        reached: median(peaks("waiting")),
        bound: { kind: "at_most", value: 160 },
        unit: "MB",
      },
    ],
    figures: [
      { what: "peak resident MB with the queue full, 2 % kept", value: spread(peaks("waiting")) },
      {
        what: "resident MB after it, at the end of the file",
        value: spread(done.map(({ waiting }) => megabytes(waiting.now))),
      },
      { what: "of that not a file's pages", value: spread(done.map(({ waiting }) => megabytes(waiting.anonymous))) },
      { what: "peak resident MB with the queue empty at first, 2 % kept", value: spread(peaks("alone")) },
      { what: "peak resident MB while every line was kept, to fill the queue", value: spread(peaks("filled")) },
    ],
    notes: [
      `queue of ${grouped(queue.lines)} alerts, then ${grouped(backlog.lines)} lines read on top of it; nobody listens where the destination is`,
      "a megabyte is a million bytes; the peak is the kernel's own mark, from the start of the process",
    ],
  };
}

function appendFile(path: string, from: AlertsFile): void {
  const source = openSync(from.path, "r");
  const chunk = Buffer.alloc(2 ** 20);
  for (let got = readSync(source, chunk); got > 0; got = readSync(source, chunk)) {
    appendFileSync(path, chunk.subarray(0, got));
  }
  closeSync(source);
}
