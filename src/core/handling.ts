import { digestOf } from "./digest.ts";
import type { PlaybookStep } from "./playbook.ts";
import type { Instant } from "./time.ts";

/**
 * What people have done about an incident beside its state. What counts changes is how a press tells whether it was
 * made for what is there now: one that is repeated later finds another number.
 */
export interface Handling {
  /** Who has it; absent: nobody. */
  readonly assignee?: string;
  readonly assigneeChanges?: number;
  /** How often somebody silenced it, or lifted that. */
  readonly silenceChanges?: number;
  /** Of the playbook's steps those that anybody ticked off, in their order. */
  readonly ticks?: readonly Tick[];
}

export interface Tick {
  /** From 1. */
  readonly step: number;
  /** Of the step as it stood in the playbook then. */
  readonly print: string;
  readonly isDone: boolean;
  readonly changes: number;
  readonly by: string;
  readonly at: Instant;
}

/** As it is once the incident is back: nobody has it and no step is done, and no earlier press counts for it. */
export function handledAnew(handling: Handling): Handling {
  const { assignee: _, ticks, ...counts } = handling;
  return { ...counts, ...(ticks !== undefined && { ticks: ticks.map((tick) => ({ ...tick, isDone: false })) }) };
}

/** Tells whether a step still says the same; before anything of an alert is put in. */
export function printOf(step: PlaybookStep): string {
  return digestOf(JSON.stringify(step)).slice(0, 8);
}

/** How it stands with a step that says this; of another step in its place nothing is known. */
export function tickOf({ ticks = [] }: Handling, step: number, print: string): Tick | undefined {
  return ticks.find((tick) => tick.step === step && tick.print === print);
}
