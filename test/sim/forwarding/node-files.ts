import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../../src/core/time.ts";
import { between, type Chance } from "../chance.ts";
import { SimDisk } from "../sim-disk.ts";
import type { SimTime } from "../sim-time.ts";

/** A rule that nothing but the forwarder brings: wanted, and too mild for anybody to be told. */
export const FORWARDED_RULE = "87108";
/** Nobody wants these. */
const UNWANTED_RULE = "87107";

export const NODE = "wazuh/worker-2";
const FOLDER = "/var/ossec/logs/alerts";
export const NODE_ALERTS = `${FOLDER}/alerts.json`;

const FIRST_DAY_AT = Date.UTC(2026, 10, 28);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** So long after midnight Wazuh packs what is of the days before. */
const PACKED_AFTER_MS = 10 * SECOND_MS;
const LF = 0x0a;

export interface NodeLine {
  readonly identity: string;
  readonly isWanted: boolean;
  /** When all of it was on the disk; null: not yet. */
  flushedAt: number | null;
}

/** A worker of the cluster, on a disk of its own: lines cut in two by its buffer, files that end by size or at midnight. */
export class NodeFiles {
  readonly disk: SimDisk;
  readonly written: NodeLine[] = [];
  rotations = 0;
  packed = 0;
  readonly #time: SimTime;
  readonly #chance: Chance;
  #dated = "";
  #left: string[] = [];
  #dayAt = FIRST_DAY_AT;
  #part = 0;
  #endAt = Infinity;
  #unflushed = Buffer.alloc(0);
  #flushed = 0;

  constructor(time: SimTime, chance: Chance) {
    this.disk = new SimDisk(time);
    this.#time = time;
    this.#chance = chance;
    this.#open();
  }

  /** Alerts arise until then, and all of them are on the disk. */
  run(endAt: number): void {
    const chance = this.#chance;
    this.#endAt = endAt;
    const arise = (): void => {
      if (this.#time.now >= endAt) return this.#flush();
      if (chance() < 0.06) this.goThroughFiles(chance() < 0.3 ? between(chance, 2, 4) : 1);
      this.#writeSome();
      const isSoon = chance() < 0.5;
      this.#time.after(isSoon ? between(chance, 5, 2_000) : between(chance, 2_000, MINUTE_MS / 2), arise);
    };
    this.#time.after(between(chance, 10, 5_000), arise);
  }

  goThroughFiles(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.#rotate();
      if (this.#chance() < 0.8) this.#writeSome();
    }
    // Nothing comes after it that would push the rest out.
    if (this.#time.now >= this.#endAt) this.#flush();
  }

  #writeSome(): void {
    const count = this.#chance() < 0.1 ? between(this.#chance, 20, 150) : between(this.#chance, 1, 5);
    for (let n = 0; n < count; n += 1) this.#write();
    // The buffer flushes when it is full, wherever in a line that is.
    this.#flush(this.#chance() < 0.6 ? this.#unflushed.length : between(this.#chance, 0, this.#unflushed.length));
  }

  #write(): void {
    const stamp = new Date(this.#time.now).toISOString().replace("Z", "+0000");
    const id = `${Math.floor(this.#time.now / 1_000)}.${this.written.length + 1}`;
    const isWanted = this.#chance() < 0.7;
    const line = JSON.stringify({
      timestamp: stamp,
      rule: { level: 3, description: "Brought by the forwarder", id: isWanted ? FORWARDED_RULE : UNWANTED_RULE },
      agent: { id: "007", name: "web-07" },
      manager: { name: "wazuh-worker" },
      id,
      cluster: { name: "wazuh", node: "worker-2" },
      location: "journald",
    });
    this.written.push({ identity: `${id} ${stamp}`, isWanted, flushedAt: null });
    this.#unflushed = Buffer.concat([this.#unflushed, Buffer.from(`${line}\n`)]);
  }

  #flush(size = this.#unflushed.length): void {
    if (size === 0) return;
    const out = this.#unflushed.subarray(0, size);
    this.disk.append(this.#dated, out);
    this.#unflushed = this.#unflushed.subarray(size);
    for (let end = out.indexOf(LF); end >= 0; end = out.indexOf(LF, end + 1)) {
      this.written[this.#flushed]!.flushedAt = this.#time.now;
      this.#flushed += 1;
    }
  }

  #rotate(): void {
    this.#flush();
    this.rotations += 1;
    this.#left.push(this.#dated);
    if (this.#chance() < 0.5) this.#part += 1;
    else this.#beginDay();
    const before = this.#dated;
    this.#open();
    // Wazuh keeps no empty file.
    if (this.disk.sizeOf(before) === 0) this.disk.unlink(before);
  }

  #beginDay(): void {
    this.#dayAt += DAY_MS;
    this.#part = 0;
    const ofDaysBefore = this.#left;
    this.#left = [];
    this.#time.after(PACKED_AFTER_MS, () => {
      for (const file of ofDaysBefore) if (this.disk.pack(file)) this.packed += 1;
    });
  }

  #open(): void {
    const day = new Date(this.#dayAt);
    const part = this.#part === 0 ? "" : `-${String(this.#part).padStart(3, "0")}`;
    const name = `ossec-alerts-${String(day.getUTCDate()).padStart(2, "0")}${part}.json`;
    this.#dated = `${FOLDER}/${day.getUTCFullYear()}/${MONTHS[day.getUTCMonth()]}/${name}`;
    this.disk.append(this.#dated, Buffer.alloc(0));
    this.disk.unlink(NODE_ALERTS);
    this.disk.link(this.#dated, NODE_ALERTS);
  }
}
