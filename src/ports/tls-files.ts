import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { codeOf } from "./call-failure.ts";
import { readCertificates, readKey } from "./pem.ts";
import { type PemText, readPemFile } from "./pem-file.ts";
import { placeOfSecret, type SecretRef, type Secrets } from "./secrets.ts";
import type { WayOutSettings } from "./way-out-settings.ts";

export type TlsFileKey = "ca" | "cert" | "key" | "proof";

/** Why a file of the config can't be used: a sentence that names it, and never what is in it. */
export interface TlsTrouble {
  readonly key: TlsFileKey;
  readonly says: string;
}

export type TlsFiles =
  | { readonly kind: "read"; readonly context: SecureContext; readonly texts: string }
  | { readonly kind: "unusable"; readonly troubles: readonly TlsTrouble[] };

export function sayTroubles(troubles: readonly TlsTrouble[], { proof }: Pick<WayOutSettings, "proof"> = {}): string {
  return troubles
    .map(({ key, says }) => `${key === "proof" ? `${proof?.of ?? "wazuh.api"}.ca` : `http_client.${key}`}: ${says}`)
    .join("; ");
}

/**
 * Reads the files and makes of them what a TLS connection needs. With the `texts` of an earlier reading that are the
 * same now, its context is given back: connections that share one can shorten their handshakes. `trusted` is one more
 * certificate, in PEM.
 */
export async function readTlsFiles(
  settings: WayOutSettings,
  secrets: Secrets,
  before: Extract<TlsFiles, { kind: "read" }> | null = null,
  trusted: string | null = null,
): Promise<TlsFiles> {
  const proofPath = settings.proof?.ca ?? null;
  const [ca, cert, key, proof] = await Promise.all([
    settings.ca === null ? null : readPemFile(settings.ca),
    settings.cert === null ? null : readPemFile(settings.cert),
    settings.key === null ? null : readSecret(secrets, settings.key),
    proofPath === null ? null : readPemFile(proofPath),
  ]);
  const texts = JSON.stringify([ca, cert, key, proof]);
  if (before?.texts === texts) return before;
  const troubles = [
    ...certificateTroubles("ca", ca),
    ...certificateTroubles("proof", proof),
    ...certificateTroubles("cert", cert),
    ...keyTroubles(key, cert === null || cert.kind === "unreadable" ? null : cert.text),
  ];
  if (troubles.length > 0) return { kind: "unusable", troubles };
  try {
    const context = createSecureContext({
      ca: [...roots(), ...textsOf(ca), ...textsOf(proof), ...(trusted === null ? [] : [trusted])],
      // The certificate that was named is trusted itself, whoever signed it.
      allowPartialTrustChain: proof !== null || trusted !== null,
      cert: textsOf(cert),
      key: textsOf(key),
      minVersion: "TLSv1.2",
    });
    return { kind: "read", context, texts };
  } catch (error) {
    // A key too short for today, for one.
    const [of, place] = cert === null ? (["ca", settings.ca] as const) : (["cert", settings.cert] as const);
    return unusable(of, `${place ?? ""} can't be used (${codeOf(error)}): have a new certificate made`);
  }
}

function unusable(key: TlsFileKey, says: string): TlsFiles {
  return { kind: "unusable", troubles: [{ key, says }] };
}

function textsOf(found: PemText | null): string[] {
  return found?.kind === "text" ? [found.text] : [];
}

function certificateTroubles(key: TlsFileKey, found: PemText | null): readonly TlsTrouble[] {
  if (found === null) return [];
  if (found.kind === "unreadable") return [{ key, says: found.says }];
  const read = readCertificates(found.text);
  return "kind" in read ? [{ key, says: `${found.place} ${read.why}` }] : [];
}

function keyTroubles(found: PemText | null, certificate: string | null): readonly TlsTrouble[] {
  if (found === null) return [];
  if (found.kind === "unreadable") return [{ key: "key", says: found.says }];
  const key = readKey(found.text);
  if ("why" in key) return [{ key: "key", says: `${found.place} ${key.why}` }];
  const certificates = certificate === null ? [] : readCertificates(certificate);
  const first = "kind" in certificates ? undefined : certificates[0];
  if (first === undefined || first.checkPrivateKey(key)) return [];
  const says = `${found.place} is not the key of the certificate in http_client.cert. Put the two there that belong together`;
  return [{ key: "key", says }];
}

async function readSecret(secrets: Secrets, ref: SecretRef): Promise<PemText> {
  const place = "file" in ref ? ref.file : placeOfSecret(ref);
  const value = await secrets.read(ref);
  return value.kind === "value" ? { kind: "text", place, text: value.value } : { kind: "unreadable", says: value.why };
}

let known: readonly string[] | null = null;

/** Node's own and what `NODE_EXTRA_CA_CERTS` names, and this machine's, which takes a moment to read: once. */
function roots(): readonly string[] {
  known ??= [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
  return known;
}
