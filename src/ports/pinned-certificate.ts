import { X509Certificate } from "node:crypto";
import type { PeerCertificate, SecureContext, TLSSocket } from "node:tls";
import type { Clock } from "./clock.ts";
import { NoConnectionError } from "./no-connection.ts";
import type { Secrets } from "./secrets.ts";
import { followTlsFiles, type TlsFollower } from "./tls-follower.ts";
import type { WayOutSettings } from "./way-out-settings.ts";

/** Who answers is known by its certificate alone: that one is trusted, by whomever it was signed and for whatever name. */
export interface PinnedCertificate {
  /** Whether the certificate has been seen, so that it can be trusted. */
  readonly known: boolean;
  /** `usual` until it has been seen. */
  context(usual: SecureContext | null): Promise<SecureContext | null>;
  /** Instead of the check of names: the fingerprint is the identity. */
  readonly check: (host: string, certificate: PeerCertificate) => Error | undefined;
  /** Looks at what is shown in a handshake, which is refused unless the certificate is trusted. */
  watch(socket: TLSSocket): void;
  /** What to say of a failed handshake with somebody else; null where it was not that. */
  explain(error: unknown): NoConnectionError | null;
}

export function pinnedCertificate(
  fingerprint: string,
  options: {
    readonly settings: WayOutSettings;
    readonly secrets: Secrets;
    readonly clock: Pick<Clock, "now">;
    readonly troubled: (says: string) => void;
  },
): PinnedCertificate {
  let trusting: TlsFollower | null = null;
  let other: string | null = null;

  return {
    get known() {
      return trusting !== null;
    },

    context(usual) {
      other = null;
      return trusting === null ? Promise.resolve(usual) : trusting.context();
    },

    check: (_host, certificate) =>
      certificate.fingerprint256 === fingerprint
        ? undefined
        : Object.assign(new Error("another certificate"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" }),

    watch(socket) {
      // Ahead of Node's own listener, which ends a connection that is not trusted.
      socket.prependOnceListener("secure", () => {
        const { raw } = socket.getPeerCertificate();
        if (raw === undefined) return;
        const shown = new X509Certificate(raw);
        other = shown.fingerprint256 === fingerprint ? null : shown.fingerprint256;
        if (other === null) trusting ??= followTlsFiles({ ...options, trusted: shown.toString() });
      });
    },

    explain(error) {
      if (other === null || !(error instanceof NoConnectionError) || error.reason !== "tls_failed") return null;
      const { of = "wazuh.api" } = options.settings.proof ?? {};
      const says = `the certificate that is shown there has the fingerprint ${other}, not that of ${of}.fingerprint; if it was renewed, look over there which one is right and put it into the config`;
      return new NoConnectionError("tls_failed", says, { cause: error });
    },
  };
}
