import { addressIn } from "../../connectors/address.ts";
import { sayFailure } from "../../connectors/call.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Http } from "../../ports/http.ts";
import type { SecretRef, Secrets } from "../../ports/secrets.ts";

export interface HeartbeatTerms {
  /** A dead man's switch's address is a secret: whoever knows it can keep it quiet. */
  readonly url: SecretRef;
  readonly everyMs: number;
}

export interface HeartbeatParts {
  readonly clock: Clock;
  readonly http: Http;
  readonly secrets: Secrets;
  /** Null: none is asked for. */
  readonly terms: () => HeartbeatTerms | null;
  /** Whether all is well; only then it beats. */
  readonly isWell: () => boolean;
  /** Told when it stops to get through, and (null) when it does again. */
  readonly trouble: (says: string | null) => void;
}

const WITHIN_MS = 10 * SECOND_MS;
const UNSET_MS = 60 * SECOND_MS;
const MAX_ANSWER_BYTES = 64 * 1_024;

/** Calls an address at fixed times for as long as all is well, so that somebody else notices when it is not. */
export class Heartbeat {
  readonly #parts: HeartbeatParts;
  #trouble: string | null = null;
  #cancel: () => void = () => {};
  #beating: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#stopped) return;
    this.#cancel = this.#parts.clock.after(this.#parts.terms()?.everyMs ?? UNSET_MS, () => {
      const again = (): void => this.start();
      this.#beating = this.#beat();
      this.#beating.then(again, again);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#beating;
  }

  async #beat(): Promise<void> {
    const terms = this.#parts.terms();
    if (terms === null || !this.#parts.isWell()) return;
    const trouble = await this.#call(terms.url);
    if (trouble !== this.#trouble) this.#parts.trouble(trouble);
    this.#trouble = trouble;
  }

  /** Why it did not get through; null: it did. Never repeats the address. */
  async #call(ref: SecretRef): Promise<string | null> {
    const secret = await this.#parts.secrets.read(ref);
    if (secret.kind === "unreadable") return secret.why;
    const address = addressIn(secret.value, "health.heartbeat.url");
    if (address.kind === "later") return address.evidence;
    const answer = await this.#parts.http.request({
      method: "GET",
      url: address.url,
      headers: { "user-agent": "Riposte" },
      body: null,
      deadlineMs: WITHIN_MS,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
    if (answer.kind === "failed") return sayFailure(answer);
    const { status } = answer;
    if (status < 300) this.#parts.secrets.judged?.(ref, secret.value, "taken");
    if ([401, 403, 404, 410].includes(status)) this.#parts.secrets.judged?.(ref, secret.value, "refused");
    return status < 300 ? null : `answered ${status}`;
  }
}
