import { HOUR_MS } from "../../core/time.ts";

/** What somebody asks for about one incident, by a press or by words. */
export type Asked =
  | { readonly kind: "acknowledge" }
  | { readonly kind: "resolve"; readonly note: string | null }
  | { readonly kind: "false_positive"; readonly note: string | null }
  | { readonly kind: "silence"; readonly span: SilenceSpan }
  | { readonly kind: "lift_silence" }
  | AskedTick
  /** For whoever asks. */
  | { readonly kind: "take" }
  /** Null: nobody. */
  | { readonly kind: "assign"; readonly to: string | null };

export interface AskedTick {
  readonly kind: "tick";
  /** From 1. */
  readonly step: number;
  readonly isDone: boolean;
  /** Of the step that was shown; null: by its number alone. */
  readonly print: string | null;
}

/** For how long an incident can be silenced there. */
export type SilenceSpan = "1h" | "4h" | "24h" | "until-resolved";

export const SILENCE_SPANS: Readonly<Record<SilenceSpan, { readonly ms: number | null; readonly label: string }>> = {
  "1h": { ms: HOUR_MS, label: "Silence for 1 hour" },
  "4h": { ms: 4 * HOUR_MS, label: "Silence for 4 hours" },
  "24h": { ms: 24 * HOUR_MS, label: "Silence for 24 hours" },
  "until-resolved": { ms: null, label: "Silence until resolved" },
};

/** Null: not one of them. */
export function readSpan(text: string): SilenceSpan | null {
  return (Object.keys(SILENCE_SPANS) as SilenceSpan[]).find((span) => span === text) ?? null;
}
