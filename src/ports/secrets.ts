/** Where a secret's value is to be had. The value itself is in no config, row or snapshot. */
export type SecretRef = { readonly file: string } | { readonly env: string };

export type SecretValue =
  | { readonly kind: "value"; readonly value: string }
  /** `why` names the place, never the value. */
  | { readonly kind: "unreadable"; readonly why: string };

/** Looks secrets up when they are used, and follows them when they rotate. */
export interface Secrets {
  read(ref: SecretRef): Promise<SecretValue>;
}
