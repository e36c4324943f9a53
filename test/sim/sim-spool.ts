import type { SpoolFolder } from "../../src/ports/spool-folder.ts";
import { MINUTE_MS } from "../../src/core/time.ts";
import { between, type Chance } from "./chance.ts";
import type { SimTime } from "./sim-time.ts";

/** A rule that nothing but the spool brings: wanted, and too mild for anybody to be told. */
export const SPOOLED_RULE = "87105";

interface SpooledFile {
  readonly inode: number;
  readonly bytes: Buffer;
  readonly writtenAt: number;
}

const FOLDER_INODE = "1:1";
const OWNER = 990;

/** A spool directory, and the scripts that put alerts into it: under a hidden name first, renamed once it is whole. */
export class SimSpool {
  /** By its identity: how many files with the alert were put there. */
  readonly written = new Map<string, number>();
  readonly #time: SimTime;
  readonly #chance: Chance;
  readonly #files = new Map<string, SpooledFile>();
  readonly #watches = new Set<() => void>();
  #modifiedAt: number;
  #count = 0;

  constructor(time: SimTime, chance: Chance) {
    this.#time = time;
    this.#chance = chance;
    this.#modifiedAt = time.now;
  }

  /** Alerts that nobody has taken away. */
  get left(): readonly string[] {
    return [...this.#files.keys()].filter((name) => name !== "alive");
  }

  /** Scripts come alone and in crowds until then. */
  run(endAt: number): void {
    const next = (): void => {
      if (this.#time.now >= endAt) return;
      const count = this.#chance() < 0.1 ? between(this.#chance, 10, 300) : between(this.#chance, 1, 3);
      for (let n = 0; n < count; n += 1) this.#script();
      this.#time.after(between(this.#chance, 1_000, 2 * MINUTE_MS), next);
    };
    this.#time.after(between(this.#chance, 10, MINUTE_MS), next);
  }

  #script(): void {
    this.#count += 1;
    const at = new Date(this.#time.now).toISOString().replace("Z", "+0000");
    const id = `${Math.floor(this.#time.now / 1_000)}.${this.#count}`;
    const line = JSON.stringify({
      timestamp: at,
      rule: { level: 3, description: "Spooled by a script", id: SPOOLED_RULE },
      agent: { id: "001", name: "web-01" },
      manager: { name: "wazuh-manager" },
      id,
      location: "virustotal",
    });
    this.#hand(line, `${id} ${at}`);
    // integratord starts a script again that it took for dead.
    if (this.#chance() < 0.05) this.#hand(line, `${id} ${at}`);
  }

  #hand(line: string, identity: string): void {
    this.written.set(identity, (this.written.get(identity) ?? 0) + 1);
    const name = `${this.#time.now}-${(this.#count += 1)}`;
    const part = `.${name}.part`;
    this.#files.set(part, { inode: this.#count, bytes: Buffer.from(`${line}\n`), writtenAt: this.#time.now });
    this.#changed();
    // One that dies here leaves its part behind.
    if (this.#chance() < 0.02) return;
    this.#time.after(between(this.#chance, 0, 20), () => {
      const file = this.#files.get(part);
      if (file === undefined) return;
      this.#files.delete(part);
      this.#files.set(`${name}.json`, file);
      this.#changed();
    });
  }

  #changed(): void {
    this.#modifiedAt = this.#time.now;
    for (const changed of this.#watches) this.#time.after(1, changed);
  }

  /** The directory as one life of the engine sees it: a dead one changes nothing in it. */
  folderFor(life: { readonly alive: boolean }): SpoolFolder {
    return {
      path: "/var/ossec/spool",
      stat: () => ({ isDirectory: true, inode: FOLDER_INODE, ownerId: OWNER, modifiedAtMs: this.#modifiedAt }),
      names: () => this.#files.keys().toArray(),
      writtenAt: (name) => this.#files.get(name)?.writtenAt ?? null,
      open: (name) => {
        const file = this.#files.get(name);
        if (file === undefined) return { kind: "gone" };
        const { inode, bytes, writtenAt } = file;
        const stat = {
          inode: `1:${inode}`,
          sizeBytes: bytes.length,
          modifiedAtMs: writtenAt,
          links: 1,
          ownerId: OWNER,
        };
        return {
          kind: "open",
          stat: () => stat,
          read: (into, offset, length, position) => bytes.copy(into, offset, position, position + length),
          close() {},
        };
      },
      remove: (name) => {
        if (!life.alive || !this.#files.delete(name)) return;
        this.#changed();
      },
      setAside: (name) => {
        throw new Error(`nothing here is to be rejected, and yet ${name} was`);
      },
      touch: (name, at) => {
        if (!life.alive) return;
        const isNew = !this.#files.has(name);
        this.#files.set(name, { inode: 2, bytes: Buffer.alloc(0), writtenAt: at });
        if (isNew) this.#changed();
      },
      watch: (changed) => {
        const hear = (): void => (life.alive ? changed() : undefined);
        this.#watches.add(hear);
        return () => this.#watches.delete(hear);
      },
    };
  }
}
