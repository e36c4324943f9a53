// How much room V8 gives to what is new. It doubles the room whenever much of what is new survives, as nearly all does
// of the code that is loaded at the start; and it never gives it back. Held small until everything is loaded, this
// spares about 12 MB for the life of the process and costs no speed (bench: memory and deliver). The flag is read
// each time the room could grow, so that it works in a process that runs (V8, NewSpace::Grow); the flag for the most
// that it may be is read when a thread starts, which for this one was before us.
import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/**
 * Left alone it grows to 134 MB, at 2,000 alerts a second within three minutes. With a quarter of that an alert takes
 * 1 % more processor time, with an eighth 3 %. The Writer's thread has a limit of its own (engine/writer-client.ts).
 */
const ENOUGH_BYTES = 32 * 1_048_576;

export function keepYoungSpaceSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** From now on what is new is mostly soon forgotten: room for it spares the collector work, until there is enough. */
export function letYoungSpaceGrow(): void {
  setFlagsFromString("--semi-space-growth-factor=2");
  // It grows in a collection only, by one step.
  const watch = new PerformanceObserver(() => {
    if (youngSpaceBytes() < ENOUGH_BYTES) return;
    watch.disconnect();
    keepYoungSpaceSmall();
  });
  watch.observe({ entryTypes: ["gc"] });
}

function youngSpaceBytes(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === "new_space")?.space_size ?? 0;
}
