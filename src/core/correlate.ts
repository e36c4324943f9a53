import type { KeptAlert, PolicyMatch } from "./alert.ts";
import type { Disposition } from "./change.ts";
import type { Context } from "./context.ts";
import type { Instant } from "./time.ts";
import type { View } from "./view.ts";
import {
  shapeOf,
  WINDOW_BODIES,
  WINDOW_BODY_CHARS,
  type Contribution,
  type FirstSeenTerms,
  type LiveWindow,
  type WindowRef,
  type WindowSign,
  type WindowTerms,
} from "./window.ts";
import { filledBy, horizonOf, withContribution, type Counting, type Filled } from "./window-stretch.ts";

/** What a policy's window makes of an alert. */
export type Gathered =
  /** Nobody hears of it; the ledger says why, and in which window it counts. */
  | { readonly kind: "waits"; readonly disposition: Disposition; readonly window: WindowRef | null }
  /** It may open an incident, with all that is in the window; null: by itself. */
  | { readonly kind: "full"; readonly window: FullWindow | null };

export interface FullWindow {
  readonly filled: Filled;
  /** With the alert in it. */
  readonly row: LiveWindow;
  /** Lines of those before it, the oldest first. */
  readonly bodies: readonly string[];
}

/** Counts the alert in its window. Of one that is full nothing is written down: who opens an incident does `spend`. */
export function gather(
  view: View,
  source: string,
  alert: KeptAlert,
  { policy, window: sign }: PolicyMatch,
  terms: WindowTerms,
  context: Context,
): Gathered {
  if (sign === undefined || sign.key === null) return waits("window_key_missing", null);
  switch (terms.kind) {
    case "count":
    case "sequence":
      return count(view, source, alert, { policy, sign, key: sign.key }, terms, context);
    case "first_seen":
      return firstSeen(view, source, alert, { policy, key: sign.key }, terms, context);
    case "absence":
      // Its alerts open nothing: absence.ts has them.
      return waits("expected", null);
  }
}

interface Counted {
  readonly policy: string;
  readonly key: string;
  readonly sign: WindowSign;
}

function count(
  view: View,
  source: string,
  alert: KeptAlert,
  { policy, key, sign }: Counted,
  terms: Counting,
  context: Context,
): Gathered {
  const at = happenedAt(alert, terms, context);
  const known = liveWindow(view, policy, key, terms);
  const newestAt = known?.contributions.at(-1)?.at ?? at;
  if (at < horizonOf(newestAt, terms)) return waits("window_too_late", null);
  const isEnd = sign.ends === true;
  // Every login would be a key of its own, and most have no failure before them.
  if (isEnd && (known === undefined || newestAt < horizonOf(at, terms))) return waits("sequence_not_met", null);
  const {
    n,
    contributions: before,
    bodies,
  } = known ?? { n: admit(view, policy, terms, at, context), contributions: [], bodies: [] };
  if (n === null) return waits("window_refused", null);

  const one: Contribution = { at, level: alert.level, stands: 1, ends: isEnd, values: sign.values };
  const contributions = withContribution(before, one, terms);
  const isHalfFull = contributions.length >= Math.max(2, Math.ceil(terms.count / 2));
  const isKept = isHalfFull && alert.raw.length <= WINDOW_BODY_CHARS;
  const row: LiveWindow = {
    policy,
    key,
    n,
    source: at >= newestAt || known === undefined ? source : known.source,
    dueAt: endOf(Math.max(newestAt, at), terms),
    shape: shapeOf(terms),
    contributions,
    bodies: isKept ? [...bodies, alert.raw].slice(-WINDOW_BODIES) : isHalfFull ? bodies : [],
    last: null,
  };
  const filled = filledBy(contributions, one, terms);
  if (filled !== null) return { kind: "full", window: { filled, row, bodies } };
  view.putWindow(row);
  return waits("in_window", { policy, n });
}

/** Puts the alert back where it counts: the window was full, and yet nothing came of it. */
export function keepGathering(view: View, { row }: FullWindow): WindowRef {
  view.putWindow(row);
  return { policy: row.policy, n: row.n };
}

/** An incident has taken all that was in the window: the next begins with nothing. */
export function spend(view: View, { row, filled }: FullWindow, incident: number): WindowRef {
  const { policy, n, key } = row;
  view.add({ table: "window_filled", row: { policy, n, incident, fromAt: filled.fromAt } });
  endWindow(view, policy, key);
  return { policy, n };
}

/** A value that is seen is remembered whatever becomes of the alert, also while its incident is open. */
export function firstSeen(
  view: View,
  source: string,
  alert: KeptAlert,
  { policy, key }: { readonly policy: string; readonly key: string },
  terms: FirstSeenTerms,
  context: Context,
): Gathered {
  const at = happenedAt(alert, terms, context);
  const known = liveWindow(view, policy, key, terms);
  const knownAt = known?.contributions[0]?.at;
  const isKnown = knownAt !== undefined && at <= endOf(knownAt, terms);
  const n = known === undefined ? admit(view, policy, terms, at, context) : known.n;
  if (n === null) return waits("window_refused", null);
  const newestAt = Math.max(knownAt ?? at, at);
  const seen: Contribution = { at: newestAt, level: alert.level, stands: 1, ends: false, values: [] };
  view.putWindow({
    policy,
    key,
    n,
    source: newestAt === at ? source : known!.source,
    dueAt: endOf(newestAt, terms),
    shape: shapeOf(terms),
    contributions: [seen],
    bodies: [],
    last: null,
  });
  if (isKnown) return waits("value_known", null);
  const sinceAt = view.windowBook(policy).sinceAt ?? at;
  if (at < sinceAt + terms.learnMs) return waits("value_learned", null);
  return { kind: "full", window: null };
}

/**
 * Nothing happens in the time to come, but for what two clocks may differ by: one that ran far ahead must not outdate
 * what others say.
 */
export function happenedAt(
  { at }: Pick<KeptAlert, "at">,
  { latenessMs }: Pick<WindowTerms, "latenessMs">,
  { now }: Pick<Context, "now">,
): Instant {
  return Math.min(at, now + latenessMs);
}

/** When nothing that is read in time can count with the newest any more. */
export function endOf(newestAt: Instant, { withinMs, latenessMs }: WindowTerms): Instant {
  return newestAt + withinMs + latenessMs;
}

/** The one with the key, unless it was begun under other terms. */
export function liveWindow(view: View, policy: string, key: string, terms: WindowTerms): LiveWindow | undefined {
  const known = view.window(policy, key);
  if (known === undefined || known.shape === shapeOf(terms)) return known;
  endWindow(view, policy, key);
  return undefined;
}

/**
 * The number of a new window; null: as many keys are live as the policy may have. What is over by then is forgotten
 * first, tick or no tick, so that a backlog lets in whom it would have let in live.
 */
export function admit(view: View, policy: string, terms: WindowTerms, at: Instant, { now }: Context): number | null {
  if (view.windowBook(policy).live >= terms.keysMost) forgetOver(view, policy, at);
  const book = view.windowBook(policy);
  if (book.live >= terms.keysMost) {
    view.putWindowBook({ ...book, refused: book.refused + 1, refusedAt: now });
    return null;
  }
  const n = book.n + 1;
  view.putWindowBook({ ...book, n, live: book.live + 1, sinceAt: book.sinceAt ?? at });
  return n;
}

/** But for what was expected and did not come, which somebody is to hear of. */
function forgetOver(view: View, policy: string, at: Instant): void {
  for (const { key, last, dueAt } of view.windowsOf(policy)) {
    if (last === null && dueAt < at) endWindow(view, policy, key);
  }
}

export function endWindow(view: View, policy: string, key: string): void {
  if (view.window(policy, key) === undefined) return;
  const book = view.windowBook(policy);
  view.removeWindow(policy, key);
  view.putWindowBook({ ...book, live: book.live - 1 });
}

function waits(disposition: Disposition, window: WindowRef | null): Gathered {
  return { kind: "waits", disposition, window };
}
