import { keyOfAction } from "../../core/action.ts";
import type { Change } from "../../core/change.ts";
import { digestedFor } from "../../core/digest-event.ts";
import { isUnresolved, type Incident } from "../../core/incident.ts";
import { massedPolicy } from "../../core/mass-event.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../../core/time.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import type { DestinationSettings } from "../../connectors/connector.ts";
import { openDestinations } from "../../connectors/destinations.ts";
import type { Job } from "../../engine/job.ts";
import { Writer } from "../../engine/writer.ts";
import { readStoredLine } from "../../sources/stored-line.ts";
import type { Store } from "../../store/store.ts";
import type { Batch } from "./batches.ts";
import { DueTimes } from "./due-times.ts";
import { EventClock } from "./event-clock.ts";

export interface RehearsalOptions {
  readonly store: Store;
  readonly snapshot: Snapshot;
  readonly destinations: readonly DestinationSettings[];
  /** An alert dated later than this is dated wrongly. */
  readonly latestAt: Instant;
  readonly told: (job: Job, at: Instant) => void;
  readonly committed: (changes: readonly Change[], at: Instant) => void;
}

const SOURCE = "replay";
/** So far ahead of all before it an alert is only believed if the next one does not take it back. */
const LEAP_MS = HOUR_MS;
/** How long after the last alert what waits for its turn is still told. */
const AFTER_MS = HOUR_MS;

/**
 * The real Writer over a store that is thrown away, in the time of the alerts, with destinations that take whatever
 * they are told. Between two alerts everything happens that would have happened: timers fire, paces end.
 */
export class Rehearsal {
  readonly #options: RehearsalOptions;
  readonly #clock = new EventClock();
  readonly #due = new DueTimes();
  readonly #writer: Writer;
  /** Work that waits for its turn, as `incident destination`. */
  readonly #waiting = new Set<string>();
  #jobs: Job[] = [];
  #trouble: { readonly error: unknown } | null = null;
  #duplicates = 0;
  /** Alerts that came more than a leap after one that happened later. */
  #lateAlerts = 0;
  readonly #unresolvedIds = new Set<number>();

  constructor(options: RehearsalOptions) {
    this.#options = options;
    const { store } = options;
    const snapshot = keepsAll(options.snapshot);
    this.#writer = new Writer({
      store,
      clock: this.#clock,
      random: () => 0.5,
      snapshot,
      openDestinations,
      readFacts: readStoredLine,
      // Nobody else is there to wait for: one thing leads to the next until all is quiet.
      soon: (turn) => queueMicrotask(turn),
      committed: (changes) => this.#note(changes),
      troubled: (error) => (this.#trouble ??= { error }),
    });
  }

  get duplicates(): number {
    return this.#duplicates;
  }
  get lateAlerts(): number {
    return this.#lateAlerts;
  }
  get unresolved(): number {
    return this.#unresolvedIds.size;
  }
  /** Messages that had not had their turn when the time was over. */
  get waiting(): number {
    return this.#waiting.size;
  }
  get now(): Instant {
    return this.#clock.now();
  }

  async begin(): Promise<void> {
    const { destinations } = this.#options;
    const snapshot = keepsAll(this.#options.snapshot);
    await this.#writer.follow({ generation: 1, snapshot, destinations });
    await this.#writer.work((jobs) => this.#jobs.push(...jobs));
  }

  async take(batch: Batch): Promise<void> {
    const at = this.#believable(batch);
    if (at < this.now - LEAP_MS) this.#lateAlerts += batch.alerts.length;
    await this.#goTo(at, this.#due);
    const { counts } = await this.#writer.submit({
      kind: "accept",
      source: SOURCE,
      cursor: '{"v":1}',
      read: batch.alerts.length,
      ignored: 0,
      malformed: 0,
      quarantine: [],
      alerts: batch.alerts,
      watermarkAt: this.now,
    });
    this.#duplicates += counts?.duplicate ?? 0;
    await this.#settle();
  }

  /** Time goes on without alerts. */
  async moveTo(at: Instant): Promise<void> {
    if (at > this.now) await this.#goTo(at, this.#due);
  }

  /** Time goes on to the last line, and then for as long as something waits for its turn. */
  async end(endAt: Instant | null): Promise<void> {
    if (endAt !== null && endAt <= this.#options.latestAt) await this.#goTo(endAt, this.#due);
    // An incident that ends after the last line is not known to end then.
    await this.#goTo(this.now + AFTER_MS, new DueTimes());
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }

  #believable({ at, nextAt }: Batch): Instant {
    const { latestAt } = this.#options;
    const isTakenBack = at > this.now + LEAP_MS && nextAt !== null && nextAt < at - LEAP_MS;
    const believed = isTakenBack ? nextAt : at;
    return believed > latestAt ? this.now : believed;
  }

  /** Lets happen, in order, what falls due until then. Wake-ups matter only while something waits to be told. */
  async #goTo(at: Instant, due: DueTimes): Promise<void> {
    for (;;) {
      const wakeAt = this.#waiting.size === 0 ? null : this.#clock.nextAt();
      const dueAt = due.next();
      const nextAt = Math.min(wakeAt ?? Infinity, dueAt ?? Infinity);
      if (nextAt > at) break;
      this.#clock.moveTo(nextAt);
      if (dueAt !== null && dueAt <= this.now) await this.#tick();
      else this.#clock.fire();
      await this.#settle();
    }
    this.#clock.moveTo(at);
  }

  async #tick(): Promise<void> {
    const now = this.now;
    let more: boolean | undefined = true;
    while (more === true) ({ more } = await this.#writer.submit({ kind: "tick", now, watermarks: {} }));
  }

  /** Until nothing is left to do before time goes on. */
  async #settle(): Promise<void> {
    for (;;) {
      // All that one thing led to has happened in microtasks when an immediate runs.
      if (this.#waiting.size > 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.#trouble !== null) throw this.#trouble.error;
      const jobs = this.#jobs;
      if (jobs.length === 0) return;
      this.#jobs = [];
      await Promise.all(jobs.map((job) => this.#arrive(job)));
    }
  }

  async #arrive(job: Job): Promise<void> {
    const { destination, incident, attempt, what } = job;
    switch (what.kind) {
      case "call": {
        this.#options.told(job, this.now);
        const remote = { anchor: `replay-${attempt}`, url: null };
        const outcome = { kind: "done", remote, evidence: "replayed" } as const;
        await this.#writer.submit({ kind: "settle", destination, incident, attempt, outcome });
        return;
      }
      case "look":
      case "sweep":
        throw new Error(`${destination} takes everything at once, and yet somebody looks whether it did`);
    }
  }

  #note(changes: readonly Change[]): void {
    for (const change of changes) {
      switch (change.table) {
        case "incident":
          this.#due.set(`incident ${change.row.id}`, change.row.dueAt);
          if (isUnresolved(change.row) && !standsForMany(change.row)) this.#unresolvedIds.add(change.row.id);
          else this.#unresolvedIds.delete(change.row.id);
          break;
        case "window":
          // Up to its end something may still count in it.
          this.#due.set(`window ${change.row.policy}\n${change.row.key}`, change.row.dueAt + 1);
          break;
        case "window_gone":
          this.#due.set(`window ${change.policy}\n${change.key}`, null);
          break;
        case "action":
          this.#due.set(`action ${keyOfAction(change.row)} ${change.row.beganAt}`, change.row.dueAt);
          break;
        case "work": {
          const { incident, destination, state, reason } = change.row;
          const isToldElsewhere = state === "listed" && (reason === "collapsed" || reason === "digested");
          const waits = state !== "dead" && state !== "hushed" && !isToldElsewhere;
          if (!waits) this.#waiting.delete(`${incident} ${destination}`);
          else this.#waiting.add(`${incident} ${destination}`);
          break;
        }
        case "work_done":
          this.#waiting.delete(`${change.incident} ${change.destination}`);
          break;
        case "reminder":
          this.#due.set(`reminder ${change.row.incident} ${change.row.kind}`, change.row.dueAt);
          break;
        case "reminder_done":
          this.#due.set(`reminder ${change.incident} ${change.kind}`, null);
          break;
        case "surge":
        case "mass":
        case "window_book":
        case "window_filled":
        case "digest":
        case "told_in":
        case "response":
        case "respond_stop":
        case "sighting":
        case "sightings_before":
        case "told_in_gone":
        case "counters":
        case "source":
        case "alert":
        case "body":
        case "quarantine":
        case "moment":
        case "receipt":
        case "attempt":
        case "lane":
        case "silence":
        case "silence_gone":
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
    this.#options.committed(changes, this.now);
  }
}

function standsForMany({ policy }: Incident): boolean {
  return massedPolicy(policy) !== null || digestedFor(policy) !== null;
}

/** Managers' clocks differ from ours by less. */
export const AHEAD_MS = DAY_MS;

/** What was made of the alerts is counted at the end, however long they took. */
function keepsAll(snapshot: Snapshot): Snapshot {
  return Object.fromEntries(Object.entries(snapshot).filter(([name]) => name !== "keep")) as unknown as Snapshot;
}
