import { MINUTE_MS, type Instant } from "../../core/time.ts";
import type { Io } from "../connector.ts";
import type { Access } from "./access.ts";
import { readAnchor } from "./anchor.ts";
import { readSlack } from "./client.ts";
import { textIn } from "./members.ts";

const ASK_AGAIN_MS = MINUTE_MS;

/** The workspace's own address, under which its messages can be opened; asked for once, where the config has none. */
export class Workspace {
  #url: string | null;
  /** Who was told to wait, or got no answer, leaves it be for so long: nothing hangs on it. */
  #askAgainAt: Instant = 0;

  constructor(configured: string | null) {
    this.#url = configured;
  }

  /** Null: not known. Nothing hangs on it but a link. */
  async urlOf(anchor: string | null, access: Access, io: Io): Promise<string | null> {
    const message = readAnchor(anchor);
    if (message === null) return null;
    if (this.#url === null) {
      const now = io.clock?.now() ?? io.now;
      if (now < this.#askAgainAt) return null;
      const read = await readSlack(io, access, "its own name", { method: "auth.test", query: {} }, addressIn);
      if (read.kind === "later") {
        this.#askAgainAt = now + Math.max(read.retryAfterMs ?? 0, ASK_AGAIN_MS);
        return null;
      }
      this.#url = read.value;
    }
    return `${this.#url.replace(/\/+$/, "")}/archives/${message.channel}/p${message.ts.replace(".", "")}`;
  }
}

function addressIn(json: unknown): string | null {
  const url = textIn(json, "url") ?? "";
  return /^https?:\/\/[^\s]+$/.test(url) && URL.canParse(url) ? url : null;
}
