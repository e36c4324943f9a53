import type { AgentRow, FleetNews } from "../core/agent-facts.ts";
import type { Instant } from "../core/time.ts";

/** All that is known of agents, as it is committed: read once at the start, and kept up by whoever asks the API. */
export class AgentBook {
  readonly #rows = new Map<string, AgentRow>();
  #lookedAt: Instant | null = null;

  /** When the newest whole look was; null: there was none. */
  get lookedAt(): Instant | null {
    return this.#lookedAt;
  }

  get size(): number {
    return this.#rows.size;
  }

  row(id: string): AgentRow | undefined {
    return this.#rows.get(id);
  }

  rows(): Iterable<AgentRow> {
    return this.#rows.values();
  }

  load({ agents, lookedAt }: Pick<FleetNews, "agents" | "lookedAt">): void {
    this.#rows.clear();
    this.#lookedAt = lookedAt;
    this.take({ agents, gone: [], lookedAt });
  }

  /** What has just been committed. */
  take({ agents, gone, lookedAt }: FleetNews): void {
    for (const row of agents) this.#rows.set(row.id, row);
    for (const id of gone) this.#rows.delete(id);
    if (lookedAt !== null) this.#lookedAt = lookedAt;
  }
}
