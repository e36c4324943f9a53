import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { mustEqual } from "./bench.ts";
import type { AlertsFile } from "./generate.ts";
import { deadUrl } from "./nowhere.ts";
import { residentBytes } from "./process-facts.ts";
import { alertsPath, RiposteProcess } from "./riposte-process.ts";

/** Resident bytes with every alert of a file waiting for a destination where nobody listens. */
export interface QueuedMemory {
  readonly filling: number;
  readonly restarted: number;
}

export async function queuedMemory(queue: AlertsFile, folder: string): Promise<QueuedMemory> {
  const place = join(folder, "queued");
  mkdirSync(dirname(alertsPath(place)), { recursive: true });
  copyFileSync(queue.path, alertsPath(place));
  const setup = { folder: place, sinkUrl: await deadUrl(), minLevel: 0 };
  const resident: number[] = [];
  for (const _start of ["filling", "restarted"]) {
    const engine = await RiposteProcess.start(setup);
    const { work } = await engine.untilCounters(({ read }) => read === queue.lines, 120_000);
    mustEqual("deliveries that wait", work, queue.lines);
    await delay(2_000);
    resident.push(residentBytes(engine.pid).now);
    await engine.stop();
  }
  rmSync(place, { recursive: true });
  const [filling = 0, restarted = 0] = resident;
  return { filling, restarted };
}
