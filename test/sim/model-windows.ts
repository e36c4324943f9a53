import type { Ending, ModelAlert, ModelWindow } from "./model-incident.ts";
import { WINDOW_LATENESS_MS } from "./window-terms.ts";

/** All that is in a window that has just filled. */
export interface ModelFull {
  readonly fromAt: number;
  readonly lastAt: number;
  readonly count: number;
  readonly worstLevel: number;
  /** It is taken: the next begins with nothing. */
  readonly spend: () => void;
}

export type ModelGathered = { readonly ending: Ending } | { readonly full: ModelFull | null };

interface Seen {
  readonly at: number;
  readonly level: number;
  readonly user: string;
  readonly isEnd: boolean;
  count: number;
}

interface Session {
  readonly policy: string;
  readonly window: ModelWindow;
  newestAt: number;
  seen: Seen[];
}

/** What counts before anybody sees an incident, told by trying every stretch there is. */
export class ModelWindows {
  readonly #live = new Map<string, Session>();
  /** When a policy that learns saw its first. */
  readonly #since = new Map<string, number>();

  gather(policy: string, key: string, window: ModelWindow, alert: ModelAlert): ModelGathered {
    const known = this.#live.get(`${policy} ${key}`);
    if (window.kind === "first_seen") return this.#see(policy, key, window, alert, known);
    if (known !== undefined && alert.at < known.newestAt - window.withinMs - WINDOW_LATENESS_MS)
      return { ending: "window_too_late" };
    const isEnd = window.kind === "sequence" && window.isEnd(alert);
    if (isEnd && (known === undefined || known.newestAt < alert.at - window.withinMs - WINDOW_LATENESS_MS))
      return { ending: "sequence_not_met" };
    const session = known ?? this.#begin(policy, key, window, alert);
    if (session === null) return { ending: "window_refused" };
    const before = session.seen.filter(({ at }) => at <= alert.at);
    const after = session.seen.filter(({ at }) => at > alert.at);
    session.seen = [...before, { at: alert.at, level: alert.level, user: alert.user ?? "", isEnd, count: 1 }, ...after];
    session.newestAt = Math.max(session.newestAt, alert.at);
    forget(session, window);
    const fromAt = fullFrom(session.seen, alert.at, isEnd, window);
    if (fromAt === null) return { ending: "in_window" };
    const belonging = session.seen.filter(({ at }) => at >= fromAt);
    return {
      full: {
        fromAt,
        lastAt: belonging.at(-1)!.at,
        count: belonging.reduce((sum, { count }) => sum + count, 0),
        worstLevel: Math.max(...belonging.map(({ level }) => level)),
        spend: () => void this.#live.delete(`${policy} ${key}`),
      },
    };
  }

  /** Begins the wait anew; null: there is no room for it. */
  cameAgain(policy: string, key: string, window: ModelWindow, alert: ModelAlert): boolean {
    const session = this.#live.get(`${policy} ${key}`) ?? this.#begin(policy, key, window, alert);
    if (session === null) return false;
    if (alert.at > session.newestAt || session.seen.length === 0) {
      session.newestAt = alert.at;
      session.seen = [{ at: alert.at, level: alert.level, user: "", isEnd: false, count: 1 }];
    }
    return true;
  }

  /** When the wait of this key was over, where `at` is later; null: it was not. It is then no more. */
  overdue(policy: string, key: string, at: number): { readonly dueAt: number; readonly lastAt: number } | null {
    const session = this.#live.get(`${policy} ${key}`);
    if (session === undefined || at <= endOf(session)) return null;
    this.#live.delete(`${policy} ${key}`);
    return { dueAt: endOf(session), lastAt: session.newestAt };
  }

  /** Forgets what is over by then; answers with what was expected and did not come, the first first. */
  tick(
    eventAt: number,
  ): readonly { readonly policy: string; readonly key: string; readonly dueAt: number; readonly lastAt: number }[] {
    const over = [...this.#live].filter(([, session]) => endOf(session) < eventAt);
    for (const [name] of over) this.#live.delete(name);
    return over
      .filter(([, { window }]) => window.kind === "absence")
      .map(([name, session]) => ({
        policy: session.policy,
        key: name.slice(session.policy.length + 1),
        dueAt: endOf(session),
        lastAt: session.newestAt,
      }))
      .toSorted((one, other) => one.dueAt - other.dueAt);
  }

  /** Of one policy what is over by then, but for what is expected. */
  #forget(policy: string, at: number): void {
    for (const [name, session] of this.#live)
      if (session.policy === policy && session.window.kind !== "absence" && endOf(session) < at)
        this.#live.delete(name);
  }

  #see(policy: string, key: string, window: ModelWindow, alert: ModelAlert, known: Session | undefined): ModelGathered {
    const isKnown = known !== undefined && alert.at <= endOf(known);
    const session = known ?? this.#begin(policy, key, window, alert);
    if (session === null) return { ending: "window_refused" };
    session.newestAt = Math.max(session.newestAt, alert.at);
    if (isKnown) return { ending: "value_known" };
    return alert.at < this.#since.get(policy)! + window.learnMs ? { ending: "value_learned" } : { full: null };
  }

  #begin(policy: string, key: string, window: ModelWindow, alert: ModelAlert): Session | null {
    const live = (): number => [...this.#live.values()].filter((session) => session.policy === policy).length;
    if (live() >= window.keys) this.#forget(policy, alert.at);
    if (live() >= window.keys) return null;
    if (!this.#since.has(policy)) this.#since.set(policy, alert.at);
    const session: Session = { policy, window, newestAt: alert.at, seen: [] };
    this.#live.set(`${policy} ${key}`, session);
    return session;
  }
}

function endOf({ newestAt, window }: Session): number {
  return newestAt + window.withinMs + WINDOW_LATENESS_MS;
}

function fullFrom(seen: readonly Seen[], at: number, isEnd: boolean, window: ModelWindow): number | null {
  const isEnough = (some: readonly Seen[]): boolean =>
    some.length >= window.count && new Set(some.map(({ user }) => user)).size >= window.users;
  if (window.kind === "count") {
    for (const { at: fromAt } of seen) {
      if (at < fromAt || at > fromAt + window.withinMs) continue;
      if (isEnough(seen.filter((one) => one.at >= fromAt && one.at <= fromAt + window.withinMs))) return fromAt;
    }
    return null;
  }
  const ends = isEnd ? [at] : seen.filter((one) => one.isEnd && one.at >= at).map((one) => one.at);
  for (const end of ends) {
    const before = seen.filter((one) => !one.isEnd && one.at <= end && one.at >= end - window.withinMs);
    const isOfIt = isEnd || at >= end - window.withinMs;
    if (isOfIt && isEnough(before)) return before[0]!.at;
  }
  return null;
}

/** Of more than twice the count, and one for each value asked for, the oldest that says nothing new is not kept. */
function forget(session: Session, window: ModelWindow): void {
  session.seen = session.seen.filter(({ at }) => at >= session.newestAt - window.withinMs - WINDOW_LATENESS_MS);
  const { seen } = session;
  const counted = seen.filter(({ isEnd }) => !isEnd);
  const ends = seen.filter(({ isEnd }) => isEnd);
  let gone: Seen | undefined;
  if (ends.length > 8) gone = ends[0];
  else if (counted.length > 2 * window.count + (window.users > 1 ? window.users : 0)) {
    const newestOf = new Map(counted.map((one) => [one.user, one]));
    const newest = [...newestOf.values()].toSorted((one, other) => seen.indexOf(other) - seen.indexOf(one));
    const needed = window.users > 1 ? newest.slice(0, window.users) : [];
    gone = counted.find((one) => !needed.includes(one));
  }
  if (gone === undefined) return;
  const heir = seen[seen.indexOf(gone) + 1];
  if (heir !== undefined) heir.count += gone.count;
  session.seen = seen.filter((one) => one !== gone);
}
