import { SECOND_MS } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";
import type { Unpack } from "../ports/unpack.ts";
import type { LineJudge } from "./line-judge.ts";
import type { Accept } from "./source.ts";
import type { TailEvent } from "./tail-event.ts";
import type { TailStart } from "./tail-first-place.ts";
import type { LineLimits } from "./tail-lines.ts";
import type { PartingOptions } from "./tail-parting.ts";
import type { StretchLimits } from "./tail-stretch.ts";
import type { WakeupLimits } from "./tail-wakeups.ts";

export interface TailOptions {
  readonly name: string;
  /** The short name that Wazuh moves from file to file, `…/alerts/alerts.json`. */
  readonly path: string;
  readonly start: TailStart;
  readonly files: Files;
  readonly unpack: Unpack;
  readonly clock: Clock;
  readonly accept: Accept;
  readonly judge: LineJudge;
  readonly observe?: (event: TailEvent) => void;
  readonly limits?: Partial<TailLimits>;
}

export interface TailLimits extends LineLimits, StretchLimits, WakeupLimits, Pick<PartingOptions, "leaveMs"> {
  /** Progress without anything to keep is stored this often, or when `inputBytes` of it have come together. */
  readonly progressMs: number;
}

const MIB = 1_024 * 1_024;

export const TAIL_LIMITS: TailLimits = {
  chunkBytes: MIB,
  lineBytes: 4 * MIB,
  parsedATurn: 256,
  alerts: 1_000,
  alertBytes: MIB,
  inputBytes: 8 * MIB,
  busyLookMs: 250,
  idleLookMs: SECOND_MS,
  progressMs: SECOND_MS,
  leaveMs: 250,
};
