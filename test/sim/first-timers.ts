import { MINUTE_MS, type Instant } from "../../src/core/time.ts";
import { hold } from "./checks.ts";
import { WAZUH_HOST, type World } from "./world.ts";

/** Timers wait no longer than that for anybody. */
const SILENT_MS = 10 * MINUTE_MS;
/** What lies so near to the beginning of a life is no backlog. */
const NEAR_MS = MINUTE_MS / 2 + 2_000;

/** 9, at the beginning of each life: no timer fires before the backlog is read and the Wazuh API was asked behind it. */
export class FirstTimers {
  readonly #world: World;
  readonly #bornAt: Instant;
  readonly #backlog: number;
  #readAt: Instant | null = null;

  constructor(world: World) {
    this.#world = world;
    this.#bornAt = world.time.now;
    const { written } = world.workload;
    const later = written.findIndex(({ flushedAt }) => flushedAt === null || flushedAt >= this.#bornAt - NEAR_MS);
    this.#backlog = later < 0 ? written.length : later;
    this.read();
  }

  /** What is committed may be all of it. */
  read(): void {
    if (this.#world.history.read >= this.#backlog) this.#readAt ??= this.#world.time.now;
  }

  check(): void {
    const { net, time } = this.#world;
    const readAt = this.#readAt;
    const isAsked =
      readAt !== null && net.calls.findLast(({ host, at }) => host === WAZUH_HOST && at >= readAt) !== undefined;
    hold(
      9,
      isAsked || time.now - this.#bornAt >= SILENT_MS,
      () => "timers fire before the Wazuh API was asked about what lay in the backlog",
    );
  }
}
