import { dirname } from "node:path";
import type { Instant } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Files } from "../ports/files.ts";

export interface WakeupLimits {
  /** How often to look by the clock while the file grows, and once it has rested. */
  readonly busyLookMs: number;
  readonly idleLookMs: number;
}

/** Looking goes on at the busy pace for this long after the last growth. */
const BUSY_FOR_MS = 10_000;

export interface WakeupOptions {
  readonly files: Files;
  readonly clock: Clock;
  /** The short name. */
  readonly path: string;
  readonly limits: WakeupLimits;
  /** The file that is followed may have grown. */
  readonly grown: () => void;
  /** Names may have changed, or it is time to look whether they have. */
  readonly look: () => void;
}

/**
 * Tells a tail when to look. A watch on a file hears its writes under whatever name, and goes deaf when the short
 * name moves on; a watch on the folder hears the name move, and none of the writes. Both may miss something, and on
 * a network file system hear nothing at all: so there is a clock as well.
 */
export class Wakeups {
  readonly #options: WakeupOptions;
  #unwatch: (() => void)[] = [];
  #cancelLook: () => void = () => {};
  #grownAt: Instant = 0;

  constructor(options: WakeupOptions) {
    this.#options = options;
  }

  start(): void {
    this.follow(null);
    this.#lookLater();
  }

  /** The file that was opened; null while there is none. The folder may be another one by now as well. */
  follow(path: string | null): void {
    const { files, path: shortName, grown, look } = this.#options;
    for (const unwatch of this.#unwatch) unwatch();
    // The folder where names move is another one behind a symbolic link.
    const folders = new Set([dirname(shortName), dirname(files.target(shortName) ?? shortName)]);
    this.#unwatch = [...folders].map((folder) => files.watch(folder, look));
    if (path !== null) this.#unwatch.push(files.watch(path, grown));
  }

  noteGrowth(): void {
    this.#grownAt = this.#options.clock.now();
  }

  stop(): void {
    this.#cancelLook();
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatch = [];
  }

  #lookLater(): void {
    const { clock, limits, look } = this.#options;
    const isBusy = clock.now() - this.#grownAt < BUSY_FOR_MS;
    this.#cancelLook = clock.after(isBusy ? limits.busyLookMs : limits.idleLookMs, () => {
      look();
      this.#lookLater();
    });
  }
}
