import { createScrubber } from "../observe/scrub.ts";

/** Knows every secret that this process has looked up, for whatever it says in its log and before it ends. */
export const overheard = createScrubber();
