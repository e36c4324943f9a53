import type { Change } from "../../../src/core/change.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/core/time.ts";
import { between, pick, type Chance } from "../chance.ts";
import { hold } from "../checks.ts";
import { DiskSpace } from "../disk-space.ts";
import { History } from "../history.ts";
import type { CrashPoint } from "../life.ts";
import { DiskFull } from "../mortal-store.ts";
import { FAULTS } from "../odds.ts";
import type { Rows } from "../rows.ts";
import { openSimDatabase, type SimDatabase, type StoreKind } from "../sim-database.ts";
import { SimDisk } from "../sim-disk.ts";
import { SimNet } from "../sim-net.ts";
import { SimTime } from "../sim-time.ts";
import { DeskLife, WAZUH_HOST } from "./desk-life.ts";
import { DeskPeople, type Command } from "./desk-people.ts";
import { CONFIGS, drawTerms, type ConfigName, type DeskTerms } from "./desk-terms.ts";
import { DeskTruth } from "./desk-truth.ts";
import { DeskTraffic } from "./desk-traffic.ts";
import { Site } from "./site.ts";

interface RespondingParts {
  readonly time: SimTime;
  readonly database: SimDatabase;
  readonly chance: (drawer: string) => Chance;
  readonly reach: (what: string) => void;
  readonly traced: (what: unknown) => void;
}

const BUSY_LEAST_MS = 4 * MINUTE_MS;
const BUSY_MOST_MS = 9 * MINUTE_MS;
const QUIET_MS = 6 * HOUR_MS;
const DEATHS: Readonly<Record<CrashPoint, number>> = {
  before_commit: 0.004,
  after_commit: 0.006,
  before_step: 0.012,
  after_step: 0.012,
  any_time: 0,
};

const BEGINS_AT = Date.UTC(2026, 10, 23, 8);
/** It takes a part of a seed's time that most of them need not spend. */
const RESPONDING = 0.28;

/** In a world of its own beside the seed's. Answers how often Riposte has died in it. */
export async function respond(
  world: { chance(drawer: string): Chance; reach(what: string): void },
  store: StoreKind,
  traced: (what: unknown) => void,
): Promise<number> {
  if (world.chance("responding")() >= RESPONDING) return 0;
  const time = new SimTime(BEGINS_AT);
  const database = await openSimDatabase(store, time);
  const [chance, reach] = [world.chance.bind(world), world.reach.bind(world)];
  const seed = new RespondingSeed({ time, database, chance, reach, traced });
  try {
    await seed.run();
    return seed.deaths;
  } finally {
    await database.remove();
  }
}

/** A Riposte that responds, the manager and agents that it responds by, attackers with their victims, and its team. */
class RespondingSeed {
  deaths = 0;
  readonly net: SimNet;
  readonly #parts: RespondingParts;
  readonly #chance: Chance;
  readonly #dying: Chance;
  readonly #terms: DeskTerms;
  readonly #truth: DeskTruth;
  readonly #site: Site;
  readonly #people: DeskPeople;
  readonly #disk: SimDisk;
  readonly #space: DiskSpace;
  #config: ConfigName = "as it stands";
  #life: DeskLife | null = null;
  #rows: Rows | null = null;
  #isBusy = true;
  #failure: Error | null = null;

  constructor(parts: RespondingParts) {
    const { time, reach } = parts;
    this.#parts = parts;
    this.#chance = parts.chance("desk");
    this.#dying = parts.chance("desk deaths");
    this.#terms = drawTerms(parts.chance("desk terms"), BEGINS_AT);
    const { mode, respond } = this.#terms;
    reach(`desk ${mode} ${respond.by} ${respond.do}`);
    this.#disk = new SimDisk(time);
    this.#space = new DiskSpace(time);
    this.net = new SimNet(time, parts.chance("desk network"));
    const truth = new DeskTruth(this.#terms, () => time.now, reach);
    this.#truth = truth;
    this.#site = new Site({
      time,
      chance: parts.chance("desk site"),
      disk: this.#disk,
      reach,
      witness: this.#watched(truth),
    });
    this.#site.tokensOn = (agent) => truth.tokensOn(agent);
    const vendor = { handle: (...call: Parameters<Site["vendor"]["handle"]>) => this.#site.vendor.handle(...call) };
    const kindOf = ({ method }: { readonly method: string }) =>
      method === "PUT" ? ("adds" as const) : ("asks" as const);
    this.net.hosts.set(WAZUH_HOST, { vendor, outage: null, lateness: 1, kindOf, calm: 3 });
    this.net.called = ({ at, request: { method, url, body }, fault }) => parts.traced([at, method, url, body, fault]);
    this.#people = new DeskPeople({
      time,
      chance: parts.chance("desk people"),
      truth,
      site: this.#site,
      reach,
      failed: (error) => this.#fail(error),
      submit: (command, who) => this.#submit(command, who),
    });
  }

  async run(): Promise<void> {
    const { time } = this.#parts;
    try {
      const endAt = time.now + between(this.#chance, BUSY_LEAST_MS, BUSY_MOST_MS);
      const parts = { time, chance: this.#chance, site: this.#site, truth: this.#truth, isBusy: () => this.#isBusy };
      const traffic = new DeskTraffic(parts);
      this.net.weights = FAULTS;
      await this.#boot();
      traffic.begin();
      this.#every(2 * SECOND_MS, 9 * SECOND_MS, endAt, () => traffic.happens());
      this.#every(3 * SECOND_MS, 12 * SECOND_MS, endAt, () => this.#people.act());
      this.#every(10 * SECOND_MS, 50 * SECOND_MS, endAt, () => this.#site.trouble());
      this.#every(MINUTE_MS, 6 * MINUTE_MS, endAt, () => this.#reload());
      this.#every(3 * MINUTE_MS, 15 * MINUTE_MS, endAt, () =>
        this.#space.fillFor(between(this.#chance, 2, 20) * SECOND_MS),
      );
      await this.#runUntil(endAt);
      await this.#quiet();
    } finally {
      this.#isBusy = false;
      this.#life?.die("any_time");
      this.#rows?.close();
    }
  }

  async #submit(command: Command, who: string): Promise<string | null | undefined> {
    try {
      const result = await this.#life?.door.submit({ kind: "command", who, command });
      return result === undefined ? undefined : (result.refused ?? null);
    } catch (error) {
      if (!(error instanceof DiskFull)) throw error;
      return undefined;
    }
  }

  async #quiet(): Promise<void> {
    const { time } = this.#parts;
    this.#isBusy = false;
    this.net.weights = { none: 1 };
    this.#space.freeUp();
    this.#site.bringAllBack();
    this.#life?.door
      .submit({ kind: "command", who: "cleo", command: { kind: "resume_responses" } })
      .catch((error: unknown) => this.#fail(error));
    const endAt = time.now + QUIET_MS;
    do await this.#runUntil(time.now + 3 * MINUTE_MS);
    while (time.now < endAt && [...this.#truth.responses.values()].some(({ dueAt }) => dueAt !== null));
    this.#truth.checkQuiet(this.#site);
    this.#checkRows();
  }

  /** What was committed is what is there. */
  #checkRows(): void {
    const rows = this.#openRows().all<{ id: number; state: string }>("SELECT id, state FROM response ORDER BY id");
    const known = [...this.#truth.responses.values()].map(({ id, state }) => `${id} ${state}`);
    const found = rows.map(({ id, state }) => `${id} ${state}`);
    hold(4, found.join() === known.toSorted(byId).join(), () => `rows say ${found.join()}, and were ${known.join()}`);
  }

  #reload(): void {
    this.#config = this.#config === "as it stands" ? pick(this.#chance, CONFIGS) : "as it stands";
    this.#parts.reach(`desk config ${this.#config}`);
    this.#life?.follow(this.#terms.configs[this.#config]);
  }

  #every(leastMs: number, mostMs: number, endAt: number, act: () => void): void {
    const { time } = this.#parts;
    const next = (): void => {
      if (time.now >= endAt) return;
      act();
      time.after(between(this.#chance, leastMs, mostMs), next);
    };
    time.after(between(this.#chance, leastMs, mostMs), next);
  }

  async #boot(): Promise<void> {
    const { time, database, chance, reach, traced } = this.#parts;
    const { store, drop } = await database.open();
    const config = this.#terms.configs[this.#config];
    const life: DeskLife = new DeskLife({
      ground: {
        time,
        history: new History(),
        space: this.#space,
        reach: (what) => reach(`desk ${what}`),
        stored: (changes: readonly Change[]) => {
          traced(changes);
          this.#guarded(() => this.#truth.committed(changes));
        },
      },
      disk: this.#disk,
      net: this.net,
      chance: chance(`desk life ${this.deaths}`),
      store,
      follows: ({ snapshot }) => {
        this.#truth.isAllowed = snapshot.hash === this.#terms.configs["as it stands"].snapshot.hash;
      },
      drop,
      config,
      dies: (point) => this.#isBusy && this.#dying() < DEATHS[point],
      died: (point) => this.#died(point),
      isBusy: () => this.#isBusy,
      rows: () => this.#openRows(),
      failed: (error) => this.#fail(error),
    });
    this.#life = life;
    life.start();
  }

  #died(point: CrashPoint): void {
    this.#life = null;
    if (!this.#isBusy) return;
    this.deaths += 1;
    this.#parts.reach(`desk died ${point}`);
    const isLong = this.#dying() < 0.1;
    const downMs = isLong ? between(this.#dying, 1, 5) * MINUTE_MS : between(this.#dying, 50, 20_000);
    this.#parts.time.after(downMs, () => void this.#boot().catch((error: unknown) => this.#fail(error)));
  }

  /** A promise that is seen broken amid somebody's call ends the seed, and not the call. */
  #watched(truth: DeskTruth): ConstructorParameters<typeof Site>[0]["witness"] {
    return {
      ordered: (order) => this.#guarded(() => truth.ordered(order)),
      touched: (...what) => this.#guarded(() => truth.touched(...what)),
      logged: (...what) => truth.logged(...what),
      excused: (...what) => truth.excused(...what),
    };
  }

  #guarded(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#fail(error);
    }
  }

  #openRows(): Rows {
    this.#rows ??= this.#parts.database.openRows();
    return this.#rows;
  }

  async #runUntil(at: number): Promise<void> {
    await this.#parts.time.runUntil(at, () => this.#failure !== null);
    if (this.#failure !== null) throw this.#failure;
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
  }
}

function byId(one: string, other: string): number {
  return Number.parseInt(one, 10) - Number.parseInt(other, 10);
}
