import type { Change } from "../../core/change.ts";
import type { MomentKind } from "../../core/moments.ts";
import { digestedFor } from "../../core/digest-event.ts";
import { massedPolicy } from "../../core/mass-event.ts";
import { DAY_MS, type Instant } from "../../core/time.ts";
import type { Job } from "../../engine/job.ts";

export interface DestinationTally {
  /** Calls by the connector's word for them: post, create, edit. */
  readonly actions: Map<string, number>;
  /** By day, counted from the epoch. */
  readonly days: Map<number, number>;
  longestWaitMs: number;
}

/** What came of the alerts: counted as it is committed and as it is told. */
export class OutcomeTally {
  readonly moments = new Map<MomentKind, number>();
  /** Incidents that somebody would have seen, by the day on which they opened. */
  readonly openedDays = new Map<number, number>();
  readonly destinations = new Map<string, DestinationTally>();
  /** Incidents by policy and by rule of their first alert. */
  readonly policies = new Map<string, number>();
  readonly rules = new Map<string, number>();
  /** Mass events, and how many incidents each is told for. */
  readonly masses = new Map<number, number>();
  readonly digests = new Set<number>();
  /** How often an incident was put into one. */
  digested = 0;
  #incidents = 0;
  #notDrawn = 0;

  constructor(destinations: readonly string[]) {
    for (const name of destinations) {
      this.destinations.set(name, { actions: new Map(), days: new Map(), longestWaitMs: 0 });
    }
  }

  /** Without mass events and digests. */
  get incidents(): number {
    return this.#incidents - this.masses.size - this.digests.size;
  }
  /** Messages that a connector could not make. */
  get notDrawn(): number {
    return this.#notDrawn;
  }

  told({ destination, what }: Job, at: Instant): void {
    const tally = this.destinations.get(destination);
    if (tally === undefined || what.kind !== "call") return;
    count(tally.actions, what.step.action);
    count(tally.days, dayOf(at));
  }

  committed(changes: readonly Change[], at: Instant): void {
    for (const change of changes) {
      switch (change.table) {
        case "incident":
          if (change.row.id <= this.#incidents) break;
          this.#incidents = change.row.id;
          if (massedPolicy(change.row.policy) !== null) {
            this.masses.set(change.row.id, 0);
            break;
          }
          if (digestedFor(change.row.policy) !== null) {
            this.digests.add(change.row.id);
            break;
          }
          count(this.policies, change.row.policy);
          count(this.rules, change.row.ruleId);
          break;
        case "mass":
          this.masses.set(change.row.incident, change.row.members);
          break;
        case "moment":
          // It stands for incidents that are counted themselves.
          if (this.masses.has(change.row.incident) || this.digests.has(change.row.incident)) break;
          count(this.moments, change.row.kind);
          if (change.row.kind === "opened") count(this.openedDays, dayOf(at));
          break;
        case "work": {
          const { destination, state, sinceAt } = change.row;
          const tally = this.destinations.get(destination);
          if (state === "dead") this.#notDrawn += 1;
          if (state === "sending" && tally !== undefined) {
            tally.longestWaitMs = Math.max(tally.longestWaitMs, at - sinceAt);
          }
          break;
        }
        case "told_in":
          this.digested += 1;
          break;
        case "response":
        case "respond_stop":
        case "sighting":
        case "sightings_before":
        case "counters":
        case "source":
        case "alert":
        case "body":
        case "quarantine":
        case "work_done":
        case "told_in_gone":
        case "silence":
        case "silence_gone":
        case "receipt":
        case "attempt":
        case "lane":
        case "action":
        case "surge":
        case "window":
        case "window_gone":
        case "window_book":
        case "window_filled":
        case "reminder":
        case "reminder_done":
        case "digest":
        case "agent":
        case "agent_gone":
        case "fleet":
        case "audit":
        case "seal":
        case "retention":
        case "gone":
          break;
      }
    }
  }
}

function dayOf(at: Instant): number {
  return Math.floor(at / DAY_MS);
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
