import { MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { SpoolFolder } from "../ports/spool-folder.ts";
import type { LineJudge } from "./line-judge.ts";
import type { Accept } from "./source.ts";
import type { SpoolEvent } from "./spool-event.ts";
import type { LineLimits } from "./tail-lines.ts";
import { TAIL_LIMITS } from "./tail-options.ts";
import type { StretchLimits } from "./tail-stretch.ts";

export interface SpoolOptions {
  readonly name: string;
  readonly folder: SpoolFolder;
  /** Whose files are taken, beside root's and Riposte's own; null: those of the directory's owner. */
  readonly owner: number | null;
  /** Riposte's own user; null where there are no such numbers. */
  readonly ownId: number | null;
  readonly clock: Clock;
  readonly accept: Accept;
  readonly judge: LineJudge;
  readonly observe?: (event: SpoolEvent) => void;
  readonly limits?: Partial<SpoolLimits>;
}

export interface SpoolLimits extends LineLimits, StretchLimits {
  /** Names held at a time, however many there are. */
  readonly names: number;
  /** Files taken before others have their turn, and before what was read is handed over. */
  readonly filesATurn: number;
  readonly filesAStretch: number;
  /** A larger file is not read. */
  readonly fileBytes: number;
  readonly lookMs: number;
  /** What hands alerts over believes in a sign of life for two minutes. */
  readonly aliveMs: number;
  /** A part that was written so long ago was left by someone who died, and is taken as it is. */
  readonly leftBehindMs: number;
  /** What can't be read or deleted is tried again so often, and names are read so often, whatever the directory says. */
  readonly againMs: number;
}

export const SPOOL_LIMITS: SpoolLimits = {
  ...TAIL_LIMITS,
  chunkBytes: 64 * 1_024,
  names: 4_096,
  filesATurn: 32,
  filesAStretch: 256,
  fileBytes: 64 * 1_024 * 1_024,
  lookMs: SECOND_MS,
  aliveMs: 10 * SECOND_MS,
  leftBehindMs: 10 * MINUTE_MS,
  againMs: 30 * SECOND_MS,
};
