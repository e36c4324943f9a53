import type { Change } from "../core/change.ts";
import { hushOf, type HushAsked, type Hushed } from "../core/hush.ts";
import { inhibitingPolicies, inhibits } from "../core/inhibit.ts";
import { isUnresolved, type Incident } from "../core/incident.ts";
import type { AskAgainInput, Input } from "../core/input.ts";
import { INHIBITORS_MOST, newNeed, type Facts } from "../core/need.ts";
import type { Reason } from "../core/outcome.ts";
import type { RegexEngine } from "../core/match.ts";
import { eachTestOf, type Condition } from "../core/policy.ts";
import { isLive, SILENCE_KEPT_MS, SILENCES_FORGOTTEN_AT_ONCE, SilenceIndex, type Silence } from "../core/silence.ts";
import type { DestinationTerms, Snapshot } from "../core/snapshot.ts";
import type { Instant } from "../core/time.ts";
import { rememberingOffsets } from "../ports/zones.ts";
import type { Store } from "../store/store.ts";

/** A clock that goes back by less is one that is put right. */
const SET_BACK_MS = 5_000;

/**
 * Keeps in mind what says whether something is to be told: silences, and incidents that hide others. All of it is in
 * rows, from which it is read anew at a start, with another config and after a commit that failed.
 */
export class HushDesk {
  readonly #store: Store;
  /** Loaded once a silence asks for it: most have no use for one. */
  #regex: RegexEngine | null = null;
  #silences = new SilenceIndex(NO_REGEX);
  /** Open and acknowledged ones of the policies that can hide others. */
  #inhibitors = new Map<number, Incident>();
  #watched: ReadonlySet<string> = new Set();
  #isStale = true;
  #asksAll = true;
  #latestAt: Instant = 0;
  /** Reasons of which something has ended before its time. */
  readonly #ended = new Set<Reason>();
  readonly #overWithIncident = new Set<number>();
  readonly offsetAt = rememberingOffsets();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Another config may know other reasons. */
  follow(): void {
    this.#isStale = true;
    this.#asksAll = true;
  }

  /** What was taken in of a turn that failed did not happen. */
  failed(): void {
    this.#isStale = true;
  }

  /** Before a turn. */
  async prepare({ hush }: Snapshot, now: Instant): Promise<void> {
    if (now < this.#latestAt - SET_BACK_MS) this.#asksAll = true;
    this.#latestAt = now;
    if (!this.#isStale) return;
    this.#watched = inhibitingPolicies(hush?.inhibit ?? []);
    const known = await this.#store.read({ ...newNeed(), silences: "all", openOf: new Set(this.#watched) });
    const silences = known.silences ?? [];
    if (silences.some(({ condition }) => hasRegex(condition))) this.#regex ??= (await import("../ports/regex.ts")).re2;
    this.#silences = new SilenceIndex(this.#regex ?? NO_REGEX);
    for (const silence of silences) this.#silences.put(silence);
    this.#inhibitors = new Map(openOf(known).map((incident) => [incident.id, incident]));
    // Those of a turn that failed are over no more.
    this.#overWithIncident.clear();
    await this.#forgetThoseOver();
    this.#isStale = false;
  }

  async #forgetThoseOver(): Promise<void> {
    const named = [...this.#silences.silences()].filter(({ incident }) => incident !== null);
    if (named.length === 0) return;
    const ids = new Set(named.map(({ incident }) => incident!.id));
    const { incidents } = await this.#store.read({ ...newNeed(), incidents: ids });
    for (const incident of incidents) this.#noteIncident(incident);
  }

  /** What a turn changes, before it is committed: what is planned with it goes by that. */
  take(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.table === "incident") this.#noteIncident(change.row);
      else if (change.table === "silence") this.#noteSilence(change.row);
      else if (change.table === "silence_gone") {
        this.#silences.remove(change.id);
        this.#overWithIncident.delete(change.id);
      }
    }
  }

  #noteSilence(silence: Silence): void {
    // The turn behind this one reads it anew, with what it takes.
    if (this.#regex === null && hasRegex(silence.condition)) this.#isStale = true;
    else this.#silences.put(silence);
    if (!isLive(silence, this.#latestAt)) this.#ended.add("silenced");
  }

  #noteIncident(incident: Incident): void {
    for (const { id, incident: of } of this.#silences.ofIncident(incident.id)) {
      if (!isUnresolved(incident) || of?.openedAt !== incident.openedAt) this.#overWithIncident.add(id);
    }
    if (!this.#watched.has(incident.policy)) return;
    const was = this.#inhibitors.get(incident.id);
    // Of more than anybody can look through, those beyond hide nothing until there is room.
    const isFull = this.#inhibitors.size >= INHIBITORS_MOST * this.#watched.size;
    if (inhibits(incident) && (was !== undefined || !isFull)) this.#inhibitors.set(incident.id, incident);
    else if (was !== undefined && this.#inhibitors.delete(incident.id) && isFull) this.#isStale = true;
    // One that is over, or as bad as it was not: what it hid may be told.
    if (was !== undefined && (!inhibits(incident) || was.severity !== incident.severity)) this.#ended.add("inhibited");
  }

  hushOf(asked: HushAsked, snapshot: Snapshot, now: Instant): Hushed | null {
    const facts = {
      silenceOf: (...[incident, document, isOwn]: Parameters<Parameters<typeof hushOf>[2]["silenceOf"]>) =>
        this.#silences.hiding(incident, document, now, isOwn),
      inhibitors: this.#inhibitors.values(),
      installedAt: this.#store.installedAt ?? null,
      offsetAt: this.offsetAt,
    };
    return hushOf(asked, snapshot, facts, now);
  }

  /** The silence of this one incident, which is shown there. */
  silenceOf(incident: Incident, now: Instant): Silence | null {
    return isUnresolved(incident) ? this.#silences.ofOpening(incident, now) : null;
  }

  /** Whether anything may be hidden from a destination at all. */
  mayHide({ hush }: Snapshot, { minSeverity, quietHours }: DestinationTerms): boolean {
    if (this.#silences.size > 0 || minSeverity !== undefined) return true;
    const quiet = quietHours === undefined ? (hush?.quietHours ?? null) : quietHours;
    return quiet !== null || (hush !== undefined && (hush.inhibit.length > 0 || hush.muteTimes.length > 0));
  }

  /** After a commit: what is to be asked about again, and what to forget. */
  errands(destinations: readonly string[], isTick: boolean, now: Instant): readonly Input[] {
    const inputs: Input[] = [];
    const ask = (reason: Reason | null): readonly AskAgainInput[] =>
      destinations.map((destination) => ({ kind: "ask_again", destination, reason, after: null }));
    if (this.#asksAll) inputs.push(...ask(null));
    else for (const reason of this.#ended) inputs.push(...ask(reason));
    this.#asksAll = false;
    this.#ended.clear();
    if (isTick) {
      const silences = this.#toForget(now);
      if (silences.length > 0) inputs.push({ kind: "forget_silences", silences });
    }
    return inputs;
  }

  #toForget(now: Instant): readonly number[] {
    const ids = [...this.#overWithIncident].slice(0, SILENCES_FORGOTTEN_AT_ONCE);
    for (const silence of this.#silences.silences()) {
      if (ids.length >= SILENCES_FORGOTTEN_AT_ONCE) break;
      if (!isLive(silence, now - SILENCE_KEPT_MS)) ids.push(silence.id);
    }
    return [...new Set(ids)];
  }
}

const NO_REGEX: RegexEngine = {
  compile() {
    throw new Error("the engine of regular expressions was not loaded");
  },
};

function hasRegex(condition: Condition): boolean {
  let found = false;
  eachTestOf(condition, (_path, { kind }) => {
    found ||= kind === "regex";
  });
  return found;
}

function openOf({ incidents, open = [] }: Facts): readonly Incident[] {
  const ids = new Set(open);
  return incidents.filter(({ id }) => ids.has(id));
}
