// Turns what the engine tells of into lines and numbers.
import type { RetentionRow } from "../core/change.ts";
import type { Moment } from "../core/moments.ts";
import type { Look, Outcome } from "../core/outcome.ts";
import { DAY_MS } from "../core/time.ts";
import type { Work } from "../core/work.ts";
import {
  deadLetter,
  delivered,
  incidentMoved,
  looked,
  outcomeUnknown,
  putOff,
  refusedForGood,
  repeated,
  retentionGoesOn,
  swept,
  workerFailed,
  type SettledCall,
} from "./events.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export interface WorkerEvents {
  settled(call: SettledCall, outcome: Outcome): void;
  looked(about: { destination: string; incident: number }, look: Look): void;
  swept(about: { destination: string; incident: number; twins: number }, look: Look): void;
  failed(about: { destination: string }, error: unknown): void;
}

export function workerObserver(log: Log, metrics: Metrics): WorkerEvents {
  return {
    settled(call, outcome) {
      metrics.settled(call, outcome);
      switch (outcome.kind) {
        case "done":
          return call.repeat ? repeated(log, call) : delivered(log, call);
        case "later":
          return putOff(log, call, outcome);
        case "never":
          return refusedForGood(log, call, outcome);
        case "unknown":
          return outcomeUnknown(log, call, outcome);
      }
    },
    looked(about, look) {
      metrics.looked(about.destination, look);
      looked(log, about, look);
    },
    swept(about, look) {
      metrics.swept(about, look);
      swept(log, about, look);
    },
    failed(about, error) {
      metrics.workerFailed(about.destination);
      workerFailed(log, about, error);
    },
  };
}

/** What was committed, as far as people care. */
export interface Committed {
  readonly moments: readonly Moment[];
  /** Work that nothing will bring further without a person. */
  readonly deadLetters?: readonly Work[];
  /** Where some of what is over was taken away. */
  readonly retention?: RetentionRow;
}

/** A dead letter is written again whenever its incident changes; it is told once, as long as so many are remembered. */
const REMEMBERED = 10_000;

export function commitObserver(log: Log, metrics: Metrics): (news: Committed) => void {
  const told = new Set<string>();
  let saidAt: number | null = null;
  return ({ moments, deadLetters = [], retention }) => {
    if (retention !== undefined && (saidAt === null || retention.at - saidAt >= DAY_MS)) {
      saidAt = retention.at;
      retentionGoesOn(log, retention);
    }
    for (const moment of moments) {
      metrics.moment(moment.kind);
      incidentMoved(log, moment);
    }
    for (const work of deadLetters) {
      // Who drops something knows it, and the audit has it.
      if (work.reason === "dropped_by_person") continue;
      const letter = `${work.incident} ${work.destination} ${work.sinceAt}`;
      if (told.has(letter)) continue;
      if (told.size >= REMEMBERED) told.clear();
      told.add(letter);
      metrics.deadLetter(work.destination, work.reason ?? "none");
      deadLetter(log, work);
    }
  };
}
