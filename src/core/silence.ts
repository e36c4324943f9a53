import type { Incident } from "./incident.ts";
import { fieldOf } from "./fields.ts";
import { compileCondition, type Matches, type RegexEngine } from "./match.ts";
import type { Condition } from "./policy.ts";
import { DAY_MS, type Instant } from "./time.ts";

/** A person's word that some incidents are not to be told for a while. */
export interface Silence {
  /** That of its row in the audit. */
  readonly id: number;
  readonly who: string;
  readonly comment: string | null;
  readonly createdAt: Instant;
  /** Null: it ends with its incident. */
  readonly endsAt: Instant | null;
  /** Null: whatever `condition` matches. */
  readonly incident: SilencedIncident | null;
  readonly condition: Condition;
  /** The condition as the person wrote it, in JSON. */
  readonly written: string;
}

/** One opening of an incident: when it comes back later, it is heard of again. */
export interface SilencedIncident {
  readonly id: number;
  readonly openedAt: Instant | null;
}

/** What the silence of one incident is matched by. */
export function conditionOfOne(incident: number): { readonly condition: Condition; readonly written: string } {
  const id = String(incident);
  const condition: Condition = { kind: "field", path: "incident", test: { kind: "one_of", values: [id] } };
  return { condition, written: JSON.stringify({ incident: id }) };
}

/** More than anybody keeps in mind, and few enough to be held in memory. */
export const SILENCES_MOST = 10_000;
/** For so long one that is over can be looked up. */
export const SILENCE_KEPT_MS = 7 * DAY_MS;
/** Those that are forgotten in one turn. */
export const SILENCES_FORGOTTEN_AT_ONCE = 100;

export function isLive({ endsAt }: Pick<Silence, "endsAt">, now: Instant): boolean {
  return endsAt === null || now < endsAt;
}

/** What a silence is matched against: the first alert's fields, and those of the incident itself. */
export type SilencedDocument = Readonly<Record<string, unknown>>;

/** The fields that a silence may ask for beside those of alerts. */
export const INCIDENT_FIELDS = ["policy", "severity", "incident"] as const;

export function documentOf(
  { id, policy, severity }: Pick<Incident, "id" | "policy" | "severity">,
  alert: Readonly<Record<string, unknown>>,
): SilencedDocument {
  return { ...alert, policy, severity, incident: String(id) };
}

/**
 * All silences, found by what they ask for: of ten thousand that name an agent or a policy each, only those that name
 * this one are asked.
 */
export class SilenceIndex {
  readonly #regex: RegexEngine;
  readonly #all = new Map<number, Kept>();
  /** By `path` and value that must be there. */
  readonly #named = new Map<string, Map<string, Set<number>>>();
  readonly #ofIncident = new Map<number, Set<number>>();
  readonly #others = new Set<number>();

  constructor(regex: RegexEngine) {
    this.#regex = regex;
  }

  get size(): number {
    return this.#all.size;
  }

  silences(): Iterable<Silence> {
    return this.#all.values().map(({ silence }) => silence);
  }

  get(id: number): Silence | undefined {
    return this.#all.get(id)?.silence;
  }

  put(silence: Silence): void {
    this.remove(silence.id);
    // What nobody knows hides nothing, also where the condition says what it must not be.
    const kept = { silence, matches: compileCondition(silence.condition, this.#regex, false) };
    this.#all.set(silence.id, kept);
    for (const ids of this.#placesOf(silence)) ids.add(silence.id);
  }

  remove(id: number): void {
    const known = this.#all.get(id);
    if (known === undefined) return;
    this.#all.delete(id);
    for (const ids of this.#placesOf(known.silence)) ids.delete(id);
  }

  /** Those of one incident. */
  ofIncident(id: number): readonly Silence[] {
    return [...(this.#ofIncident.get(id) ?? [])].map((one) => this.#all.get(one)!.silence);
  }

  /** The one that lasts longest of those that are of this opening of the incident alone. */
  ofOpening({ id, openedAt }: Pick<Incident, "id" | "openedAt">, now: Instant): Silence | null {
    let longest: Silence | null = null;
    for (const silence of this.ofIncident(id)) {
      if (silence.incident?.openedAt !== openedAt || !isLive(silence, now)) continue;
      if (longest === null || isLonger(silence, longest)) longest = silence;
    }
    return longest;
  }

  /** The one that lasts longest of those that hide the incident. */
  hiding(
    incident: Pick<Incident, "id" | "openedAt">,
    document: () => SilencedDocument,
    now: Instant,
    isOwn: boolean,
  ): Silence | null {
    if (this.#all.size === 0) return null;
    let longest: Silence | null = null;
    const consider = (silence: Silence): void => {
      if (isLive(silence, now) && (longest === null || isLonger(silence, longest))) longest = silence;
    };
    const own = this.ofOpening(incident, now);
    if (own !== null) consider(own);
    // What Riposte says of itself is hidden by its number, and by no condition that happens to match.
    if (isOwn || (this.#named.size === 0 && this.#others.size === 0)) return longest;
    const alert = { document: document() };
    for (const id of this.#candidates(alert)) {
      const { silence, matches } = this.#all.get(id)!;
      if (isLive(silence, now) && matches(alert)) consider(silence);
    }
    return longest;
  }

  *#candidates(alert: { readonly document: SilencedDocument }): Generator<number> {
    yield* this.#others;
    for (const [path, byValue] of this.#named) {
      const value = fieldOf(alert, path);
      for (const one of value === undefined ? [] : typeof value === "string" ? [value] : new Set(value)) {
        yield* byValue.get(one) ?? [];
      }
    }
  }

  #placesOf({ incident, condition }: Silence): readonly Set<number>[] {
    if (incident !== null) return [setAt(this.#ofIncident, incident.id)];
    const named = namedBy(condition);
    if (named === null) return [this.#others];
    let byValue = this.#named.get(named.path);
    if (byValue === undefined) this.#named.set(named.path, (byValue = new Map<string, Set<number>>()));
    const places = byValue;
    return named.values.map((value) => setAt(places, value));
  }
}

interface Kept {
  readonly silence: Silence;
  readonly matches: Matches;
}

/** A field without one of whose values the condition can't hold; null: there is none. */
function namedBy(condition: Condition): { readonly path: string; readonly values: readonly string[] } | null {
  if (condition.kind === "all") {
    for (const part of condition.of) {
      const named = namedBy(part);
      if (named !== null) return named;
    }
  }
  if (condition.kind !== "field" || condition.test.kind !== "one_of") return null;
  return { path: condition.path, values: condition.test.values };
}

function setAt<Key>(sets: Map<Key, Set<number>>, key: Key): Set<number> {
  let found = sets.get(key);
  if (found === undefined) sets.set(key, (found = new Set()));
  return found;
}

function isLonger(silence: Silence, than: Silence): boolean {
  const ends = silence.endsAt ?? Infinity;
  const others = than.endsAt ?? Infinity;
  return ends > others || (ends === others && silence.id < than.id);
}
