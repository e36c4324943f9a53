import type { Config } from "../../config/schema.ts";
import type { SilentNode } from "../../core/own-health.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Source } from "../../sources/source.ts";
import type { WazuhApi } from "../../wazuh/api/client.ts";
import type { ClusterNode } from "../../wazuh/api/cluster-node.ts";

export interface NodeWatchParts {
  readonly clock: Clock;
  readonly config: () => Config;
  /** Null: the config names none. */
  readonly wazuhApi: () => WazuhApi | null;
  readonly sources: () => readonly Source[];
  /** Told when the nodes can't be listed, and (null) when they can again. */
  readonly trouble: (says: string | null) => void;
}

const LIST_MS = MINUTE_MS;
/** So much less than five minutes that it is told within them, whenever the next look comes. */
const SILENT_MS = 5 * MINUTE_MS - 30 * SECOND_MS;

/** Which nodes of the Wazuh cluster nothing comes from. */
export class NodeWatch {
  readonly #parts: NodeWatchParts;
  #listed: ReadonlyMap<string, { readonly node: ClusterNode; readonly since: Instant }> = new Map();
  readonly #reportedAt = new Map<string, Instant>();
  #trouble: string | null = null;
  #startedAt: Instant | null = null;
  #cancel: () => void = () => {};
  #listing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: NodeWatchParts) {
    this.#parts = parts;
  }

  /** Not at once: what is asked of the API at the start is more urgent than this. */
  start(): void {
    this.#startedAt = this.#parts.clock.now();
    this.#listLater();
  }

  #listLater(): void {
    if (this.#stopped) return;
    this.#cancel = this.#parts.clock.after(LIST_MS, () => {
      this.#listing = this.#list().finally(() => this.#listLater());
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#listing;
  }

  /** As of now. */
  silent(): readonly SilentNode[] {
    const now = this.#parts.clock.now();
    // An indexer has the alerts of all of them.
    if (this.#parts.sources().some((source) => this.#isIndexer(source) && isFollowed(source))) return [];
    const alive = this.#parts.sources().filter((source) => this.#isAlive(source, now));
    const named = (source: Source): readonly string[] => {
      const heard = heardBy(source);
      return [...this.#listed.values()]
        .filter(({ node }) => {
          const at = Math.max(heard.get(node.name) ?? 0, heard.get(node.address ?? "") ?? 0);
          return at > 0 && this.#isFresh(source, at, now);
        })
        .map(({ node }) => node.name);
    };
    const unnamed = alive.filter((source) => {
      const names = named(source);
      for (const name of names) this.#reportedAt.set(name, now);
      return names.length === 0;
    });
    const silent = [...this.#listed.values()].flatMap(({ node: { name }, since }): readonly SilentNode[] => {
      // Where the clock was set back, what was seen in its future is as old as this look.
      const at = Math.min(this.#reportedAt.get(name) ?? since, now);
      return now - at >= SILENT_MS ? [{ name, wasHeard: this.#reportedAt.has(name) }] : [];
    });
    // What has not named a node yet, or names it otherwise than its cluster does, may be any of theirs.
    return silent.length <= unnamed.length ? [] : silent;
  }

  #isIndexer({ name }: Source): boolean {
    return this.#parts.config().sources.some((source) => source.name === name && source.from === "indexer");
  }

  #isAlive(source: Source, now: Instant): boolean {
    if (source.nodesHeard === undefined) return false;
    const at = Math.max(0, source.status().sender?.heardAt ?? 0, ...heardBy(source).values());
    return this.#isFresh(source, at, now);
  }

  /**
   * Who follows a file knows that there is nothing more in it, as does who says how far it has read. Of another, alerts
   * alone are a sign of life, and it may be silent for as long as any source.
   */
  #isFresh(source: Source, at: Instant, now: Instant): boolean {
    const config = this.#parts.config();
    if (isFile(config, source)) return isFollowed(source);
    const { quietSourceMs } = config.health;
    const patienceMs = source.status().sender?.beats === true ? LOOK_MS : (quietSourceMs ?? Infinity);
    return at > 0 && now - at <= patienceMs;
  }

  async #list(): Promise<void> {
    const api = this.#parts.wazuhApi();
    if (api === null) {
      this.#listed = new Map();
      return this.#tell(null);
    }
    const answer = await api.clusterNodes();
    if (answer.kind === "failed") return this.#tell(answer.says);
    // Those of the first list were there before.
    const since = this.#startedAt ?? this.#parts.clock.now();
    this.#startedAt = null;
    this.#listed = new Map(
      answer.nodes.map((node) => [node.name, { node, since: this.#listed.get(node.name)?.since ?? since }]),
    );
    for (const name of this.#reportedAt.keys()) if (!this.#listed.has(name)) this.#reportedAt.delete(name);
    this.#tell(null);
  }

  #tell(trouble: string | null): void {
    if (trouble !== this.#trouble) this.#parts.trouble(trouble);
    this.#trouble = trouble;
  }
}

/** What was heard since the last look counts as of this one. */
const LOOK_MS = 30 * SECOND_MS;

function isFile({ sources }: Config, source: Source): boolean {
  return sources.some(({ name, from }) => name === source.name && from === "file");
}

function isFollowed(source: Source): boolean {
  const { state } = source.status();
  return state === "at_end" || state === "reading";
}

function heardBy(source: Source): ReadonlyMap<string, Instant> {
  return source.nodesHeard?.() ?? new Map();
}
