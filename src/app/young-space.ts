// How much room V8 gives to what is new. It doubles the room whenever much of what is new survives, as nearly all does
// of the code that is loaded at the start; and it seldom gives it back. Held small until everything is loaded, this
// spares about 12 MB for the life of the process and costs no speed (bench: memory and deliver). The flag is read
// each time the room could grow, so that it works in a process that runs (V8, NewSpace::Grow). Those for the least and
// the most of it are read when a thread starts: they hold for the Writer's, and come too late for this one.
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/**
 * Left alone it grows to 134 MB, at 2,000 alerts a second within three minutes. With a quarter of that an alert takes
 * 1 % more processor time, with an eighth 3 %.
 */
const ENOUGH_BYTES = 32 * 1_048_576;
/**
 * Of each of the two halves of the Writer's. Left alone they grow to 32. It begins with the least, and V8 never goes
 * below; with 2 for good an alert would take 7 % more processor time than with 8. While this thread has enough the flag
 * lets the Writer's grow no further either; under load it gets there first.
 */
const WRITERS_HALF_MEBIBYTES = { least: 2, most: 8 };

export function keepYoungSpaceSmall(): void {
  growBy(1);
  setFlagsFromString(`--min-semi-space-size=${WRITERS_HALF_MEBIBYTES.least}`);
  setFlagsFromString(`--max-semi-space-size=${WRITERS_HALF_MEBIBYTES.most}`);
}

/** From now on what is new is mostly soon forgotten: room for it spares the collector work, until there is enough. */
export function letYoungSpaceGrow(): void {
  let factor = 2;
  growBy(factor);
  // It grows in a collection only, by one step; and where little happens V8 takes room back.
  new PerformanceObserver(() => {
    const wanted = youngSpaceBytes() < ENOUGH_BYTES ? 2 : 1;
    if (wanted === factor) return;
    factor = wanted;
    growBy(factor);
  }).observe({ entryTypes: ["gc"] });
}

function growBy(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

function youngSpaceBytes(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
}
