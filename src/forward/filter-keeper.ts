import { readLineFilter } from "../core/line-filter.ts";
import { refusalBy, type Refuse } from "../core/refusal.ts";
import type { DurableFolder } from "../ports/durable-folder.ts";
import type { Waits } from "./answer.ts";
import type { Server } from "./server.ts";

const FILE = "filter.json";

/**
 * The server's filter, as it was heard last. It is kept beside the cursor, so that a forwarder that starts while the
 * server is away does not take every line for one that is wanted. Without any, every line is sent.
 */
export class FilterKeeper {
  readonly #folder: Pick<DurableFolder, "read" | "replace">;
  readonly #notKept: (error: unknown) => void;
  #refuse: Refuse | null = null;
  #etag: string | null = null;
  #heard: string | null = null;

  constructor(folder: Pick<DurableFolder, "read" | "replace">, notKept: (error: unknown) => void) {
    this.#folder = folder;
    this.#notKept = notKept;
    const kept = folder.read(FILE);
    if (kept !== null) this.#use(kept);
  }

  get refuse(): Refuse | null {
    return this.#refuse;
  }
  get etag(): string | null {
    return this.#etag;
  }
  /** Another one is in force at the server. */
  get isStale(): boolean {
    return this.#heard !== null && this.#heard !== this.#etag;
  }

  /** What an answer said of the filter in force. */
  hear(etag: string | null): void {
    this.#heard = etag;
  }

  async ask(server: Pick<Server, "askFilter">): Promise<"same" | "changed" | Waits> {
    const before = this.#etag;
    const answer = await server.askFilter(before);
    switch (answer.kind) {
      case "waits":
        return answer;
      case "same":
        this.#heard = before;
        return "same";
      case "none":
        if (this.#refuse === null) return "same";
        this.#take(JSON.stringify({}));
        return "changed";
      case "filter":
        this.#take(answer.body);
        return this.#etag === before ? "same" : "changed";
    }
  }

  #take(text: string): void {
    this.#use(text);
    // An answer of a moment ago may name another one than this; the next answer says which it is.
    this.#heard = null;
    try {
      this.#folder.replace(FILE, text);
    } catch (error) {
      this.#notKept(error);
    }
  }

  /** What can't be understood, or is of a later version, refuses nothing. */
  #use(text: string): void {
    const { etag, filter } = read(text);
    const plain = readLineFilter(filter);
    this.#etag = typeof etag === "string" ? etag : null;
    this.#refuse = plain === null ? null : refusalBy(plain);
  }
}

function read(text: string): { readonly etag?: unknown; readonly filter?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
