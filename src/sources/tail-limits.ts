import { SECOND_MS } from "../core/time.ts";
import type { LineLimits } from "./tail-lines.ts";
import type { PartingOptions } from "./tail-parting.ts";
import type { StretchLimits } from "./tail-stretch.ts";
import type { WakeupLimits } from "./tail-wakeups.ts";

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
