import type { SecureContext } from "node:tls";
import { SECOND_MS, type Instant } from "../core/time.ts";
import type { Clock } from "./clock.ts";
import { NoConnectionError } from "./no-connection.ts";
import type { Secrets } from "./secrets.ts";
import { readTlsFiles, sayTroubles, type TlsFiles } from "./tls-files.ts";
import type { WayOutSettings } from "./way-out-settings.ts";

export interface TlsFollower {
  /** Of the files as they are; throws a `NoConnectionError` where they never could be used. */
  context(): Promise<SecureContext>;
}

/** A burst of connections reads the files once. */
const HELD_MS = 2 * SECOND_MS;
/** A certificate and its key are replaced one after the other: until then it is no trouble that they don't fit. */
const LASTING_MS = 10 * SECOND_MS;

/** Follows the files of `http_client` as they are renewed. What can't be used never takes the place of what could. */
export function followTlsFiles(options: {
  readonly settings: WayOutSettings;
  readonly secrets: Secrets;
  readonly clock: Pick<Clock, "now">;
  readonly troubled: (says: string) => void;
  /** One more certificate to trust, in PEM. */
  readonly trusted?: string;
}): TlsFollower {
  const { settings, secrets, clock, troubled, trusted = null } = options;
  let good: Extract<TlsFiles, { kind: "read" }> | null = null;
  let troubledSince: Instant | null = null;
  let isTold = false;
  let held: { readonly readAt: Instant; readonly reading: Promise<SecureContext> } | null = null;

  async function read(): Promise<SecureContext> {
    const found = await readTlsFiles(settings, secrets, good, trusted);
    if (found.kind === "read") {
      good = found;
      troubledSince = null;
      isTold = false;
      return found.context;
    }
    const says = sayTroubles(found.troubles, settings);
    if (good === null) throw new NoConnectionError("tls_failed", says);
    const now = clock.now();
    troubledSince ??= now;
    if (!isTold && now - troubledSince >= LASTING_MS) {
      isTold = true;
      troubled(says);
    }
    return good.context;
  }

  return {
    context() {
      const now = clock.now();
      // A clock that was set back must not hold what was read for as long as it was set back.
      if (held !== null && now >= held.readAt && now - held.readAt < HELD_MS) return held.reading;
      held = { readAt: now, reading: read() };
      return held.reading;
    },
  };
}
