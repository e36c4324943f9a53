import type { AlertIdentity } from "../core/alert.ts";
import type { AlertRow } from "../core/change.ts";
import { HOUR_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { AlertFilter } from "../store/ledger-queries.ts";
import type { Reader } from "../store/queries.ts";

export interface NewestQuery {
  readonly filter: AlertFilter;
  /** What no column says. */
  readonly isWanted: (row: AlertRow) => boolean;
  readonly limit: number;
  /** So many rows are looked at in all, and so many in one go, between which others have their turn. */
  readonly lookedAtMost?: number;
  readonly piece?: number;
}

export interface NewestAlerts {
  readonly alerts: readonly AlertRow[];
  readonly lookedAt: number;
  /** None that belongs to these was left out. */
  readonly isWhole: boolean;
}

/** Far more nodes than a cluster has: what names itself beyond them is not looked for. */
export const ORIGINS_MOST = 100;
export const LOOKED_AT_MOST = 200_000;
const PIECE = 1_000;
/** Lines come late and clocks are put back: so far the time of alerts may differ from the order of their ids. */
const DISORDER_MS = HOUR_MS;

interface Strand {
  readonly origin: string;
  readonly before: AlertIdentity | null;
  /** All ids looked at so far go by time. */
  readonly isByTime: boolean;
  /** Event time of the last one looked at, where what is behind it is older; infinite where it may be of any time. */
  readonly reachedAt: Instant;
}

/**
 * Those that were asked for, newest first: each node's from its greatest id back, whichever node is the furthest on.
 * Where ids say nothing of when, the newest may be anywhere, and only the end of such a node's alerts is an end.
 */
export async function newestAlerts(reader: Reader, clock: Clock, query: NewestQuery): Promise<NewestAlerts> {
  const { filter, isWanted, limit, lookedAtMost = LOOKED_AT_MOST, piece = PIECE } = query;
  const { ledger } = reader;
  const endAt = filter.sinceAt === undefined ? -Infinity : filter.sinceAt - DISORDER_MS;
  let strands = (await ledger.origins(ORIGINS_MOST)).map((origin): Strand => {
    return { origin, before: null, isByTime: true, reachedAt: Infinity };
  });
  let alerts: readonly AlertRow[] = [];
  let lookedAt = 0;
  let restedAt = 0;
  let strand = next(strands, undefined);
  while (strand !== null && lookedAt < lookedAtMost) {
    const { origin, before } = strand;
    const found = await ledger.before({ origin, before, limit: Math.min(piece, lookedAtMost - lookedAt) }, filter);
    lookedAt += found.lookedAt;
    alerts = [...alerts, ...found.rows.filter(isWanted)].toSorted(byNewest).slice(0, limit);
    const others = strands.filter((other) => other !== strand);
    const further = found.last === null ? null : reached(strand, found.isByTime, found.last);
    // Behind the others, so that those whose ids say nothing of when have their turns.
    strands = further === null || further.reachedAt < endAt ? others : [...others, further];
    strand = next(strands, alerts[limit - 1]);
    if (lookedAt - restedAt < piece) continue;
    restedAt = lookedAt;
    // Reading is done in this thread, which has others to serve.
    await new Promise<void>((resolve) => clock.after(0, resolve));
  }
  return { alerts, lookedAt, isWhole: strand === null };
}

function reached(strand: Strand, foundByTime: boolean, { identity, at }: Pick<AlertRow, "identity" | "at">): Strand {
  const isByTime = strand.isByTime && foundByTime;
  return { ...strand, before: identity, isByTime, reachedAt: isByTime ? at : Infinity };
}

/** In which there may be newer ones than the last that would be shown, soonest where little is read for it. */
function next(strands: readonly Strand[], last: AlertRow | undefined): Strand | null {
  const open = strands.filter(({ reachedAt }) => last === undefined || reachedAt > last.at);
  const byTime = open.filter((strand) => strand.isByTime);
  if (byTime.length === 0) return open[0] ?? null;
  return byTime.reduce((one, other) => (other.reachedAt > one.reachedAt ? other : one));
}

function byNewest(one: AlertRow, other: AlertRow): number {
  return other.at - one.at;
}
