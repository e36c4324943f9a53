import { MINUTE_MS, SECOND_MS } from "../../../src/core/time.ts";
import { Forwarder } from "../../../src/forward/forwarder.ts";
import { readPlace } from "../../../src/forward/kept-place.ts";
import type { Compression, ForwardSettings } from "../../../src/forward/settings.ts";
import { createPlainLog } from "../../../src/observe/plain-log.ts";
import type { DurableFolder } from "../../../src/ports/durable-folder.ts";
import type { Intake } from "../../../src/ports/intake.ts";
import { createTestUnpack } from "../../unpack.ts";
import { between, pick, type Chance } from "../chance.ts";
import { Violation } from "../checks.ts";
import { clockOf, type SimTime } from "../sim-time.ts";
import { ForwardServer, linesOf } from "./forward-server.ts";
import { openForwardWire, type WirePoint } from "./forward-wire.ts";
import { NODE, NODE_ALERTS, NodeFiles } from "./node-files.ts";

export interface SimForwarderOptions {
  readonly time: SimTime;
  readonly chance: Chance;
  readonly reach: (what: string) => void;
  readonly intakes: () => ReadonlyMap<string, Intake> | null;
}

type DeathPoint = WirePoint | "before_kept" | "after_kept";

const DEATH_CHANCE: Readonly<Record<DeathPoint, number>> = {
  before_send: 0.01,
  after_taken: 0.02,
  before_kept: 0.02,
  after_kept: 0.02,
};
/** An install that is tried again and again: the first life ends before it has heard of the server. */
const FIRST_LIFE_ENDS = 0.4;
const LONG_DOWNTIMES = 0.3;
const FULL_DISKS = 0.3;
const LOOK_EVERY_MS = 10 * SECOND_MS;
/** Everything that lies there is sent long before, once all is well. */
const CATCHES_UP_MS = 30 * MINUTE_MS;
const LAST_LIFE_MS = 20 * SECOND_MS;
const CURSOR = "cursor.json";
/** Small, so that what takes several batches is met often. */
const LIMITS = { chunkBytes: 16 * 1_024, alertBytes: 12 * 1_024, alerts: 50 };

interface Life {
  alive: boolean;
  reach(point: DeathPoint): void;
  /** It is at the end, and has no trouble with its server. */
  isWell(): boolean;
  stop(): Promise<void>;
}

/** The real forwarder on a node of its own, against the engine's way in: it dies, its server does, and so do answers. */
export class SimForwarder {
  readonly node: NodeFiles;
  readonly server: ForwardServer;
  /** It has stopped in order, and once more after that. */
  isDone = false;
  readonly #options: SimForwarderOptions;
  readonly #settings: ForwardSettings;
  /** Its state folder, which outlives it. */
  readonly #kept = new Map<string, string>();
  #life: Life | null = null;
  #isTroubled = true;
  #isDiskFull = false;
  #requests = 0;
  #linesSent = 0;

  constructor(options: SimForwarderOptions) {
    const { time, chance, reach, intakes } = options;
    this.#options = options;
    this.node = new NodeFiles(time, chance);
    this.server = new ForwardServer({ time, chance, reach, intakes, written: this.node.written });
    this.#settings = {
      alerts: NODE_ALERTS,
      to: "https://riposte.sim",
      tokenFile: null,
      ca: null,
      cert: null,
      key: null,
      state: "/var/lib/riposte-forward",
      node: NODE,
      // There is nothing yet when it first runs.
      start: pick(chance, ["end", "beginning"]),
      compress: pick(chance, ["zstd", "gzip", "off"] satisfies readonly Compression[]),
    };
  }

  run(endAt: number): void {
    const { time, chance } = this.#options;
    this.#boot();
    this.node.run(endAt);
    const trouble = (): void => {
      if (!this.#isTroubled) return;
      if (chance() < FULL_DISKS) this.#fillDisk();
      else this.#die("any_time");
      time.after(between(chance, 30 * SECOND_MS, 6 * MINUTE_MS), trouble);
    };
    time.after(between(chance, 20 * SECOND_MS, 3 * MINUTE_MS), trouble);
  }

  /** From here on everything is well: it catches up, stops, and has nothing left to send when it is started again. */
  calmDown(): void {
    const { time } = this.#options;
    this.#isTroubled = this.#isDiskFull = false;
    const givesUpAt = time.now + CATCHES_UP_MS;
    let sentBefore = -1;
    const look = (): void => {
      const life = this.#life;
      // What was sent and has no answer yet may be sent again: it is stopped once there is no such thing.
      const isUnderWay = this.missing() !== undefined || this.#linesSent > sentBefore || life?.isWell() !== true;
      sentBefore = this.#linesSent;
      if (life === null || (isUnderWay && time.now < givesUpAt)) time.after(LOOK_EVERY_MS, look);
      else this.#stop(life, () => this.#runOnceMore());
    };
    time.after(LOOK_EVERY_MS, look);
  }

  /** A wanted line that nobody has answered for. */
  missing(): string | undefined {
    return this.node.written.find(({ isWanted, identity }) => isWanted && !this.server.received.has(identity))
      ?.identity;
  }

  #runOnceMore(): void {
    const { time } = this.#options;
    const sentBefore = this.#linesSent;
    this.#boot();
    time.after(LAST_LIFE_MS, () => {
      if (this.#linesSent > sentBefore)
        throw new Violation(1, `${this.#linesSent - sentBefore} lines were sent again after it had stopped in order`);
      this.#stop(this.#life!, () => (this.isDone = true));
    });
  }

  #stop(life: Life, then: () => void): void {
    life.stop().then(
      () => {
        life.alive = false;
        then();
      },
      (bug: unknown) => this.#fail(bug),
    );
  }

  #boot(): void {
    const { time, chance } = this.#options;
    const life: Life = {
      alive: true,
      reach: (point) => (life.alive ? this.#reach(point) : undefined),
      isWell: () => forwarder.status().server === null && forwarder.status().source.state === "at_end",
      stop: () => forwarder.stop(),
    };
    this.#life = life;
    const clock = clockOf(time, life);
    const folder = this.#folderFor(life);
    const place = readPlace(folder, NODE_ALERTS);
    const forwarder = new Forwarder({
      settings: this.#settings,
      version: "simulated",
      folder,
      cursor: place.kind === "kept" ? place.cursor : null,
      files: this.node.disk.filesFor(life),
      unpack: createTestUnpack(clock),
      http: openForwardWire(
        {
          time,
          chance,
          server: this.server,
          isTroubled: () => this.#isTroubled,
          reach: this.#options.reach,
          sent: (request) => (this.#linesSent += linesOf(request).length),
        },
        life,
      ),
      token: null,
      clock,
      random: chance,
      log: createPlainLog({
        level: "error",
        pretty: false,
        scrub: (line) => line,
        write: (line) => (life.alive ? this.#hear(line) : undefined),
        now: () => time.now,
      }),
      limits: LIMITS,
    });
    forwarder.start().catch((bug: unknown) => (life.alive ? this.#fail(bug) : undefined));
  }

  #reach(point: DeathPoint): void {
    const { chance } = this.#options;
    if (point === "before_send") this.#requests += 1;
    const isFirst = this.#requests === 1 && point === "before_send";
    if (this.#isTroubled && chance() < (isFirst ? FIRST_LIFE_ENDS : DEATH_CHANCE[point])) this.#die(point);
  }

  #die(point: DeathPoint | "any_time"): void {
    const { time, chance, reach } = this.#options;
    const life = this.#life;
    if (life === null) return;
    reach(`forwarder died ${point}`);
    life.alive = false;
    this.#life = null;
    const isLong = chance() < LONG_DOWNTIMES;
    const downMs = isLong ? between(chance, MINUTE_MS, 5 * MINUTE_MS) : between(chance, 50, 20_000);
    const { packed } = this.node;
    if (isLong && this.#isTroubled)
      time.after(between(chance, 0, downMs / 2), () => this.node.goThroughFiles(between(chance, 1, 4)));
    time.after(downMs, () => {
      if (this.node.packed > packed) reach("packed while the forwarder was down");
      this.#boot();
    });
  }

  #folderFor(life: Life): DurableFolder {
    return {
      read: (name) => this.#kept.get(name) ?? null,
      replace: (name, text) => {
        if (!life.alive) return;
        if (this.#isDiskFull) {
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        }
        // Whoever begins at the end and dies before that is kept has begun nowhere.
        if (name !== CURSOR || this.#kept.has(CURSOR)) life.reach("before_kept");
        if (!life.alive) return;
        this.#kept.set(name, text);
        life.reach("after_kept");
      },
      append: (_, text) =>
        this.#fail(new Violation(1, `nothing is wrong with any line, and this was put aside: ${text}`)),
    };
  }

  /** Not before it has begun somewhere: what could never be kept begins anew, as it says. */
  #fillDisk(): void {
    const { time, chance, reach } = this.#options;
    if (!this.#kept.has(CURSOR)) return;
    reach("forwarder's disk full");
    this.#isDiskFull = true;
    time.after(between(chance, 1_000, 2 * MINUTE_MS), () => (this.#isDiskFull = false));
  }

  /** What it says as an error is trouble of the server's or of its own folder; nothing is ever wrong with the alerts. */
  #hear(line: string): void {
    const isBug = line.includes("a bug:") || line.includes("something is wrong with the alerts");
    if (isBug) this.#fail(new Violation(1, `the forwarder says: ${line}`));
  }

  #fail(bug: unknown): void {
    this.#options.time.after(0, () => {
      throw bug;
    });
  }
}
