import type { Change } from "../../src/core/change.ts";
import { Engine } from "../../src/engine/engine.ts";
import { Writer } from "../../src/engine/writer.ts";
import type { Secrets } from "../../src/ports/secrets.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { StoreError, type Store } from "../../src/store/store.ts";
import { readStoredLine } from "../../src/sources/stored-line.ts";
import { createTail } from "../../src/sources/tail.ts";
import { between, type Chance } from "./chance.ts";
import { clockOf } from "./sim-time.ts";
import { ALERTS_PATH } from "./workload.ts";
import { SECRETS, type World } from "./world.ts";

/** The instants at which a process may die and the order of things matters. */
export type CrashPoint = "before_commit" | "after_commit" | "before_step" | "after_step" | "any_time";

export interface LifeOptions {
  readonly world: World;
  readonly chance: Chance;
  /** Asked at each point; true ends the life there and then. */
  readonly dies: (point: CrashPoint) => boolean;
  readonly died: (point: CrashPoint) => void;
  readonly committed: (changes: readonly Change[]) => void;
}

/**
 * One life of the engine: the real Writer, workers, tail and SQLite store, with the world behind its ports. Death is
 * a close without a commit; whatever of it still runs finds every port gone silent.
 */
export class Life {
  alive = true;
  readonly engine: Engine;
  readonly #options: LifeOptions;
  readonly #close: () => void;

  constructor(options: LifeOptions) {
    const { world, chance } = options;
    this.#options = options;
    const opened = openSqliteStore({ path: world.databasePath, synchronous: "off", newInstall: "simulate" });
    if (opened instanceof StoreError) throw opened;
    this.#close = () => opened.close();
    const clock = clockOf(world.time, this);
    const door = new Writer({
      store: this.#mortal(opened),
      clock,
      random: chance,
      snapshot: world.plan.snapshot,
      soon: (turn) => clock.after(between(chance, 0, 3), turn),
      committed: options.committed,
      troubled: (error) => {
        throw error;
      },
    });
    const cursor = opened.read(cursorNeed());
    if (cursor instanceof Promise) throw new Error("the embedded store answers at once");
    const saved = new Map(cursor.sources.map((source) => [source.name, source.cursor]));
    this.engine = new Engine({
      door,
      snapshot: world.plan.snapshot,
      destinations: world.plan.destinations,
      sources: (accept) => [
        createTail({
          name: "alerts",
          path: ALERTS_PATH,
          start: "beginning",
          files: world.disk.filesFor(this),
          clock,
          accept,
          judge: world.plan.judge,
        }),
      ],
      cursorOf: (source) => saved.get(source) ?? null,
      readFacts: readStoredLine,
      http: world.net.httpFor(this),
      secrets: simSecrets,
      clock,
      observe: {
        settled: (about, outcome) => {
          world.reach(`outcome ${outcome.kind}`);
          if (about.repeat) world.reach("repeat");
        },
        looked: (_about, look) => world.reach(`look ${look.kind}`),
        failed: (about, error) => {
          if (this.alive) throw new Error(`the engine reported a failure at ${about.destination}`, { cause: error });
        },
      },
    });
  }

  reach(point: CrashPoint): void {
    if (this.alive && this.#options.dies(point)) this.die(point);
  }

  die(point: CrashPoint): void {
    if (!this.alive) return;
    this.alive = false;
    this.#close();
    this.#options.died(point);
  }

  /** The store with death around each commit. After it nothing answers any more. */
  #mortal(store: Store): Store {
    const never = new Promise<never>(() => {});
    return {
      install: store.install,
      read: (need) => (this.alive ? store.read(need) : never),
      claim: (query) => (this.alive ? store.claim(query) : never),
      commit: (changes) => {
        this.reach("before_commit");
        if (!this.alive) return never;
        const done = store.commit(changes);
        this.reach("after_commit");
        return this.alive ? done : never;
      },
      putSnapshot: (...snapshot) => (this.alive ? store.putSnapshot(...snapshot) : never),
      upkeep: () => (this.alive ? store.upkeep() : never),
      close: () => store.close(),
    };
  }
}

const simSecrets: Secrets = {
  read: (ref) => {
    const value = "file" in ref ? SECRETS[ref.file] : undefined;
    return Promise.resolve(
      value === undefined ? { kind: "unreadable", why: "no such file" } : { kind: "value", value },
    );
  },
};

function cursorNeed(): Parameters<Store["read"]>[0] {
  return {
    sources: new Set(["alerts"]),
    alerts: [],
    groups: [],
    incidents: new Set(),
    attempts: new Set(),
    lanes: new Set(),
    due: [],
    openAttempts: 0,
    orphansExcept: null,
    deadOf: new Map(),
  };
}
