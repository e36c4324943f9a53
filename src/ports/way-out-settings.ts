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
}

export const STRAIGHT_OUT: WayOutSettings = { proxy: null, noProxy: [], ca: null, cert: null, key: null };
