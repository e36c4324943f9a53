import { gzipSync } from "node:zlib";
import type { FileStat, Files, OpenFailure, OpenFile } from "../../src/ports/files.ts";
import type { SimTime } from "./sim-time.ts";

interface Inode {
  readonly number: number;
  bytes: Buffer;
  size: number;
  modifiedAt: number;
  links: number;
}

/** A disk with hard links, as Wazuh uses them: names on inodes, and watches that hear some of what happens. */
export class SimDisk {
  readonly #time: SimTime;
  readonly #names = new Map<string, Inode>();
  readonly #watches = new Set<{ path: string; inode: Inode | undefined; changed: () => void }>();
  #lastInode = 100;

  constructor(time: SimTime) {
    this.#time = time;
  }

  append(path: string, bytes: Buffer): void {
    const inode = this.#names.get(path) ?? this.#create(path);
    if (inode.size + bytes.length > inode.bytes.length) {
      const larger = Buffer.alloc(2 * (inode.size + bytes.length));
      inode.bytes.copy(larger, 0, 0, inode.size);
      inode.bytes = larger;
    }
    bytes.copy(inode.bytes, inode.size);
    inode.size += bytes.length;
    inode.modifiedAt = this.#time.now;
    // A watch on a file follows the inode that had the name then: it hears writes, and goes deaf when the name moves on.
    this.#tell((watch) => watch.inode === inode);
  }

  link(from: string, to: string): void {
    const inode = this.#names.get(from) ?? this.#create(from);
    inode.links += 1;
    this.#names.set(to, inode);
    this.#tellDirectory(to);
  }

  unlink(path: string): void {
    const inode = this.#names.get(path);
    if (inode === undefined) return;
    inode.links -= 1;
    this.#names.delete(path);
    this.#tellDirectory(path);
  }

  sizeOf(path: string): number {
    return this.#names.get(path)?.size ?? 0;
  }

  /** As monitord does: the packed file is there, half, while the plain one still is, and then alone. */
  pack(path: string): boolean {
    const inode = this.#names.get(path);
    if (inode === undefined) return false;
    const packed = gzipSync(inode.bytes.subarray(0, inode.size));
    const half = packed.length >> 1;
    this.append(`${path}.gz`, packed.subarray(0, half));
    this.#time.after(PACKING_MS, () => {
      this.append(`${path}.gz`, packed.subarray(half));
      this.unlink(path);
    });
    return true;
  }

  /** The disk as one life of the engine sees it. */
  filesFor(life: { readonly alive: boolean }): Files {
    return {
      open: (path) => this.#open(path),
      stat: (path) => {
        const inode = this.#names.get(path);
        return inode === undefined ? null : statOf(inode);
      },
      target: () => null,
      list: (directory) => this.#list(directory),
      watch: (path, changed) => {
        const watch = { path, inode: this.#names.get(path), changed: () => (life.alive ? changed() : undefined) };
        this.#watches.add(watch);
        return () => this.#watches.delete(watch);
      },
    };
  }

  #open(path: string): OpenFile | OpenFailure {
    const inode = this.#names.get(path);
    if (inode === undefined) return { kind: "missing", why: "no such file" };
    return {
      kind: "open",
      stat: () => statOf(inode),
      read(into, offset, length, position) {
        const end = Math.min(position + length, inode.size);
        if (end <= position) return 0;
        into.set(inode.bytes.subarray(position, end), offset);
        return end - position;
      },
      close() {},
    };
  }

  #list(directory: string): readonly string[] {
    const names = new Set<string>();
    for (const path of this.#names.keys()) {
      if (path.startsWith(`${directory}/`)) names.add(path.slice(directory.length + 1).split("/", 1)[0]!);
    }
    return [...names];
  }

  #create(path: string): Inode {
    const inode = {
      number: (this.#lastInode += 1),
      bytes: Buffer.alloc(4_096),
      size: 0,
      modifiedAt: this.#time.now,
      links: 1,
    };
    this.#names.set(path, inode);
    this.#tellDirectory(path);
    return inode;
  }

  #tellDirectory(path: string): void {
    const directory = path.slice(0, path.lastIndexOf("/"));
    this.#tell((watch) => watch.path === directory);
  }

  #tell(hears: (watch: { path: string; inode: Inode | undefined }) => boolean): void {
    for (const watch of this.#watches) if (hears(watch)) this.#time.after(1, watch.changed);
  }
}

const PACKING_MS = 100;

function statOf(inode: Inode): FileStat {
  return { inode: `1:${inode.number}`, sizeBytes: inode.size, modifiedAtMs: inode.modifiedAt, links: inode.links };
}
