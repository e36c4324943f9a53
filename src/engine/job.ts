import type { Instant } from "../core/time.ts";
import type { Lost, Step } from "../connectors/connector.ts";

/** What a worker is to do. That it is about to be done is committed. */
export interface Job {
  /** Of the setup under which it was planned: its destination may have changed since. */
  readonly generation: number;
  readonly destination: string;
  readonly incident: number;
  /** The row that its outcome goes to. */
  readonly attempt: number;
  readonly what:
    | {
        readonly kind: "call";
        readonly step: Step;
        readonly repeat: boolean;
        /** When what it tells of happened, by the manager's clock; null: it tells of nothing that an alert brought. */
        readonly alertAt: Instant | null;
      }
    /** Look for the step of an earlier call whose answer never came. */
    | { readonly kind: "look"; readonly lost: Lost }
    /** Look whether a step that was done again is there twice. */
    | { readonly kind: "sweep"; readonly lost: Lost; readonly step: number };
}
