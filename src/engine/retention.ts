import type { Change, Gone, RetentionRow } from "../core/change.ts";
import type { TickInput } from "../core/input.ts";
import { newNeed } from "../core/need.ts";
import {
  AUDIT_LEAST_MS,
  horizonOf,
  isActionOver,
  isAlertOver,
  isIncidentOver,
  nextKeepMs,
  noteAge,
  type Ages,
  type Keep,
} from "../core/retention.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { HOUR_MS, MINUTE_MS, type Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { OldPage, OldPlace, OldRows, OldSegment } from "../store/old-rows.ts";
import type { Store } from "../store/store.ts";

/** In this order: alerts go once their incidents are gone. */
const TABLES = ["incident", "alert", "window_filled", "action", "seal"] as const;

/**
 * Rows that a step looks at. With four times as many alerts V8 would make more room for what is new, and keep it: 12 MB
 * of the Writer's thread, once the ledger is long.
 */
const MOST: Readonly<Record<keyof OldRows, number>> = {
  incident: 200,
  alert: 500,
  window_filled: 2_000,
  action: 1_000,
  seal: 10,
};
const LEAST = 10;
/** A step that takes longer than this is followed by smaller ones. */
const STEP_MS = 20;
const REST_MS = HOUR_MS;
const AFTER_TROUBLE_MS = MINUTE_MS;

interface Pass {
  readonly keepMs: number;
  readonly ages: Ages;
  table: number;
  after: OldPlace | null;
}

/** Takes away what is over, in passes over the tables, a step at a time and never two in one turn. */
export class Retention {
  readonly #store: Store;
  readonly #clock: Clock;
  #pass: Pass | null = null;
  #restUntil: Instant = 0;
  /** What is kept now; null: not known before the first pass. */
  #keepMs: number | null = null;
  #share = 1;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** What was committed; nothing where nothing is over, or it is not time. */
  async step(tick: TickInput, snapshot: Snapshot): Promise<readonly Change[]> {
    const { keep } = snapshot;
    if (keep === undefined || (this.#pass === null && tick.now < this.#restUntil)) return [];
    const beganAt = this.#clock.now();
    try {
      this.#pass ??= await this.#begin(keep);
      const gone = await this.#look(this.#pass, tick, snapshot);
      const changes = gone === null ? [] : await this.#remove(gone, this.#pass.keepMs, tick);
      const tookMs = this.#clock.now() - beganAt;
      this.#share = tookMs > STEP_MS ? this.#share / 2 : Math.min(1, this.#share * 1.5);
      if (this.#pass.table === TABLES.length) this.#end(this.#pass, keep, tick.now);
      return changes;
    } catch (error) {
      this.#pass = null;
      this.#restUntil = tick.now + AFTER_TROUBLE_MS;
      throw error;
    }
  }

  async #begin(keep: Keep): Promise<Pass> {
    const before = this.#keepMs ?? (await this.#store.retention())?.keepMs ?? keep.ms;
    // What the config says now may be longer or shorter than what was kept.
    const keepMs = keep.bytes === null ? keep.ms : Math.min(before, keep.ms);
    return { keepMs, ages: new Map(), table: 0, after: null };
  }

  #end({ keepMs, ages }: Pass, keep: Keep, now: Instant): void {
    const usedBytes = this.#store.usedBytes();
    this.#pass = null;
    this.#keepMs = nextKeepMs(keepMs, keep, usedBytes, ages);
    const isTooLarge = keep.bytes !== null && usedBytes !== null && usedBytes > keep.bytes;
    this.#restUntil = isTooLarge && this.#keepMs < keepMs ? now : now + REST_MS;
  }

  /** What of the next piece may go; null: nothing. Moves the pass on. */
  async #look(pass: Pass, tick: TickInput, snapshot: Snapshot): Promise<Gone | null> {
    const horizon = horizonOf(tick, pass.keepMs);
    const table = TABLES[pass.table];
    if (table === undefined) return null;
    switch (table) {
      case "incident": {
        const { rows } = await this.#piece(pass, "incident");
        return gone(await this.#incidentsOver(rows, horizon, horizonOf(tick, 0), snapshot), (ids) => ({
          of: "incident",
          ids,
        }));
      }
      case "alert": {
        const { rows } = await this.#piece(pass, "alert");
        for (const { at } of rows) noteAge(pass.ages, at, tick.now);
        const old = rows.filter(({ at }) => at < horizon);
        const incidents = new Map(
          (await this.#incidents(old.flatMap((alert) => alert.incidents))).map((incident) => [incident.id, incident]),
        );
        const over = old.filter((alert) =>
          isAlertOver(
            alert,
            horizon,
            alert.incidents.flatMap((id) => incidents.get(id) ?? []),
          ),
        );
        return gone(over, (alerts) => ({ of: "alert", identities: alerts.map(({ identity }) => identity) }));
      }
      case "window_filled": {
        const { rows } = await this.#piece(pass, "window_filled");
        return gone(
          rows.filter(({ hasIncident }) => !hasIncident),
          (windows) => ({ of: "window_filled", windows }),
        );
      }
      case "action": {
        const { rows } = await this.#piece(pass, "action");
        return gone(
          rows.filter((action) => !action.hasIncident && isActionOver(action, horizon)),
          (actions) => ({ of: "action", actions }),
        );
      }
      case "seal": {
        const { rows } = await this.#piece(pass, "seal");
        const before = tick.now - Math.max(AUDIT_LEAST_MS, snapshot.keep?.ms ?? 0);
        const over = rows.filter(({ toAt, isThere, hasRestore }) => toAt < before && isThere && !hasRestore);
        return gone(over, (those) => ({ of: "audit", ids: those.flatMap(idsOf) }));
      }
    }
  }

  async #piece<Of extends keyof OldRows>(pass: Pass, of: Of): Promise<OldPage<OldRows[Of]>> {
    const limit = Math.max(LEAST, Math.round(MOST[of] * this.#share));
    const page = await this.#store.old(of, { after: pass.after, limit });
    pass.after = page.next;
    if (page.next === null) pass.table += 1;
    return page;
  }

  async #incidentsOver(
    found: readonly OldRows["incident"][],
    horizon: Instant,
    now: Instant,
    snapshot: Snapshot,
  ): Promise<readonly number[]> {
    const free = found.filter(({ holds }) => holds.length === 0);
    if (free.length === 0) return [];
    const { incidents, works, receipts } = await this.#read(free.map(({ id }) => id));
    const responded = new Map(free.map(({ id, respondedAt }) => [id, respondedAt]));
    return incidents
      .filter(({ id }) => responded.has(id))
      .filter((incident) => {
        const own = { incident, works: works.filter(of(incident.id)), receipts: receipts.filter(of(incident.id)) };
        return isIncidentOver(
          { ...own, holds: [], respondedAt: responded.get(incident.id) ?? null },
          horizon,
          now,
          snapshot,
        );
      })
      .map(({ id }) => id);
  }

  async #incidents(ids: readonly number[]) {
    return ids.length === 0 ? [] : (await this.#read(ids)).incidents;
  }

  #read(ids: readonly number[]) {
    return this.#store.read({ ...newNeed(), incidents: new Set(ids) });
  }

  async #remove(over: Gone, keepMs: number, tick: TickInput): Promise<readonly Change[]> {
    const before = await this.#store.retention();
    const horizon = horizonOf(tick, keepMs);
    const row: RetentionRow = {
      at: tick.now,
      keptFrom: Math.max(before?.keptFrom ?? 0, horizon),
      keepMs,
      incidents: (before?.incidents ?? 0) + (over.of === "incident" ? over.ids.length : 0),
      alerts: (before?.alerts ?? 0) + (over.of === "alert" ? over.identities.length : 0),
    };
    const changes: Change[] = [
      { table: "gone", gone: over },
      { table: "retention", row },
    ];
    await this.#store.commit(changes);
    return changes;
  }
}

function idsOf({ firstId, lastId }: OldSegment): number[] {
  return Array.from({ length: lastId - firstId + 1 }, (_, i) => firstId + i);
}

function of(incident: number): (row: { readonly incident: number }) => boolean {
  return (row) => row.incident === incident;
}

function gone<Row>(rows: readonly Row[], of: (rows: readonly Row[]) => Gone): Gone | null {
  return rows.length === 0 ? null : of(rows);
}
