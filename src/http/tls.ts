import { DAY_MS, SECOND_MS, type Instant } from "../core/time.ts";
import { codeOf } from "../ports/call-failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { DoorTls } from "../ports/door-settings.ts";
import { type DoorTlsFiles, type DoorTlsTrouble, readDoorTls, type ReadDoorTls } from "../ports/door-tls.ts";

/** What is to be known of the files of `http.tls` while they are followed. */
export interface DoorTlsTeller {
  /** Others are in use from now on. */
  renewed(): void;
  /** They can't be used as they are, and those before stay in use. */
  troubled(says: string): void;
  /** What is shown to clients runs out soon, or did. */
  expiring(says: string): void;
}

/** Files in a Kubernetes volume change by a link, which no watch tells of. */
const LOOK_MS = 2 * SECOND_MS;
/** A certificate and its key are replaced one after the other: until then it is no trouble that they don't fit. */
const LASTING_MS = 10 * SECOND_MS;
/** Whatever renews certificates by itself has done so by then. */
export const EXPIRES_SOON_MS = 14 * DAY_MS;

export function sayDoorTroubles(troubles: readonly DoorTlsTrouble[]): string {
  return troubles.map(({ key, says }) => `http.tls.${key}: ${says}`).join("; ");
}

/** Looks at the files again and again; what can't be used never takes the place of what could. Gives what ends it. */
export function followDoorTls(options: {
  readonly files: DoorTls;
  readonly first: ReadDoorTls;
  readonly clock: Clock;
  readonly use: (read: ReadDoorTls, before: ReadDoorTls) => void;
  readonly tell: DoorTlsTeller;
}): () => void {
  const { files, clock, use, tell } = options;
  let inUse = options.first;
  let troubledSince: Instant | null = null;
  let told = "";
  let toldOfEnd: Instant | null = null;
  let stopped = false;
  let cancel = clock.after(LOOK_MS, look);

  function look(): void {
    readDoorTls(files)
      .then((found) => {
        if (!stopped) take(found);
      })
      // Whatever goes wrong once must not be the end of all following.
      .catch((error: unknown) => tell.troubled(`http.tls: ${codeOf(error)}`))
      .finally(() => {
        if (!stopped) cancel = clock.after(LOOK_MS, look);
      });
  }

  function take(found: DoorTlsFiles): void {
    if (found.kind === "read") {
      troubledSince = null;
      told = "";
      if (!isSame(found, inUse)) {
        use(found, inUse);
        inUse = found;
        tell.renewed();
      }
    } else {
      troubledSince ??= clock.now();
      const says = sayDoorTroubles(found.troubles);
      if (says !== told && clock.now() - troubledSince >= LASTING_MS) {
        told = says;
        tell.troubled(says);
      }
    }
    tellOfEnd();
  }

  function tellOfEnd(): void {
    const { expiresAt } = inUse;
    const now = clock.now();
    if (expiresAt - now > EXPIRES_SOON_MS || toldOfEnd === expiresAt) return;
    toldOfEnd = expiresAt;
    const day = new Date(expiresAt).toISOString().slice(0, 10);
    tell.expiring(`${files.certificate} ${now >= expiresAt ? "expired" : "expires"} on ${day}`);
  }

  tellOfEnd();
  return () => {
    stopped = true;
    cancel();
  };
}

function isSame(a: ReadDoorTls, b: ReadDoorTls): boolean {
  return a.context.cert === b.context.cert && a.context.key === b.context.key && a.clientCa === b.clientCa;
}
