/** Where a server of Wazuh's has a place of its own for what proves that it is the one. */
export interface ProofPlaces {
  /** `wazuh.api.url`, as people know the key. */
  readonly url: string;
  readonly ca: string;
  readonly fingerprint: string;
}

/** What is said of a certificate that is not trusted, with the remedy that this server's config has. */
export function withOwnRemedy(says: string, { url, ca, fingerprint }: ProofPlaces): string {
  const remedy = `name its certificate in ${ca}, or its fingerprint in ${fingerprint}`;
  return says
    .replace(
      /if that CA is yours, or that of a proxy which looks into TLS, name its certificate in http_client\.ca/,
      remedy,
    )
    .replace(/if that CA is yours, name its certificate in http_client\.ca, else .*$/, remedy)
    .replace(
      /look whether the host in the address is right/,
      `use that name in ${url}, or name the certificate by its fingerprint in ${fingerprint}`,
    );
}
