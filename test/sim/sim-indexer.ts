import { MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import type { Http } from "../../src/ports/http.ts";
import type { Source } from "../../src/sources/source.ts";
import { documentOf } from "../fakes/opensearch/filebeat.ts";
import { FakeOpenSearch } from "../fakes/opensearch/opensearch.ts";
import { between, pick, type Chance } from "./chance.ts";
import { hold } from "./checks.ts";
import { FAULTS } from "./odds.ts";
import type { Rows } from "./rows.ts";
import { SimNet, type Caller } from "./sim-net.ts";
import type { SimTime } from "./sim-time.ts";

/** A rule that nothing but the indexer brings: wanted, and too mild for anybody to be told. */
export const INDEXED_RULE = "87106";
export const INDEXER_URL = "https://indexer.sim";
/** What the source is told to take for nothing special; what the world here does. */
export const OVERLAP_MS = 20 * SECOND_MS;
const ON_TIME_MS = 12 * SECOND_MS;
/** Another index begins this often, as it does at midnight elsewhere. */
const DAY_MS = 8 * MINUTE_MS;
/** One call in so many may end a life or bring another config: it makes far more of them than anything else. */
const FATEFUL = 0.1;

export interface IndexedAlert {
  readonly identity: string;
  readonly at: number;
  readonly isWanted: boolean;
  /** When it came to the indexer; null: it is still on its way. */
  arrivedAt: number | null;
}

/** An indexer, the managers whose Filebeats fill it, now and then late and twice, and its restarts. */
export class SimIndexer {
  readonly fake = new FakeOpenSearch({ refreshMs: 5_000 });
  readonly net: SimNet;
  readonly alerts: IndexedAlert[] = [];
  readonly #time: SimTime;
  readonly #chance: Chance;
  /** Those of which it is known that they are stored. */
  readonly #kept = new Set<string>();
  readonly #reach: (what: string) => void;
  /** Until when each of the managers holds back what it has. */
  readonly #heldUntil = [0, 0];
  #count = 0;

  constructor(time: SimTime, chance: Chance, reach: (what: string) => void) {
    this.#time = time;
    this.#chance = chance;
    this.#reach = reach;
    this.net = new SimNet(time, chance);
    this.net.hosts.set(new URL(INDEXER_URL).hostname, {
      vendor: this.fake,
      outage: null,
      lateness: 1,
      kindOf: () => "asks",
    });
  }

  run(endAt: number): void {
    this.net.weights = FAULTS;
    const write = (): void => {
      if (this.#time.now >= endAt - MINUTE_MS) return;
      const count = this.#chance() < 0.1 ? between(this.#chance, 10, 80) : between(this.#chance, 1, 3);
      for (let n = 0; n < count; n += 1) this.#write(endAt);
      const isSoon = this.#chance() < 0.5;
      this.#time.after(isSoon ? between(this.#chance, 100, 3_000) : between(this.#chance, 3_000, 40_000), write);
    };
    const trouble = (): void => {
      if (this.#time.now >= endAt) return;
      const kind = pick(this.#chance, ["restart", "away", "held", "held"] as const);
      this.#reach(`indexer ${kind}`);
      if (kind === "restart") this.fake.restart();
      if (kind === "away") this.#goAway(between(this.#chance, 5_000, 3 * MINUTE_MS));
      if (kind === "held") {
        const manager = between(this.#chance, 0, 1);
        this.#heldUntil[manager] = this.#time.now + between(this.#chance, 30_000, 15 * MINUTE_MS);
      }
      this.#time.after(between(this.#chance, 20_000, 6 * MINUTE_MS), trouble);
    };
    this.#time.after(between(this.#chance, 10, MINUTE_MS), write);
    this.#time.after(between(this.#chance, 10, 5 * MINUTE_MS), trouble);
  }

  /** From here on it is well, and has all there is. */
  calmDown(): void {
    this.net.weights = { none: 1 };
    for (const host of this.net.hosts.values()) host.outage = null;
  }

  /** The way there of one life of the engine. */
  httpFor(life: Caller): Http {
    const caller: Caller = {
      get alive() {
        return life.alive;
      },
      reach: (point) => (this.#chance() < FATEFUL ? life.reach(point) : undefined),
    };
    return this.net.httpFor(caller);
  }

  /** 9: what came in time is read before the source says that it has read so far. */
  checkWatermark(source: Source | undefined, rows: Rows): void {
    const watermark = source?.watermark() ?? null;
    if (watermark === null) return;
    for (const { identity, at, isWanted, arrivedAt } of this.alerts) {
      const isPassed = isWanted && at < watermark.at && arrivedAt !== null && arrivedAt - at <= ON_TIME_MS;
      if (!isPassed || this.#kept.has(identity)) continue;
      const stored = rows.count("SELECT count(*) AS n FROM alert WHERE native_id || ' ' || stamp = ?", identity);
      hold(9, stored > 0, () => `the indexer's watermark is past the alert ${identity}, which is unread`);
      this.#kept.add(identity);
    }
  }

  #goAway(ms: number): void {
    const host = this.net.hosts.get(new URL(INDEXER_URL).hostname)!;
    host.outage = pick(this.#chance, [
      { kind: "refused" },
      { kind: "status-503", done: false, retryAfterSeconds: null },
    ] as const);
    this.#time.after(ms, () => {
      host.outage = null;
      this.fake.restart();
    });
  }

  #write(endAt: number): void {
    const manager = between(this.#chance, 0, 1);
    this.#count += 1;
    const at = this.#time.now;
    const isWanted = this.#chance() < 0.7;
    const id = `${Math.floor(at / 1_000)}.${this.#count}`;
    const stamp = new Date(at).toISOString().replace("Z", "+0000");
    const line = JSON.stringify({
      timestamp: stamp,
      rule: { level: 3, description: "Found in an indexer", id: isWanted ? INDEXED_RULE : "5715" },
      agent: { id: "001", name: "web-01" },
      manager: { name: `wazuh-manager-${manager}` },
      cluster: { name: "wazuh", node: `node-${manager}` },
      id,
      location: "journald",
    });
    const alert: IndexedAlert = { identity: `${id} ${stamp}`, at, isWanted, arrivedAt: null };
    this.alerts.push(alert);
    const heldMs = Math.max(0, this.#heldUntil[manager]! - at);
    if (heldMs > 0) this.#reach("indexer late");
    const arrivesAt = Math.min(at + heldMs + between(this.#chance, 50, 6_000), endAt);
    this.#time.after(arrivesAt - at, () => {
      alert.arrivedAt = this.#time.now;
      this.#put(line, at);
      // Filebeat sends again what it got no answer for.
      if (this.#chance() < 0.05) this.#put(line, at);
    });
  }

  #put(line: string, at: number): void {
    this.fake.put(`wazuh-alerts-4.x-${Math.floor(at / DAY_MS)}`, documentOf(line)!, this.#time.now);
  }
}
