import type { Hit, Page, TimeRange } from "../wazuh/indexer/client.ts";
import type { IndexerFailure, ViewLost } from "../wazuh/indexer/indexer-failure.ts";
import type { IndexerSourceOptions } from "./indexer-options.ts";
import { judgeHits, NOTHING, refuseHit, type Tally } from "./indexer-reading.ts";
import type { SeenDocuments } from "./indexer-seen.ts";

/** What is new on a page. */
export interface Judged {
  readonly kind: "judged";
  readonly hits: readonly Hit[];
  readonly tally: Tally;
  readonly after: Page["after"];
  /** There is nothing behind it. */
  readonly isLast: boolean;
}

/** The pages of a view, as large as they may be. */
export class IndexerPages {
  readonly #options: Pick<IndexerSourceOptions, "indexer" | "judge" | "wazuh" | "clock">;
  readonly #seen: SeenDocuments;
  readonly #most: number;
  #size: number;

  constructor(
    options: Pick<IndexerSourceOptions, "indexer" | "judge" | "wazuh" | "clock">,
    seen: SeenDocuments,
    most: number,
  ) {
    this.#options = options;
    this.#seen = seen;
    this.#most = this.#size = most;
  }

  /** The page behind `after`: the documents of it that are new, judged. */
  async next(
    asked: TimeRange & { readonly view: string; readonly after: Page["after"] },
  ): Promise<Judged | ViewLost | IndexerFailure> {
    const { indexer } = this.#options;
    for (;;) {
      const size = this.#size;
      const page = await indexer.page({ ...asked, size });
      if (page.kind === "page") {
        this.#size = Math.min(this.#most, 2 * size);
        return this.#judged(page, size);
      }
      if (page.kind !== "too_large") return page;
      if (size === 1) return this.#passBy(asked);
      this.#size = Math.ceil(size / 8);
    }
  }

  #judged(page: Page, size: number): Judged {
    const { judge, wazuh, clock } = this.#options;
    const hits = this.#unseen(page);
    // How many there are is not believed: a page that brings nothing new is the end, unless it is full.
    const isLast = page.after === null || (page.hits.length < size && hits.length === 0);
    return {
      kind: "judged",
      hits,
      tally: judgeHits(hits, { judge, wazuh, now: clock.now() }),
      after: page.after,
      isLast,
    };
  }

  /** One that alone is too large is not read, and said so. */
  async #passBy(asked: Parameters<IndexerPages["next"]>[0]): Promise<Judged | ViewLost | IndexerFailure> {
    const page = await this.#options.indexer.page({ ...asked, size: 1, bare: true });
    if (page.kind === "too_large") throw new Error("a document without its contents is too large");
    if (page.kind !== "page") return page;
    const hits = this.#unseen(page);
    const [hit] = hits;
    const tally = hit === undefined ? NOTHING : refuseHit(hit);
    return { kind: "judged", hits, tally, after: page.after, isLast: page.after === null };
  }

  #unseen(page: Page): readonly Hit[] {
    return page.hits.filter((hit) => !this.#seen.has(hit));
  }
}
