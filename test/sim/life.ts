import { isBeyondBudget, stormsOf } from "../../src/app/health/facts.ts";
import { Monitor } from "../../src/app/health/monitor.ts";
import { haveRead } from "../../src/app/have-read.ts";
import { openLosses } from "../../src/app/open-losses.ts";
import type { Change } from "../../src/core/change.ts";
import { MINUTE_MS } from "../../src/core/time.ts";
import type { WriterDoor } from "../../src/engine/door.ts";
import { Survey } from "../../src/engine/survey.ts";
import { type Assembly, Engine } from "../../src/engine/engine.ts";
import { Writer } from "../../src/engine/writer.ts";
import type { Destination } from "../../src/connectors/connector.ts";
import type { Secrets } from "../../src/ports/secrets.ts";
import type { Store } from "../../src/store/store.ts";
import { readStoredLine } from "../../src/sources/stored-line.ts";
import { intakesOf } from "../../src/app/intakes.ts";
import type { Accept, AcceptCounted, Source } from "../../src/sources/source.ts";
import { AgentBook } from "../../src/sources/agent-book.ts";
import type { LineJudge } from "../../src/sources/line-judge.ts";
import type { FleetFound } from "../../src/store/agent-rows.ts";
import { createAgentsSource } from "../../src/sources/agents.ts";
import { createHttpSource } from "../../src/sources/http-source.ts";
import { createIndexerSource } from "../../src/sources/indexer.ts";
import { Sealer, type SealedRows } from "../../src/engine/sealer.ts";
import { createSpool } from "../../src/sources/spool.ts";
import { createTail } from "../../src/sources/tail.ts";
import { wordsOf, type TailEvent } from "../../src/sources/tail-event.ts";
import { OWN_POLICIES, problemOf, type HealthFacts, type Problem } from "../../src/core/own-health.ts";
import { openWazuhApi } from "../../src/wazuh/api/client.ts";
import { openIndexer } from "../../src/wazuh/indexer/client.ts";
import { usualIndexerUser } from "../fakes/opensearch/opensearch.ts";
import { usualUser } from "../fakes/wazuh-api/wazuh-api.ts";
import { createTestUnpack } from "../unpack.ts";
import { between, type Chance } from "./chance.ts";
import { Violation } from "./checks.ts";
import { DiskFull, mortalStore } from "./mortal-store.ts";
import { FACTS } from "./plan.ts";
import { SENDER } from "./forwarding/forward-server.ts";
import { RELOAD_CHANCE } from "./odds.ts";
import { INDEXER_URL, OVERLAP_MS } from "./sim-indexer.ts";
import { clockOf } from "./sim-time.ts";
import { watched, type Visiting } from "./visits.ts";
import type { LaneRow, Rows } from "./rows.ts";
import { ALERTS_PATH } from "./workload.ts";
import { SECRETS, WAZUH_HOST, type World } from "./world.ts";

/** The instants at which a process may die and the order of things matters. */
export const CRASH_POINTS = ["before_commit", "after_commit", "before_step", "after_step", "any_time"] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

export interface LifeOptions {
  readonly world: World;
  readonly chance: Chance;
  readonly store: Store;
  /** Ends the way to the store: whatever is not committed is gone. */
  readonly drop: () => void;
  /** Asked at each point; true ends the life there and then. */
  readonly dies: (point: CrashPoint) => boolean;
  readonly died: (point: CrashPoint) => void;
  /** Trouble may come; else everything is to settle. */
  readonly isBusy: () => boolean;
  readonly turns: (tickAt: number | null) => void;
  readonly committed: (changes: readonly Change[]) => void;
  /** What is committed, as an inspector sees it. */
  readonly rows: () => Rows;
  /** Something that no trouble of the world explains. */
  readonly failed: (error: unknown) => void;
}

/**
 * One life of the engine: the real Writer, workers, tail and store, with the world behind its ports. Death is a store
 * that is left without a commit; whatever of it still runs finds every port gone silent.
 */
export class Life {
  alive = true;
  readonly bornAt: number;
  readonly engine: Engine;
  readonly door: WriterDoor;
  readonly #options: LifeOptions;
  readonly #reloads: Chance;
  #generation = 0;
  readonly #book = new AgentBook();
  readonly #judge: LineJudge;
  readonly #survey: Survey;
  readonly #visiting: readonly Visiting[];
  #isStarted = false;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: LifeOptions) {
    const { world, chance, store } = options;
    this.#options = options;
    this.#judge = world.fleet === null ? world.plan.judge : world.plan.judgeWith(this.#book);
    this.bornAt = world.time.now;
    const { visits, time } = world;
    this.#visiting = ["jira", "chat"].map((destination) => ({
      destination,
      inFlight: 0,
      log: (visit) => visits.push({ at: time.now, ...visit }),
    }));
    this.#reloads = world.chance(`reloads ${this.bornAt}`);
    const clock = clockOf(world.time, this);
    this.door = new Writer({
      store: mortalStore(store, this, world, world.chance(`commits ${this.bornAt}`)),
      clock,
      random: chance,
      snapshot: world.plan.snapshot,
      openDestinations: () => world.plan.destinations(),
      readFacts: readStoredLine,
      soon: (turn) => clock.after(between(chance, 0, 3), turn),
      committed: options.committed,
      troubled: (error) => this.#failed(error),
    });
    this.engine = new Engine({
      door: this.door,
      cursorOf: (name) => this.#cursorOf(name),
      secrets: simSecrets,
      processes: world.scripts.processesFor(this),
      clock,
      observe: {
        settled: (about, outcome) => {
          world.reach(`outcome ${outcome.kind}`);
          if (about.repeat) world.reach("repeat");
        },
        looked: (_about, look) => world.reach(`look ${look.kind}`),
        swept: ({ twins }, look) => world.reach(twins > 0 ? "sweep twin" : `sweep ${look.kind}`),
        failed: (_about, error) => this.#failed(error),
      },
    });
    const asked = world.plan.destinations();
    this.#survey = new Survey({
      clock,
      destinations: () => asked,
      shownAt: (...asks) => (this.alive ? world.database.reader.shownAt(...asks) : new Promise<never>(() => {})),
      mayAsk: (name) => this.#mayAsk(name),
      submit: (input) => this.door.submit(input),
      io: { http: world.net.httpFor(this, "survey"), secrets: simSecrets, clock },
      troubled: () => world.reach("survey troubled"),
    });
  }

  /** Looks whether somebody's budget is used up; the rest of Riposte's own health has tests of its own. */
  #startMonitor(): void {
    const { world } = this.#options;
    if (!world.jiraSite.hasBudget) return;
    const { reader } = world.database;
    const never = new Promise<never>(() => {});
    const nothing = {
      deadLetters: [],
      lanes: [],
      waitingSince: new Map(),
      sources: [],
      disk: null,
      secrets: [],
      unsent: [],
    };
    const look = async (): Promise<HealthFacts> => {
      const listed = (await reader.workTallies()).filter(isBeyondBudget);
      return { ...nothing, now: world.time.now, storms: await stormsOf(reader, listed) };
    };
    const remembered = async (): Promise<readonly Problem[]> => {
      const found = await reader.incidents({ policyPrefix: OWN_POLICIES, state: "unresolved", limit: 10 });
      return found.flatMap((incident) => problemOf(incident) ?? []);
    };
    new Monitor({
      clock: clockOf(world.time, this),
      look: () => (this.alive ? look() : never),
      terms: () => ({ quietSourceMs: null, destinations: new Set(["jira"]) }),
      submit: (stretch) => this.door.submit(stretch),
      remembered: () => (this.alive ? remembered() : never),
      unwritable: () => world.reach("monitor could not write"),
      failed: (error) => this.#failed(error),
    }).start();
  }

  #startSealer(): void {
    const { world } = this.#options;
    const never = new Promise<never>(() => {});
    const audit = (): SealedRows => world.database.reader.auditing;
    new Sealer({
      clock: clockOf(world.time, this),
      door: { submit: (input) => this.door.submit(input) },
      audit: () => ({
        head: () => (this.alive ? audit().head() : never),
        lastSeal: () => (this.alive ? audit().lastSeal() : never),
        rowsAfter: (...of) => (this.alive ? audit().rowsAfter(...of) : never),
      }),
      signer: () => Promise.resolve(null),
      sealed: () => {},
      differs: (row) => this.#failed(new Violation(13, `row ${row} is not what was written`)),
      unsigned: () => {},
      failed: (error) => this.#failed(error),
      afterMs: MINUTE_MS,
    }).start();
  }

  get isDrowsy(): boolean {
    return !this.#options.isBusy();
  }

  #mayAsk(name: string): Promise<boolean> {
    if (!this.alive) return new Promise<never>(() => {});
    const { rows, world } = this.#options;
    const [lane] = rows().all<LaneRow>("SELECT * FROM lane WHERE destination = ?", name);
    return Promise.resolve(lane === undefined || lane.hold_until <= world.time.now);
  }

  /** As a process that has just started has them; the visits to one whose steps take several calls are noted. */
  #destinations(): ReadonlyMap<string, Destination> {
    const { world } = this.#options;
    const made = new Map(world.plan.destinations());
    for (const visiting of this.#visiting) {
      made.set(visiting.destination, watched(made.get(visiting.destination)!, visiting));
    }
    return made;
  }

  /** The same config once more, as after a change that changes nothing: everything is taken down and built anew. */
  reload(): void {
    if (!this.#isStarted) return;
    this.#reloading = this.#reloading
      .then(() => this.engine.apply(this.#assembly()))
      .catch((error: unknown) => this.#failed(error));
  }

  #assembly(): Assembly {
    const { world } = this.#options;
    this.#generation += 1;
    return {
      setup: { generation: this.#generation, snapshot: world.plan.snapshot, destinations: [] },
      destinations: this.#destinations(),
      http: world.net.httpFor(this),
      beforeReading: async () => {
        if (world.fleet !== null && this.#book.lookedAt === null) this.#book.load(await this.#fleetKnown());
      },
      sources: (accept) => {
        const others = [...this.#spool(accept), ...this.#indexer(accept), ...this.#sent(accept), this.#tail(accept)];
        return [...this.#agents(accept, others), ...others];
      },
    };
  }

  #tail(accept: Accept): Source {
    const { world } = this.#options;
    return createTail({
      name: "alerts",
      path: ALERTS_PATH,
      start: "beginning",
      files: world.disk.filesFor(this),
      clock: clockOf(world.time, this),
      accept,
      judge: this.#judge,
      unpack: createTestUnpack(clockOf(world.time, this)),
      observe: (event) => this.#told(event),
    });
  }

  /** What the Wazuh API says of the fleet; it is opened anew with each config, as its token is. */
  #agents(accept: Accept, others: readonly Source[]): readonly Source[] {
    const { world } = this.#options;
    if (world.fleet === null) return [];
    world.fleet.begins();
    const clock = clockOf(world.time, this);
    const settings = { url: `https://${WAZUH_HOST}`, user: usualUser, password: { file: "/etc/riposte/wazuh-api" } };
    const http = world.net.httpFor(this, "agents");
    const api = openWazuhApi({ settings, http, secrets: simSecrets, clock });
    const never = new Promise<never>(() => {});
    return [
      createAgentsSource({
        name: "agents",
        api,
        everyMs: MINUTE_MS,
        clock,
        judge: this.#judge,
        accept,
        ...(world.fleet !== null && { enrich: { api, facts: FACTS, book: this.#book } }),
        openLosses: () => (this.alive ? openLosses(world.database.reader) : never),
        othersHaveRead: () => haveRead(others, clock, this.bornAt),
        observe: ({ kind }) => world.reach(`agents ${kind}`),
      }),
    ];
  }

  #spool(accept: Accept): readonly Source[] {
    const { spool, time, plan } = this.#options.world;
    if (spool === null) return [];
    const [folder, clock] = [spool.folderFor(this), clockOf(time, this)];
    return [createSpool({ name: "spool", folder, owner: null, ownId: null, clock, accept, judge: plan.judge })];
  }

  #indexer(accept: Accept): readonly Source[] {
    const { indexer, time, plan } = this.#options.world;
    if (indexer === null) return [];
    const reading = { url: INDEXER_URL, index: "wazuh-alerts-4.x-*", wazuh: 4 } as const;
    const settings = { ...reading, user: usualIndexerUser, password: { file: "/etc/riposte/indexer" } };
    return [
      createIndexerSource({
        ...reading,
        name: "indexer",
        indexer: openIndexer({ settings, http: indexer.httpFor(this), secrets: simSecrets }),
        start: "beginning",
        overlapMs: OVERLAP_MS,
        lateMs: LATE_MS,
        clock: clockOf(time, this),
        accept,
        judge: plan.judge,
        limits: { everyMs: INDEXER_EVERY_MS, pageSize: 20 },
      }),
    ];
  }

  #sent(accept: AcceptCounted): readonly Source[] {
    const { world } = this.#options;
    world.intakes = () => (this.alive ? intakesOf(this.engine.sources) : null);
    const senders = [world.sender === null ? null : "worker-1", world.forwarder === null ? null : SENDER];
    const [clock, judge] = [clockOf(world.time, this), world.plan.judge];
    return senders
      .filter((sender) => sender !== null)
      .map((sender) => createHttpSource({ name: `forwarders/${sender}`, sender, clock, accept, judge }));
  }

  /** Over another connection than the Writer's, which may be amid a plan. */
  #fleetKnown(): Promise<FleetFound> {
    return this.alive ? this.#options.world.database.reader.fleet() : new Promise<never>(() => {});
  }

  #cursorOf(name: string): Promise<string | null> {
    if (!this.alive) return new Promise<never>(() => {});
    const [source] = this.#options.rows().all<{ cursor: string }>("SELECT cursor FROM source WHERE name = ?", name);
    return Promise.resolve(source?.cursor ?? null);
  }

  /** A database that takes no writes ends the start; whoever watches over the process starts it again. */
  start(): void {
    this.engine.start(this.#assembly()).then(
      () => {
        this.#isStarted = true;
        this.#survey.start();
        this.#startMonitor();
        this.#startSealer();
      },
      (error: unknown) => {
        this.#failed(error);
        this.die("any_time");
      },
    );
  }

  #told(event: TailEvent): void {
    const { world, failed } = this.#options;
    switch (event.kind) {
      case "opened":
        if (event.path.endsWith(".gz"))
          world.reach(event.offsetBytes === 0 ? "packed file begun" : "packed file continued");
        return;
      case "gap":
      case "damaged":
      case "truncated":
      case "cursor_unreadable":
        failed(new Violation(1, `nothing is lost here, and yet the tail says: ${wordsOf(event)}`));
        return;
      case "missing":
      case "unreadable":
      case "not_accepted":
      case "well":
        return;
    }
  }

  reach(point: CrashPoint): void {
    const { world, dies, isBusy } = this.#options;
    if (!this.alive) return;
    if (dies(point)) return this.die(point);
    if (point !== "before_step" || !isBusy() || this.#reloads() >= RELOAD_CHANCE) return;
    world.reach("reload amid a call");
    this.reload();
  }

  turns(tickAt: number | null): void {
    this.#options.turns(tickAt);
  }

  die(point: CrashPoint): void {
    if (!this.alive) return;
    this.alive = false;
    this.#options.drop();
    this.#options.world.history.undone();
    this.#options.died(point);
  }

  #failed(error: unknown): void {
    if (this.alive && !(error instanceof DiskFull)) this.#options.failed(error);
  }
}

/** A look makes four calls: more of them would be most of a seed. */
const INDEXER_EVERY_MS = 7_000;
const LATE_MS = 60 * MINUTE_MS;

const simSecrets: Secrets = {
  read: (ref) => {
    const value = "file" in ref ? SECRETS[ref.file] : undefined;
    return Promise.resolve(
      value === undefined ? { kind: "unreadable", why: "no such file" } : { kind: "value", value },
    );
  },
};
