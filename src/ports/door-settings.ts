import type { Scope } from "../core/scope.ts";
import type { SecretRef } from "./secrets.ts";

/** The door for other machines: `http` of the config. */
export interface DoorSettings {
  readonly host: string;
  readonly port: number;
  /** `off`: something before the door ends TLS. Null: nobody but this machine, or no token, is spoken to. */
  readonly tls: DoorTls | "off" | null;
  readonly tokens: readonly TokenTerms[];
}

/** PEM files. */
export interface DoorTls {
  readonly certificate: string;
  readonly key: string;
  /** What clients' certificates come from; null: none is asked for. */
  readonly clientCa: string | null;
}

/** Somebody who may ask, and how he is known. */
export interface TokenTerms {
  readonly name: string;
  readonly proof: TokenProof;
  readonly may: readonly Scope[];
}

export type TokenProof =
  | { readonly kind: "secret"; readonly secret: SecretRef }
  /** `subject`: its common name, or one of its alternative names. */
  | { readonly kind: "certificate"; readonly subject: string };
