import { MINUTE_MS } from "../../src/core/time.ts";
import { between, type Chance } from "./chance.ts";
import type { World } from "./world.ts";

const DOWN_MOST_MS = 8 * MINUTE_MS;
/** Now and then long enough for a hold to end in the backlog. */
const LONG_DOWNTIMES = 0.1;
/** Of the long ones: Wazuh goes on to several other files meanwhile, and packs what is of the days before. */
const DOWN_FOR_DAYS = 0.5;

/** The time between a death and the next life, and what the manager does in it. */
export function stayDown(world: World, chance: Chance, boot: () => void): void {
  const { time, workload } = world;
  const isLong = chance() < LONG_DOWNTIMES;
  const downMs = isLong ? between(chance, MINUTE_MS, DOWN_MOST_MS) : between(chance, 50, 30_000);
  if (isLong && chance() < DOWN_FOR_DAYS) {
    const files = between(chance, 2, 6);
    time.after(between(chance, 0, downMs / 2), () => workload.goThroughFiles(files));
  }
  const { rotations, packed } = workload;
  time.after(downMs, () => {
    if (workload.rotations > rotations + 1) world.reach("several rotations while down");
    if (workload.packed > packed) world.reach("packed while down");
    boot();
  });
}
