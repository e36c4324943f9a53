import { clockOf } from "../sim-time.ts";
import { Actuator } from "../../../src/engine/actuator.ts";
import type { Setup, WriterDoor } from "../../../src/engine/door.ts";
import { Engine, type Assembly } from "../../../src/engine/engine.ts";
import { Writer } from "../../../src/engine/writer.ts";
import type { Secrets } from "../../../src/ports/secrets.ts";
import type { Store } from "../../../src/store/store.ts";
import { createTail } from "../../../src/sources/tail.ts";
import { openWazuhApi } from "../../../src/wazuh/api/client.ts";
import { Responder } from "../../../src/wazuh/responder.ts";
import { usualPassword, usualUser } from "../../fakes/wazuh-api/wazuh-api.ts";
import { createTestUnpack } from "../../unpack.ts";
import { between, type Chance } from "../chance.ts";
import type { CrashPoint } from "../life.ts";
import { DiskFull, mortalStore, type Ground } from "../mortal-store.ts";
import type { Rows } from "../rows.ts";
import type { SimDisk } from "../sim-disk.ts";
import type { SimNet } from "../sim-net.ts";
import type { DeskConfig } from "./desk-terms.ts";
import { ALERTS_PATH } from "./site.ts";

export const WAZUH_HOST = "wazuh.sim";

export interface DeskLifeOptions {
  readonly ground: Ground;
  readonly disk: SimDisk;
  readonly net: SimNet;
  readonly chance: Chance;
  readonly store: Store;
  readonly drop: () => void;
  readonly config: DeskConfig;
  /** What the Writer decides by from now on. */
  readonly follows: (setup: Setup) => void;
  readonly dies: (point: CrashPoint) => boolean;
  readonly died: (point: CrashPoint) => void;
  readonly isBusy: () => boolean;
  readonly rows: () => Rows;
  readonly failed: (error: unknown) => void;
}

/** One life of a Riposte that responds: the real Writer, tail, actuator, responder and client of the Wazuh API. */
export class DeskLife {
  alive = true;
  readonly door: WriterDoor;
  readonly engine: Engine;
  readonly #options: DeskLifeOptions;
  readonly #actuator: Actuator;
  #config: DeskConfig;
  #generation = 0;
  #isStarted = false;

  constructor(options: DeskLifeOptions) {
    const { ground, chance, store, net, config } = options;
    this.#options = options;
    this.#config = config;
    const clock = clockOf(ground.time, this);
    this.door = new Writer({
      store: mortalStore(store, this, ground, chance),
      clock,
      random: chance,
      snapshot: config.snapshot,
      soon: (turn) => clock.after(between(chance, 0, 3), turn),
      committed: () => {},
      troubled: (error) => this.#failed(error),
    });
    this.engine = new Engine({
      door: this.#announcing(),
      cursorOf: (name) => this.#cursorOf(name),
      secrets: deskSecrets,
      clock,
      observe: { settled() {}, looked() {}, swept() {}, failed: (_about, error) => this.#failed(error) },
    });
    const settings = { url: `https://${WAZUH_HOST}`, user: usualUser, password: { file: "wazuh-api" } };
    const api = openWazuhApi({ settings, http: net.httpFor(this), secrets: deskSecrets, clock });
    const hands = new Responder({ api, ownAddresses: () => ["203.0.113.250"] });
    this.#actuator = new Actuator({
      door: this.door,
      clock,
      hands: () => hands,
      responds: () => this.#config.snapshot.guardrails !== undefined,
      failed: (error) => this.#failed(error),
    });
  }

  get isDrowsy(): boolean {
    return !this.#options.isBusy();
  }

  start(): void {
    this.engine.start(this.#assembly()).then(
      () => {
        this.#isStarted = true;
        this.#actuator.start();
      },
      (error: unknown) => {
        this.#failed(error);
        this.die("any_time");
      },
    );
  }

  follow(config: DeskConfig): void {
    if (!this.#isStarted || !this.alive) return;
    this.#config = config;
    this.engine.apply(this.#assembly()).catch((error: unknown) => this.#failed(error));
  }

  reach(point: CrashPoint): void {
    if (this.alive && this.#options.dies(point)) this.die(point);
  }

  turns(): void {}

  die(point: CrashPoint): void {
    if (!this.alive) return;
    this.alive = false;
    this.#options.drop();
    this.#options.died(point);
  }

  #announcing(): WriterDoor {
    const { door } = this;
    return {
      submit: (input) => door.submit(input),
      follow: async (setup) => {
        await door.follow(setup);
        this.#options.follows(setup);
      },
      work: (perform) => door.work(perform),
      rest: () => door.rest(),
      check: () => door.check(),
      close: () => door.close(),
    };
  }

  #assembly(): Assembly {
    const { disk, ground } = this.#options;
    const clock = clockOf(ground.time, this);
    this.#generation += 1;
    const { snapshot, judge } = this.#config;
    return {
      setup: { generation: this.#generation, snapshot, destinations: [] },
      destinations: new Map(),
      http: this.#options.net.httpFor(this),
      sources: (accept) => [
        createTail({
          name: "alerts",
          path: ALERTS_PATH,
          start: "beginning",
          files: disk.filesFor(this),
          clock,
          accept,
          judge,
          unpack: createTestUnpack(clock),
          observe: () => {},
        }),
      ],
    };
  }

  #cursorOf(name: string): Promise<string | null> {
    if (!this.alive) return new Promise<never>(() => {});
    const [source] = this.#options.rows().all<{ cursor: string }>("SELECT cursor FROM source WHERE name = ?", name);
    return Promise.resolve(source?.cursor ?? null);
  }

  #failed(error: unknown): void {
    if (this.alive && !(error instanceof DiskFull)) this.#options.failed(error);
  }
}

const deskSecrets: Secrets = { read: () => Promise.resolve({ kind: "value", value: usualPassword }) };
