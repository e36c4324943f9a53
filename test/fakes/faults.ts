/** What may go wrong between a client and a vendor, as data: the simulator applies it, and `serve.ts` does so on real sockets. */
export type Fault =
  | { readonly kind: "refused" }
  | { readonly kind: "dns" }
  | { readonly kind: "tls" }
  | { readonly kind: "reset-before-commit" }
  | { readonly kind: "reset-after-commit" }
  | { readonly kind: "timeout-not-done" }
  | { readonly kind: "timeout-done" }
  /** The client gives up, perhaps looks and finds nothing, and only then the vendor does it. */
  | { readonly kind: "late-commit"; readonly delayMs: number }
  | { readonly kind: "status-429"; readonly retryAfterSeconds: number | null }
  /** `done`: the vendor did it and failed afterwards, which no client can tell from the other case. */
  | { readonly kind: "status-500"; readonly done: boolean }
  | { readonly kind: "status-503"; readonly done: boolean; readonly retryAfterSeconds: number | null }
  | { readonly kind: "garbage"; readonly body: string }
  | { readonly kind: "slow"; readonly delayMs: number };

export type FaultKind = Fault["kind"];

export const faultKinds = [
  "refused",
  "dns",
  "tls",
  "reset-before-commit",
  "reset-after-commit",
  "timeout-not-done",
  "timeout-done",
  "late-commit",
  "status-429",
  "status-500",
  "status-503",
  "garbage",
  "slow",
] as const satisfies readonly FaultKind[];

/** Relative, not adding up to anything in particular; `none` is the weight of a call that goes well. */
export type FaultWeights = Readonly<{ none: number } & Partial<Record<FaultKind, number>>>;

export interface FaultRanges {
  /** From the start of the call; to commit after the look it must reach past the client's deadline and settle time. */
  readonly lateCommitMs: readonly [number, number];
  /** Below the client's deadline, or it is a time-out. */
  readonly slowMs: readonly [number, number];
  readonly retryAfterSeconds: readonly [number, number];
}

export const usualFaultRanges: FaultRanges = {
  lateCommitMs: [1_000, 180_000],
  slowMs: [50, 3_000],
  retryAfterSeconds: [1, 60],
};

const garbageBodies = ["<html><body>502 Bad Gateway</body></html>", "", '{"id":', "\u0000\u0001\ufffd", "[]"];

/**
 * Always takes three numbers from the stream, whatever comes of them: changing one weight then leaves every later
 * decision of the same seed where it was.
 */
export function planFault(
  random: () => number,
  weights: FaultWeights,
  ranges: FaultRanges = usualFaultRanges,
): Fault | null {
  const which = random();
  const size = random();
  const variant = random();
  const kind = pickKind(which, weights);
  return kind === null ? null : faultOf(kind, size, variant, ranges);
}

/** Whether the vendor carries the call out, and when: what a checker compares the client's belief with. */
export function commitOf(fault: Fault | null): "never" | "now" | "late" {
  if (fault === null) return "now";
  switch (fault.kind) {
    case "refused":
    case "dns":
    case "tls":
    case "reset-before-commit":
    case "timeout-not-done":
    case "status-429":
      return "never";
    case "reset-after-commit":
    case "timeout-done":
    case "garbage":
    case "slow":
      return "now";
    case "late-commit":
      return "late";
    case "status-500":
    case "status-503":
      return fault.done ? "now" : "never";
  }
}

function pickKind(which: number, weights: FaultWeights): FaultKind | null {
  const total = faultKinds.reduce((sum, kind) => sum + (weights[kind] ?? 0), weights.none);
  let left = which * total - weights.none;
  if (left < 0) return null;
  for (const kind of faultKinds) {
    left -= weights[kind] ?? 0;
    if (left < 0) return kind;
  }
  // Rounding can leave a hair at the very end of the line.
  return null;
}

function faultOf(kind: FaultKind, size: number, variant: number, ranges: FaultRanges): Fault {
  switch (kind) {
    case "refused":
    case "dns":
    case "tls":
    case "reset-before-commit":
    case "reset-after-commit":
    case "timeout-not-done":
    case "timeout-done":
      return { kind };
    case "late-commit":
      return { kind, delayMs: within(ranges.lateCommitMs, size) };
    case "status-429":
      return { kind, retryAfterSeconds: retryAfter(ranges, size, variant) };
    case "status-500":
      return { kind, done: variant < 0.5 };
    case "status-503":
      // The two halves of `variant` each hold both answers to "with Retry-After?".
      return { kind, done: variant < 0.5, retryAfterSeconds: retryAfter(ranges, size, (variant * 2) % 1) };
    case "garbage":
      return { kind, body: garbageBodies[Math.floor(size * garbageBodies.length)] ?? "" };
    case "slow":
      return { kind, delayMs: within(ranges.slowMs, size) };
  }
}

function retryAfter(ranges: FaultRanges, size: number, variant: number): number | null {
  return variant < 0.5 ? within(ranges.retryAfterSeconds, size) : null;
}

function within([least, most]: readonly [number, number], share: number): number {
  return least + Math.floor(share * (most - least + 1));
}
