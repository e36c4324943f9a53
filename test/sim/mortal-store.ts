import type { Change } from "../../src/core/change.ts";
import type { Plan, Store } from "../../src/store/store.ts";
import { between, type Chance } from "./chance.ts";
import type { CrashPoint } from "./life.ts";
import type { World } from "./world.ts";

/** A full disk, as a commit tells of it. */
export class DiskFull extends Error {
  override readonly name = "DiskFull";
}

/** The longest that one commit takes. */
export const COMMIT_MOST_MS = 30;
const SLOW_COMMITS = 0.15;
/** The letters of the turn go through without the plan. */
const FAILED_PLANS = 0.005;

export interface Mortal {
  readonly alive: boolean;
  reach(point: CrashPoint): void;
  /** A turn begins that lets timers fire up to this event time; null: none are asked for. */
  turns(tickAt: number | null): void;
}

/** Of the world, what a store stands on. */
export type Ground = Pick<World, "history" | "space" | "time" | "reach" | "stored"> &
  Partial<Pick<World, "fleet" | "groups">>;

/** The store with death around each commit, slow commits and failing ones. After death nothing answers any more. */
export function mortalStore(store: Store, life: Mortal, world: Ground, chance: Chance): Store {
  const never = new Promise<never>(() => {});
  const { history, space, time } = world;

  /** The whole of a turn's changes, with what its plan added to them. */
  async function commitNow(changes: readonly Change[], plan?: Plan): Promise<void> {
    if (!life.alive) return never;
    if (space.isFull()) {
      history.undone();
      world.reach("commit failed");
      throw new DiskFull("the disk is full");
    }
    const planned: Change[] = [];
    await store.commit(
      changes,
      plan === undefined
        ? undefined
        : async (claim) => {
            if (chance() < FAILED_PLANS) {
              history.undone();
              world.reach("plan failed");
              throw new DiskFull("no page could be read for the plan");
            }
            planned.push(...(await plan(claim)));
            return planned;
          },
    );
    history.committed([...changes, ...planned]);
    world.stored([...changes, ...planned]);
    world.fleet?.committed(changes);
    world.groups?.committed(changes);
    life.reach("after_commit");
    if (!life.alive) return never;
  }

  return {
    install: store.install,
    restoredAt: store.restoredAt ?? null,
    get installedAt() {
      return store.installedAt ?? null;
    },
    read: (need) => {
      if (!life.alive) return never;
      life.turns(need.due.find(({ source }) => source === "alerts")?.before ?? null);
      return store.read(need);
    },
    commit: (changes, plan) => {
      life.reach("before_commit");
      if (!life.alive) return never;
      const isSlow = chance() < SLOW_COMMITS;
      if (!isSlow) return commitNow(changes, plan);
      return new Promise<void>((resolve) => time.after(between(chance, 1, COMMIT_MOST_MS), resolve)).then(() =>
        commitNow(changes, plan),
      );
    },
    putSnapshot: (...snapshot) => {
      if (!life.alive) return never;
      if (space.isFull()) throw new DiskFull("the disk is full");
      return store.putSnapshot(...snapshot);
    },
    old: (of, query) => (life.alive ? store.old(of, query) : never),
    retention: () => (life.alive ? store.retention() : never),
    usedBytes: () => store.usedBytes(),
    upkeep: () => (life.alive ? store.upkeep() : never),
    close: () => store.close(),
  };
}
