import type { Reason } from "../core/outcome.ts";

/** There is no connection to write to: whatever it was for was never sent. */
export class NoConnectionError extends Error {
  override readonly name = "NoConnectionError";
  /** Of its own: some codes of Node's have undici try again for ever. */
  readonly code = "NO_CONNECTION";
  readonly reason: Reason;
  /** What was seen and what to do, where the reason does not say it; without any secret. */
  readonly says: string | null;

  constructor(reason: Reason, says: string | null, options?: ErrorOptions) {
    super(says ?? reason, options);
    this.reason = reason;
    this.says = says;
  }
}
