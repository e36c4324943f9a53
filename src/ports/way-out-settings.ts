import type { SecretRef } from "./secrets.ts";

/** How everything gets out: `http_client` of the config. */
export interface WayOutSettings {
  /** An address that all may read, or where one with a password is to be had. */
  readonly proxy: string | SecretRef | null;
  /** As they are written; `core/no-proxy.ts` reads them. */
  readonly noProxy: readonly string[];
  /** PEM files. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: SecretRef | null;
  /** What proves who answers, beside or instead of the usual, where all calls are to one host: the Wazuh API, an indexer. */
  readonly proof?: ServerProof;
}

/** At most one of the two. */
export interface ServerProof {
  /** A PEM file with what its certificate comes from. */
  readonly ca: string | null;
  /** The SHA-256 of its own certificate, in capital hex with colons. */
  readonly fingerprint: string | null;
  /** Where the config says so; `wazuh.api` if not said. */
  readonly of?: string;
}

export const STRAIGHT_OUT: WayOutSettings = { proxy: null, noProxy: [], ca: null, cert: null, key: null };
