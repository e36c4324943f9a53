import type { Incident } from "./incident.ts";
import type { News } from "./news.ts";
import { MINUTE_MS, type Instant } from "./time.ts";

/** More openings of one incident than so many within such a time are told once, and then calmly. */
export interface FlapTerms {
  readonly above: number;
  readonly withinMs: number;
}

/** How an incident that comes back does so; absent where it never did. */
export interface Flaps {
  /** Event times of its newest openings but the first, as many as matter. */
  readonly recent: readonly Instant[];
  /** The moment that says that it flaps; null: it does not. */
  readonly told: number | null;
}

/** The incident as it is after it has come back once more, and what is to be said of that beside it. */
export function flapped(
  incident: Incident,
  at: Instant,
  terms: FlapTerms | undefined,
): { readonly incident: Incident; readonly note: NonNullable<News["moment"]> | null } {
  if (terms === undefined) return { incident, note: null };
  const { above, withinMs } = terms;
  const before = incident.flaps ?? { recent: [incident.firstAt], told: null };
  const near = before.recent.filter((other) => Math.abs(at - other) < withinMs).slice(-above);
  const recent = [...near, at];
  // Once it was calm for as long it is news again.
  const told = near.length === 0 ? null : before.told;
  if (told !== null || recent.length <= above)
    return { incident: { ...incident, flaps: { recent, told } }, note: null };
  const minutes = Math.round(withinMs / MINUTE_MS);
  const text = `flapping: it opened ${recent.length} times within ${minutes} minutes, and is told of again once it was calm for ${minutes}`;
  const flaps: Flaps = { recent, told: incident.momentCount + 1 };
  return { incident: { ...incident, flaps }, note: { kind: "note", by: "riposte", text } };
}

/** Until when a reader who was told that it flaps is left in peace; null: he is to hear of it. */
export function calmAt(
  { flaps, openedAt }: Incident,
  momentsTold: number,
  terms: FlapTerms | undefined,
  now: Instant,
): Instant | null {
  if (terms === undefined || flaps === undefined || flaps.told === null || openedAt === null) return null;
  if (momentsTold < flaps.told) return null;
  // An opening in the future is of a clock that has been set back since.
  const at = Math.min(openedAt, now) + terms.withinMs;
  return now < at ? at : null;
}
