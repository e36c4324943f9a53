import type { Instant } from "../core/time.ts";
import type { Hit } from "../wazuh/indexer/client.ts";

/** Documents that were stored and will be met again, since each look begins a little before the end of the last. */
export class SeenDocuments {
  readonly #at = new Map<string, Instant>();

  has(hit: Hit): boolean {
    return this.#at.has(keyOf(hit));
  }

  add(hits: readonly Hit[], now: Instant): void {
    for (const hit of hits) this.#at.set(keyOf(hit), hit.at ?? now);
  }

  /** No look begins before that any more. */
  forgetBefore(from: Instant): void {
    for (const [key, at] of this.#at) if (at < from) this.#at.delete(key);
  }
}

function keyOf({ index, id }: Hit): string {
  return `${index} ${id}`;
}
