import type { Instant } from "../core/time.ts";
import type { DurableFolder } from "../ports/durable-folder.ts";

export const ASIDE_FILE = "aside.ndjson";
/** Of this file, and of the one that it takes the place of. */
export const ASIDE_BYTES_MOST = 8 * 1_048_576;

/** Why a line did not go to the server. */
export type WhyAside = "refused_by_server" | "not_json" | "not_an_alert" | "too_long" | "not_read";

/** The lines that the server will not have or that are too long to send, for a person to look at. */
export class Aside {
  readonly #folder: Pick<DurableFolder, "append">;
  readonly #observe: (why: WhyAside, says: string) => void;

  constructor(folder: Pick<DurableFolder, "append">, observe: (why: WhyAside, says: string) => void) {
    this.#folder = folder;
    this.#observe = observe;
  }

  /** Throws where the disk takes nothing. */
  put(at: Instant, why: WhyAside, says: string, line: string): void {
    const entry = { at: new Date(at).toISOString(), why, says, line };
    this.#folder.append(ASIDE_FILE, `${JSON.stringify(entry)}\n`, ASIDE_BYTES_MOST);
    this.#observe(why, says);
  }
}
