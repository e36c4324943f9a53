import { createHash, type Hash } from "node:crypto";
import { HOUR_MS, MINUTE_MS } from "../../src/core/time.ts";
import type { Change } from "../../src/core/change.ts";
import { checkFirstCopiesTellAll, checkRepeatsAreMarked } from "./blind-checks.ts";
import { checkBoard, checkBoardSoFar } from "./board-checks.ts";
import { checkBudgets } from "./budget-checks.ts";
import { checkCalls } from "./call-checks.ts";
import { between, type Chance } from "./chance.ts";
import { checkChat, checkChatSoFar } from "./chat-checks.ts";
import { startChatPeople } from "./chat-people.ts";
import { startChatPresses } from "./chat-presses.ts";
import { checkHandlingShown, checkPresses } from "./press-checks.ts";
import {
  CALL_MOST_MS,
  checkCallsEnd,
  checkCounts,
  checkNobodyForgotten,
  checkNobodyWaits,
  checkOrder,
  checkProbe,
  hold,
  Violation,
  type Begun,
} from "./checks.ts";
import { FirstTimers } from "./first-timers.ts";
import { checkHushedHaveReasons, checkNothingHushedIsTold, noteHushed } from "./hush-checks.ts";
import { startSilencers } from "./silencers.ts";
import { checkFleet, checkFleetAgrees } from "./fleet-checks.ts";
import { checkIncidents, checkTick } from "./incident-checks.ts";
import { stayDown } from "./downtime.ts";
import { checkJira, checkJiraSoFar } from "./jira-checks.ts";
import { Life, type CrashPoint } from "./life.ts";
import { DiskFull } from "./mortal-store.ts";
import { DEATH_CHANCE, FAULTS } from "./odds.ts";
import { checkForwarder } from "./forwarding/checks.ts";
import { checkIndexer } from "./indexer-checks.ts";
import { startJiraPeople } from "./jira-people.ts";
import { startPeople } from "./people.ts";
import { noteReached } from "./reached.ts";
import {
  checkAgainstWritten,
  checkAtRest,
  checkDeadLetters,
  checkEveryMomentTold,
  checkQuarantine,
} from "./quiet-checks.ts";
import { checkRetention } from "./retention-checks.ts";
import { checkDigested, checkDigests, checkGroupWaits, checkReminders, checkRemindersFire } from "./rhythm-checks.ts";
import { respond } from "./responding/responding-seed.ts";
import { ResponseStorm } from "./responses/storm.ts";
import type { Rows } from "./rows.ts";
import { openSimDatabase, type StoreKind } from "./sim-database.ts";
import { checkRule } from "./rule-checks.ts";
import { checkScript } from "./script-checks.ts";
import { checkSender } from "./sender-checks.ts";
import { checkSpool } from "./spool-checks.ts";
import { Storms } from "./storm-checks.ts";
import { SimTime } from "./sim-time.ts";
import { endTrouble, startTrouble } from "./trouble.ts";
import { CANARIES, World } from "./world.ts";
import { checkResponses, checkWaits } from "./response-checks.ts";
import { checkWindows } from "./window-checks.ts";

export interface SeedReport {
  readonly seed: number;
  readonly steps: number;
  readonly faults: number;
  readonly crashes: number;
  /** Everything that was called and committed, in order; null: nobody asked for it. */
  readonly trace: string | null;
  readonly reached: Readonly<Record<string, number>>;
  readonly violation: Broken | null;
}

/** What was seen of a broken promise; of invariant 0 is an error that nobody foresaw. */
export interface Broken {
  readonly seed: number;
  readonly invariant: number;
  readonly says: string;
}

const BEGINS_AT = Date.UTC(2026, 10, 23, 8);
/**
 * How long trouble lasts. Most bugs need no more than a few minutes of it, and what takes longer is met by some seeds:
 * in the same time two short seeds find more than one long one, since they are drawn twice.
 */
const SHORT_MS = { least: 3 * MINUTE_MS, most: 8 * MINUTE_MS };
const LONG_MS = { least: 14 * MINUTE_MS, most: 30 * MINUTE_MS };
const LONG_SEEDS = 0.1;
/** How long it may then take until everything is where it belongs. */
const QUIET_MS = 40 * HOUR_MS;
const INDEXER_CATCHES_UP_MS = 6 * MINUTE_MS;
/** A login that was refused for a while is tried again by then, and what is held is not any more. */
const AGREES_AFTER_MS = 14 * MINUTE_MS;
/** Work may be due this long before anybody must have called: a commit, a turn, and the ticks between. */
const IDLE_MS = 2_500;
/** A tick, what was still to be read before it, and its commit. */
const REMINDED_MS = 45_000;
/** Riposte looks at itself four times a minute. */
const STORM_TOLD_MS = 35_000;

/** Up to half an hour of alerts, people, faults and deaths, and then quiet until everything has settled. */
export async function runSeed(seed: number, store: StoreKind, isTraced: boolean): Promise<SeedReport> {
  const time = new SimTime(BEGINS_AT);
  const database = await openSimDatabase(store, time);
  const world = new World(seed, time, database);
  const run = new Run(world, isTraced ? createHash("sha256") : null);
  let violation: SeedReport["violation"] = null;
  try {
    await run.busy();
    await run.quiet();
    new ResponseStorm(world.chance("responses"), (what) => world.reach(what)).run();
    run.crashes += await respond(world, store, (what) => run.trace?.update(JSON.stringify(what)));
    // A server answers in its own time, of which nothing is left by now; its SQL is in the suite of the stores.
    if (store === "sqlite") await run.forget();
  } catch (error) {
    const found = run.failure ?? error;
    const invariant = found instanceof Violation ? found.invariant : 0;
    violation = { seed, invariant, says: found instanceof Error ? (found.stack ?? found.message) : String(found) };
  } finally {
    run.end();
    await database.remove();
  }
  return {
    seed,
    steps: world.time.steps,
    faults: faultsOf(world) + run.crashes,
    crashes: run.crashes,
    trace: run.trace?.digest("hex") ?? null,
    reached: Object.fromEntries(world.reached),
    violation,
  };
}

/** What went wrong on the network and on the disk; a full disk counts once, however many commits it fails. */
function faultsOf({ net, reached }: World): number {
  const calls = net.calls.filter(({ fault }) => fault !== "none").length;
  return calls + (reached.get("plan failed") ?? 0) + (reached.get("trouble disk-full") ?? 0);
}

class Run {
  crashes = 0;
  failure: Error | null = null;
  readonly trace: Hash | null;
  readonly #world: World;
  readonly #deaths: Chance;
  readonly #deathsAt: number[] = [];
  readonly #storms: Storms | null;
  #firstTimers: FirstTimers | null = null;
  #life: Life | null = null;
  #rows: Rows | null = null;
  #mayDie = true;
  #commits = 0;

  constructor(world: World, trace: Hash | null) {
    this.#world = world;
    this.trace = trace;
    this.#storms = world.jiraSite.hasBudget ? new Storms() : null;
    this.#deaths = world.chance("deaths");
    // Also of a commit with which a life ends.
    world.stored = (changes) => noteHushed(this.#openRows(), world, changes);
    world.net.called = ({ at, host, request, fault, limit }) => {
      const { method, url, body } = request;
      this.trace?.update(JSON.stringify([at, method, url, body, fault]));
      if (fault !== "none") world.reach(`fault ${fault}`);
      world.reach(`call ${host}`);
      if (limit !== undefined) world.reach(`limit ${limit}`);
    };
  }

  async busy(): Promise<void> {
    const { time, net, workload, spool, indexer, fleet, sender, forwarder } = this.#world;
    const length = this.#world.chance("length");
    const { least, most } = length() < LONG_SEEDS ? LONG_MS : SHORT_MS;
    const endAt = time.now + between(length, least, most);
    net.weights = FAULTS;
    net.refuses = true;
    await this.#boot();
    workload.run(endAt);
    spool?.run(endAt);
    indexer?.run(endAt);
    fleet?.run(endAt);
    this.#world.groups?.run(endAt);
    sender?.run(endAt);
    forwarder?.run(endAt);
    startTrouble(this.#world, endAt, {
      kill: () => (this.#mayDie ? this.#life?.die("any_time") : undefined),
      reload: () => this.#life?.reload(),
    });
    startJiraPeople(this.#world, endAt);
    startChatPeople(this.#world, endAt);
    this.#world.rule.submit = (input) => this.#life?.door.submit(input) ?? null;
    startChatPresses(this.#world, endAt, () => this.#life);
    startPeople(this.#world, endAt, (command) => {
      // A command that dies with the engine, or that the disk has no room for, is the person's to repeat.
      this.#life?.door.submit({ kind: "command", who: "ana", command }).catch((error: unknown) => {
        if (!(error instanceof DiskFull)) this.#fail(error);
      });
    });
    startSilencers(this.#world, endAt, async (command) => {
      const life = this.#life;
      if (life === null) return null;
      return life.door.submit({ kind: "command", who: "bea", command });
    });
    this.#watchUntil(endAt);
    await this.#runUntil(endAt);
  }

  async quiet(): Promise<void> {
    const { time, net, vendors, plan, workload, history, space, spool, indexer, sender, visits, rule, fleet, scripts } =
      this.#world;
    endTrouble(this.#world);
    this.#world.forwarder?.calmDown();
    rule.isBusy = false;
    this.#mayDie = false;
    const endAt = time.now + QUIET_MS;
    // What came late is looked for each minute.
    if (indexer !== null) await this.#runUntil(time.now + INDEXER_CATCHES_UP_MS);
    if (fleet !== null) {
      await this.#runUntil(time.now + AGREES_AFTER_MS);
      checkFleetAgrees(this.#openRows(), fleet, time.now);
      this.#world.groups?.checkAgrees(this.#openRows());
      fleet.bringAllBack();
    }
    while (time.now < endAt && !this.#isAtRest()) {
      await this.#runUntil(time.now + 2 * MINUTE_MS);
    }
    vendors.tickets.settle(time.now);
    const rows = this.#openRows();
    checkCounts(rows);
    if (history.audit.check(rows) > 0) this.#world.reach("audit sealed");
    checkAgainstWritten(rows, workload.written);
    checkNobodyForgotten(rows, plan.snapshot);
    checkPresses(rows, this.#world);
    checkAtRest(rows);
    checkBoard(rows, plan.snapshot, vendors.board);
    checkJira(rows, this.#world);
    checkChat(rows, this.#world);
    checkRule(rows, this.#world);
    checkRepeatsAreMarked(rows, plan.snapshot, vendors);
    checkFirstCopiesTellAll(rows, plan.snapshot, vendors.hook);
    checkScript(rows, plan.snapshot, scripts.runs);
    if (spool !== null) checkSpool(rows, spool);
    if (indexer !== null) checkIndexer(rows, indexer);
    if (sender !== null) checkSender(rows, sender);
    if (this.#world.forwarder !== null) checkForwarder(rows, this.#world.forwarder);
    checkQuarantine(rows, workload.written);
    checkIncidents(rows, history, workload.written, plan, this.#world.hushed);
    checkWindows(rows, plan.snapshot);
    checkResponses(rows, plan.snapshot);
    checkReminders(rows, plan.snapshot, this.#world.hushed);
    checkGroupWaits(rows, plan.snapshot);
    checkDigests(rows, vendors.slack);
    checkDeadLetters(rows, plan.snapshot, net.calls);
    checkEveryMomentTold(rows, plan.snapshot);
    checkBudgets(rows, plan.snapshot);
    this.#storms?.checkQuiet(rows);
    if (fleet !== null) checkFleet(rows, fleet, { deathsAt: this.#deathsAt, space });
    checkCalls(net.calls, visits, plan.snapshot, { deathsAt: this.#deathsAt, space });
    this.#checkSecrets();
  }

  /** Everything else has been looked at: what is left of it after years. */
  async forget(): Promise<void> {
    const { database, plan, time } = this.#world;
    this.#life?.die("any_time");
    const { store, drop } = await database.open();
    try {
      await checkRetention(store, this.#openRows(), plan.snapshot, time.now);
      this.#world.reach("forgotten");
    } finally {
      drop();
    }
  }

  async #runUntil(at: number): Promise<void> {
    await this.#world.time.runUntil(at, () => this.failure !== null);
    if (this.failure !== null) throw this.failure;
  }

  end(): void {
    this.#mayDie = false;
    if (this.#life?.alive === true) this.#life.die("any_time");
    this.#rows?.close();
  }

  async #boot(): Promise<void> {
    const world = this.#world;
    const { store, drop } = await world.database.open();
    this.#firstTimers = world.fleet === null ? null : new FirstTimers(world);
    const life: Life = new Life({
      world,
      store,
      drop,
      chance: world.chance(`engine ${this.crashes}`),
      dies: (point) => this.#dies(point),
      isBusy: () => this.#mayDie,
      died: (point) => this.#died(point),
      turns: (tickAt) => this.#turns(tickAt),
      committed: (changes) => this.#committed(changes),
      rows: () => this.#openRows(),
      failed: (error) => this.#fail(error),
    });
    this.#life = life;
    life.start();
  }

  #dies(point: CrashPoint): boolean {
    return this.#mayDie && this.#deaths() < DEATH_CHANCE[point];
  }

  #died(point: CrashPoint): void {
    this.#life = null;
    if (!this.#mayDie) return;
    const { time } = this.#world;
    this.crashes += 1;
    this.#deathsAt.push(time.now);
    this.#world.reach(`died ${point}`);
    stayDown(this.#world, this.#deaths, () => {
      this.#boot().catch((error: unknown) => this.#fail(error));
    });
  }

  #turns(tickAt: number | null): void {
    const { history, workload } = this.#world;
    history.begins(tickAt);
    try {
      if (tickAt === null) return;
      checkTick(tickAt, workload.written, history.read);
      this.#firstTimers?.check();
      this.#firstTimers = null;
    } catch (error) {
      this.#fail(error);
    }
  }

  #committed(changes: readonly Change[]): void {
    this.trace?.update(JSON.stringify([this.#world.time.now, changes]));
    this.#commits += 1;
    this.#storms?.committed(changes, this.#world.time.now);
    this.#firstTimers?.read();
    try {
      const rows = this.#openRows();
      if (this.#commits % 20 === 0) checkCounts(rows);
      this.#checkIndexed();
      const begun = new Map<string, Begun[]>();
      for (const change of changes) {
        if (change.table === "attempt" && change.row.endedAt === null) {
          const { id: attempt, incident, destination } = change.row;
          begun.set(destination, [...(begun.get(destination) ?? []), { attempt, incident }]);
        }
        noteReached(this.#world, change);
      }
      const { time, plan } = this.#world;
      for (const [destination, attempts] of begun) {
        checkOrder(rows, destination, attempts, time.now);
        checkNothingHushedIsTold(rows, destination, attempts);
        checkProbe(rows, plan.snapshot, destination, time.now);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #watchUntil(endAt: number): void {
    const { time, plan, vendors } = this.#world;
    const next = (): void => {
      if (time.now >= endAt) return;
      try {
        if (this.#life?.alive === true && this.#commits > 0) {
          const rows = this.#openRows();
          checkNobodyForgotten(rows, plan.snapshot);
          checkWaits(rows, plan.snapshot, time.now);
          checkDigested(rows);
          this.#checkIndexed();
          if (this.#isUndisturbedFor(REMINDED_MS) && this.#hasNotBegunAnewFor(REMINDED_MS))
            checkRemindersFire(rows, plan.snapshot, time.now - REMINDED_MS);
          if (this.#isUndisturbedFor(IDLE_MS)) {
            checkNobodyWaits(rows, plan.snapshot, time.now, IDLE_MS);
            checkHushedHaveReasons(rows, time.now, IDLE_MS);
          }
          if (this.#isUndisturbedFor(CALL_MOST_MS)) checkCallsEnd(rows, time.now);
          this.#storms?.check(rows, this.#undisturbedSince(STORM_TOLD_MS));
          checkBoardSoFar(rows, vendors.board, time.now, LONGEST_WAY_MS);
          checkJiraSoFar(rows, vendors.jira, time.now, LONGEST_WAY_MS);
          checkChatSoFar(rows, vendors.chat, time.now, LONGEST_WAY_MS);
          checkHandlingShown(rows, vendors.chat, time.now, LONGEST_WAY_MS);
        }
      } catch (error) {
        this.#fail(error);
      }
      time.after(47_000, next);
    };
    time.after(47_000, next);
  }

  #checkIndexed(): void {
    const life = this.#life;
    if (life?.alive === true)
      this.#world.indexer?.checkWatermark(
        life.engine.sources.find(({ name }) => name === "indexer"),
        this.#openRows(),
      );
  }

  /** So long ago, if the engine has been up since; else never. */
  #undisturbedSince(ms: number): number {
    return this.#isUndisturbedFor(ms) ? this.#world.time.now - ms : -1;
  }

  /** The engine has been up this long, with room on its disk. */
  #isUndisturbedFor(ms: number): boolean {
    const { time, space } = this.#world;
    return this.#life !== null && this.#life.bornAt < time.now - ms && !space.wasFull(time.now - ms, time.now);
  }

  /** No timer fires after a reload either until the Wazuh API was asked once more. */
  #hasNotBegunAnewFor(ms: number): boolean {
    const { fleet, time } = this.#world;
    return (fleet?.startsAt.at(-1) ?? 0) < time.now - ms;
  }

  /** 7: no secret's value in the database, whichever row it would have got into. */
  #checkSecrets(): void {
    const place = this.#world.database.placeOf(CANARIES);
    hold(7, place === null, () => `a secret's value stands in ${place}`);
  }

  #isAtRest(): boolean {
    if (this.#world.rule.onTheirWay > 0) return false;
    if ((this.#world.sender?.left ?? 0) > 0 || this.#world.forwarder?.isDone === false) return false;
    const rows = this.#openRows();
    // It died at its start and is not back yet.
    if (rows.count("SELECT count(*) AS n FROM source") === 0) return false;
    const live = rows.count("SELECT count(*) AS n FROM work WHERE state <> 'dead'");
    // What is expected again has still to be missed.
    if (rows.count("SELECT count(*) AS n FROM live_window WHERE last_expected IS NOT NULL") > 0) return false;
    const unsealed = "SELECT count(*) AS n FROM audit WHERE id > (SELECT coalesce(max(last_id), 0) FROM seal)";
    if (rows.count(unsealed) > 0) return false;
    return live === 0 && rows.count("SELECT count(*) AS n FROM incident WHERE due_at IS NOT NULL") === 0;
  }

  #openRows(): Rows {
    this.#rows ??= this.#world.database.openRows();
    return this.#rows;
  }

  #fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }
}

/** From the start of a call until it can no longer land: the latest commit, and something for the way. */
const LONGEST_WAY_MS = 105_000;
