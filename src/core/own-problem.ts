import { MINUTE_MS } from "./time.ts";

export const KINDS = [
  "dead_letters",
  "failing",
  "source_trouble",
  "source_quiet",
  "node_silent",
  "disk",
  "secret",
  "storm",
  "unsent",
  "door",
  "window_keys",
  "warm_up",
] as const;

/** Something that Riposte can't do for its users, or soon won't be able to. */
export interface Problem {
  readonly kind: (typeof KINDS)[number];
  /** What it is about: a destination, a source, a node, a path. */
  readonly about: string;
  /** The destination that must not be the one to tell of it. */
  readonly destination: string | null;
  readonly level: number;
  readonly title: string;
  /** What, where, what next. */
  readonly says: string;
  /** Where what it says grows: it is said again when this changes. */
  readonly version?: string;
}

/** Trouble that ends by itself within this is nobody's business. */
export const PATIENCE_MS = 5 * MINUTE_MS;
