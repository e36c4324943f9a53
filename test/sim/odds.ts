import type { FaultWeights } from "../fakes/faults.ts";
import type { CrashPoint } from "./life.ts";

export const DEATH_CHANCE: Readonly<Record<CrashPoint, number>> = {
  before_commit: 0.002,
  after_commit: 0.002,
  before_step: 0.004,
  after_step: 0.004,
  any_time: 0,
};

/** At each call that starts: that another config comes while it is in flight. */
export const RELOAD_CHANCE = 0.05;

export const FAULTS = {
  none: 64,
  refused: 2,
  dns: 1,
  tls: 1,
  "reset-before-commit": 2,
  "reset-after-commit": 2,
  "timeout-not-done": 1,
  "timeout-done": 2,
  "late-commit": 6,
  "status-429": 2,
  "status-500": 1,
  "status-503": 1,
  garbage: 1,
  slow: 2,
} as const satisfies FaultWeights;
