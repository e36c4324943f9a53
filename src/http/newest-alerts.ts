import type { AlertIdentity } from "../core/alert.ts";
import type { AlertRow } from "../core/change.ts";
import type { Instant } from "../core/time.ts";
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
  /** Nothing older was left out. */
  readonly isWhole: boolean;
}

/** Far more nodes than a cluster has: what names itself beyond them is not looked for. */
export const ORIGINS_MOST = 100;
export const LOOKED_AT_MOST = 200_000;
const PIECE = 1_000;

interface Strand {
  readonly origin: string;
  before: AlertIdentity | null;
  /** Event time of the last one looked at: what is behind it is older. */
  reachedAt: Instant;
}

/** Those that were asked for, newest first: each node's from its newest id back, whichever node is the furthest on. */
export async function newestAlerts(reader: Reader, clock: Clock, query: NewestQuery): Promise<NewestAlerts> {
  const { filter, isWanted, limit, lookedAtMost = LOOKED_AT_MOST, piece = PIECE } = query;
  const { ledger } = reader;
  let strands = (await ledger.origins(ORIGINS_MOST)).map((origin): Strand => ({
    origin,
    before: null,
    reachedAt: Infinity,
  }));
  let alerts: readonly AlertRow[] = [];
  let lookedAt = 0;
  let restedAt = 0;
  const hasEnough = (): boolean => (alerts[limit - 1]?.at ?? -Infinity) >= furthest(strands).reachedAt;
  while (strands.length > 0 && lookedAt < lookedAtMost && !hasEnough()) {
    const strand = furthest(strands);
    const { origin, before } = strand;
    const found = await ledger.before({ origin, before, limit: Math.min(piece, lookedAtMost - lookedAt) }, filter);
    lookedAt += found.lookedAt;
    alerts = [...alerts, ...found.rows.filter(isWanted)].toSorted(byNewest).slice(0, limit);
    if (found.last === null) strands = strands.filter((other) => other !== strand);
    else {
      strand.before = found.last.identity;
      strand.reachedAt = found.last.at;
    }
    if (lookedAt - restedAt < piece) continue;
    restedAt = lookedAt;
    // Reading is done in this thread, which has others to serve.
    await new Promise<void>((resolve) => clock.after(0, resolve));
  }
  return { alerts, lookedAt, isWhole: strands.length === 0 || hasEnough() };
}

function furthest(strands: readonly Strand[]): Strand {
  return strands.reduce((one, other) => (other.reachedAt > one.reachedAt ? other : one));
}

function byNewest(one: AlertRow, other: AlertRow): number {
  return other.at - one.at;
}
