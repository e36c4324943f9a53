import { join } from "node:path";
import type { Instant } from "../core/time.ts";
import type { SpoolFolder } from "../ports/spool-folder.ts";
import type { Taken } from "./spool-file.ts";
import type { SpoolTroubles } from "./spool-troubles.ts";
import { isDiskError } from "./disk-error.ts";

/** So many names are remembered of files that can't be read or deleted. */
const NAMES_MOST = 50_000;

interface Stored {
  readonly name: string;
  /** Null: it was read, and is deleted; else it is moved aside. */
  readonly rejected: string | null;
}

/** The files that were taken and are still there: until they are stored, or for as long as they can't be got rid of. */
export class SpoolRemains {
  readonly #folder: SpoolFolder;
  readonly #troubles: SpoolTroubles;
  readonly #againMs: number;
  #stored: Stored[] = [];
  readonly #unread = new Set<string>();
  readonly #staying = new Map<string, Stored>();
  #triedAt: Instant = 0;

  constructor(folder: SpoolFolder, troubles: SpoolTroubles, { againMs }: { readonly againMs: number }) {
    this.#folder = folder;
    this.#troubles = troubles;
    this.#againMs = againMs;
  }

  /** Files that wait for what was read of them to be stored. */
  get stored(): number {
    return this.#stored.length;
  }
  get someUnread(): boolean {
    return this.#unread.size > 0;
  }
  /** So much can't be deleted that the rest would be read again and again. */
  get isFull(): boolean {
    return this.#staying.size >= NAMES_MOST;
  }

  has(name: string): boolean {
    return this.#unread.has(name) || this.#staying.has(name);
  }

  /** Whether there will be less in the directory for it. */
  note(name: string, taken: Exclude<Taken, { kind: "left" }>): boolean {
    switch (taken.kind) {
      case "gone":
        return true;
      case "read":
        this.#stored.push({ name, rejected: null });
        return true;
      case "rejected":
        this.#stored.push({ name, rejected: taken.why });
        return true;
      case "unreadable":
        if (this.#unread.size < NAMES_MOST) this.#unread.add(name);
        this.#troubles.begin({ kind: "file_waits", path: this.#pathOf(name), why: taken.why });
        return false;
    }
  }

  /** What was read is stored: its files go. */
  clearAway(): void {
    for (const stored of this.#stored) this.#clear(stored);
    this.#stored = [];
  }

  /** What was read is not stored: its files are read again. */
  forget(): void {
    this.#stored = [];
  }

  /** Once in a while everything that did not work is tried anew. */
  tryAgain(now: Instant): void {
    if (Math.abs(now - this.#triedAt) < this.#againMs) return;
    this.#triedAt = now;
    this.#unread.clear();
    const staying = [...this.#staying.values()];
    this.#staying.clear();
    for (const stored of staying) this.#clear(stored);
  }

  /** After all names were seen: what is over is said to be. */
  settle(): void {
    if (this.#unread.size === 0) this.#troubles.end("file_waits");
    if (this.#staying.size === 0) this.#troubles.end("file_stays");
  }

  #clear(stored: Stored): void {
    const { name, rejected } = stored;
    const path = this.#pathOf(name);
    try {
      if (rejected === null) return this.#folder.remove(name);
      this.#folder.setAside(name);
      this.#troubles.note({ kind: "file_rejected", path, why: rejected });
    } catch (error) {
      if (!isDiskError(error)) throw error;
      this.#staying.set(name, stored);
      this.#troubles.begin({ kind: "file_stays", path, why: error.code });
    }
  }

  #pathOf(name: string): string {
    return join(this.#folder.path, name);
  }
}
