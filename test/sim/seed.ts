import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { HOUR_MS, MINUTE_MS } from "../../src/core/time.ts";
import type { Change } from "../../src/core/change.ts";
import type { Command } from "../../src/core/input.ts";
import { between, pick, type Chance } from "./chance.ts";
import { checkCounts, checkNobodyForgotten, checkNobodyWaits, checkOrder, hold, Violation } from "./checks.ts";
import { Life, type CrashPoint } from "./life.ts";
import {
  checkAgainstWritten,
  checkAtRest,
  checkBoard,
  checkPace,
  checkRepeatsAreMarked,
  checkBoardSoFar,
} from "./quiet-checks.ts";
import { Rows } from "./rows.ts";
import { CANARIES, World } from "./world.ts";

export interface SeedReport {
  readonly seed: number;
  readonly steps: number;
  readonly faults: number;
  readonly crashes: number;
  /** Everything that was called and committed, in order. */
  readonly trace: string;
  readonly reached: Readonly<Record<string, number>>;
  readonly violation: { readonly invariant: number; readonly says: string } | null;
}

/** How long trouble lasts, and how long it may then take until everything is where it belongs. */
const BUSY_MS = 30 * MINUTE_MS;
const QUIET_MS = 40 * HOUR_MS;
/** Work may be due this long before anybody must have called: a commit, a turn, and the ticks between. */
const IDLE_MS = 2_500;

/** One simulated day: two hours of alerts, people, faults and deaths, and then quiet until everything has settled. */
export async function runSeed(seed: number): Promise<SeedReport> {
  const world = new World(seed);
  const run = new Run(world);
  let violation: SeedReport["violation"] = null;
  try {
    await run.busy();
    await run.quiet();
  } catch (error) {
    const found = run.failure ?? error;
    const invariant = found instanceof Violation ? found.invariant : 0;
    violation = { invariant, says: found instanceof Error ? (found.stack ?? found.message) : String(found) };
  } finally {
    run.end();
    world.remove();
  }
  return {
    seed,
    steps: world.time.steps,
    faults: world.net.calls.filter(({ fault }) => fault !== "none").length + run.crashes,
    crashes: run.crashes,
    trace: run.trace.digest("hex"),
    reached: Object.fromEntries(world.reached),
    violation,
  };
}

class Run {
  crashes = 0;
  failure: Error | null = null;
  readonly trace = createHash("sha256");
  readonly #world: World;
  readonly #deaths: Chance;
  readonly #people: Chance;
  #life: Life | null = null;
  #rows: Rows | null = null;
  #mayDie = true;
  #commits = 0;

  constructor(world: World) {
    this.#world = world;
    this.#deaths = world.chance("deaths");
    this.#people = world.chance("people");
  }

  async busy(): Promise<void> {
    const { time, net, workload } = this.#world;
    const endAt = time.now + BUSY_MS;
    net.weights = FAULTS;
    this.#boot();
    workload.run(endAt);
    this.#troubleUntil(endAt);
    this.#peopleUntil(endAt);
    this.#watchUntil(endAt);
    await time.runUntil(endAt, () => this.failure !== null);
    if (this.failure !== null) throw this.failure;
  }

  async quiet(): Promise<void> {
    const { time, net, vendors, plan, workload } = this.#world;
    net.weights = { none: 1 };
    for (const host of net.hosts.values()) host.outage = null;
    this.#mayDie = false;
    const endAt = time.now + QUIET_MS;
    while (time.now < endAt && !this.#isAtRest()) {
      await time.runUntil(time.now + 10 * MINUTE_MS, () => this.failure !== null);
      if (this.failure !== null) throw this.failure;
    }
    vendors.jira.settle(time.now);
    const rows = this.#openRows();
    checkCounts(rows);
    checkAgainstWritten(rows, workload.written);
    checkNobodyForgotten(rows, plan.snapshot);
    checkAtRest(rows);
    checkBoard(rows, plan.snapshot, vendors.board);
    checkRepeatsAreMarked(rows, plan.snapshot, vendors);
    const starts = net.calls.filter(({ host }) => host === "slack.sim").map(({ at }) => at);
    checkPace(vendors, starts, plan.snapshot.destinations["slack"]!.paceMs);
    this.#checkSecrets();
    for (const state of rows.all<{ state: string; n: number }>(
      "SELECT state, count(*) AS n FROM incident GROUP BY state",
    )) {
      this.#world.reach(`incident ${state.state}`);
    }
  }

  end(): void {
    this.#mayDie = false;
    if (this.#life?.alive === true) this.#life.die("any_time");
    this.#rows?.close();
  }

  #boot(): void {
    const world = this.#world;
    const life: Life = new Life({
      world,
      chance: world.chance(`engine ${this.crashes}`),
      dies: (point) => this.#dies(point),
      died: (point) => this.#died(point),
      committed: (changes) => this.#committed(changes),
    });
    this.#life = life;
    life.engine.start().catch((error: unknown) => this.#fail(error));
  }

  #dies(point: CrashPoint): boolean {
    return this.#mayDie && this.#deaths() < DEATH_CHANCE[point];
  }

  #died(point: CrashPoint): void {
    this.#rows?.close();
    this.#rows = null;
    this.#life = null;
    if (this.#mayDie) {
      this.crashes += 1;
      this.#world.reach(`died ${point}`);
      this.#world.time.after(between(this.#deaths, 50, 30_000), () => this.#boot());
    }
  }

  #committed(changes: readonly Change[]): void {
    this.trace.update(JSON.stringify([this.#world.time.now, changes]));
    this.#commits += 1;
    try {
      const rows = this.#openRows();
      if (this.#commits % 20 === 0) checkCounts(rows);
      const begun = new Map<string, number[]>();
      for (const change of changes) {
        if (change.table === "attempt" && change.row.endedAt === null) {
          begun.set(change.row.destination, [...(begun.get(change.row.destination) ?? []), change.row.id]);
        }
        if (change.table === "work") this.#world.reach(`work ${change.row.state}`);
        if (change.table === "moment") this.#world.reach(`moment ${change.row.kind}`);
        if (change.table === "alert") this.#world.reach(`alert ${change.row.disposition}`);
      }
      for (const [destination, attempts] of begun) checkOrder(rows, destination, attempts, this.#world.time.now);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Destinations that are down for minutes, Slack's webhook revoked for a while, and death at any time. */
  #troubleUntil(endAt: number): void {
    const { time, net, vendors } = this.#world;
    const chance = this.#world.chance("trouble");
    const next = (): void => {
      if (time.now >= endAt) return;
      const host = pick(chance, [...net.hosts.values()]);
      const kind = pick(chance, ["refused", "timeout-not-done", "status-503", "revoked", "death", "death"] as const);
      const lastsMs = between(chance, 10_000, 15 * MINUTE_MS);
      this.#world.reach(`trouble ${kind}`);
      if (kind === "death") {
        if (this.#mayDie) this.#life?.die("any_time");
      } else if (kind === "revoked") {
        vendors.slack.setState("revoked");
        time.after(lastsMs, () => vendors.slack.setState("active"));
      } else {
        host.outage = kind === "status-503" ? { kind, done: false, retryAfterSeconds: null } : { kind };
        time.after(lastsMs, () => (host.outage = null));
      }
      time.after(between(chance, MINUTE_MS, 20 * MINUTE_MS), next);
    };
    time.after(between(chance, MINUTE_MS, 10 * MINUTE_MS), next);
  }

  #peopleUntil(endAt: number): void {
    const { time } = this.#world;
    const next = (): void => {
      if (time.now >= endAt) return;
      const command = this.#someCommand();
      this.#world.reach(`command ${command.kind}`);
      // A command that dies with the engine is the person's to repeat.
      this.#life?.engine.submit({ kind: "command", who: "ana", command }).catch((error: unknown) => this.#fail(error));
      time.after(between(this.#people, MINUTE_MS, 12 * MINUTE_MS), next);
    };
    time.after(between(this.#people, MINUTE_MS, 12 * MINUTE_MS), next);
  }

  #someCommand(): Command {
    const incident = between(this.#people, 1, 12);
    const destination = pick(this.#people, ["board", "slack", "tickets", "hook"]);
    switch (pick(this.#people, ["acknowledge", "resolve", "retry_work", "drop_work", "retry_dead"] as const)) {
      case "acknowledge":
        return { kind: "acknowledge", incident };
      case "resolve":
        return { kind: "resolve", incident, note: "looked at" };
      case "retry_work":
        return { kind: "retry_work", incident, destination };
      case "drop_work":
        return { kind: "drop_work", incident, destination };
      case "retry_dead":
        return { kind: "retry_dead", destination };
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
          checkNobodyWaits(rows, plan.snapshot, time.now, IDLE_MS);
          checkBoardSoFar(rows, vendors.board, time.now, LONGEST_WAY_MS);
        }
      } catch (error) {
        this.#fail(error);
      }
      time.after(47_000, next);
    };
    time.after(47_000, next);
  }

  /** 7: no secret's value in the database, whichever row it would have got into. */
  #checkSecrets(): void {
    const { directory } = this.#world;
    for (const name of readdirSync(directory)) {
      const bytes = readFileSync(join(directory, name));
      for (const canary of CANARIES) hold(7, !bytes.includes(canary), () => `a secret's value stands in ${name}`);
    }
  }

  #isAtRest(): boolean {
    const rows = this.#openRows();
    const live = rows.count("SELECT count(*) AS n FROM work WHERE state <> 'dead'");
    return live === 0 && rows.count("SELECT count(*) AS n FROM incident WHERE due_at IS NOT NULL") === 0;
  }

  #openRows(): Rows {
    this.#rows ??= new Rows(this.#world.databasePath);
    return this.#rows;
  }

  #fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }
}

/** From the start of a call until it can no longer land: the latest commit, and something for the way. */
const LONGEST_WAY_MS = 105_000;

const DEATH_CHANCE: Readonly<Record<CrashPoint, number>> = {
  before_commit: 0.002,
  after_commit: 0.002,
  before_step: 0.004,
  after_step: 0.004,
  any_time: 0,
};

const FAULTS = {
  none: 64,
  refused: 2,
  dns: 1,
  tls: 1,
  "reset-before-commit": 2,
  "reset-after-commit": 2,
  "timeout-not-done": 1,
  "timeout-done": 2,
  "late-commit": 6,
  "status-429": 2,
  "status-500": 1,
  "status-503": 1,
  garbage: 1,
  slow: 2,
} as const;
