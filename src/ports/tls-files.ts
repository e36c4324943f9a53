import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { sayNoneLeft } from "../core/open-files.ts";
import { codeOf } from "./call-failure.ts";
import { readCertificates, readKey } from "./pem.ts";
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

export function sayTroubles(troubles: readonly TlsTrouble[]): string {
  return troubles
    .map(({ key, says }) => `${key === "proof" ? "wazuh.api.ca" : `http_client.${key}`}: ${says}`)
    .join("; ");
}

/** A system's whole bundle has a quarter of it. */
const BYTES_MOST = 1_048_576;

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
    settings.ca === null ? null : readFile(settings.ca),
    settings.cert === null ? null : readFile(settings.cert),
    settings.key === null ? null : readSecret(secrets, settings.key),
    proofPath === null ? null : readFile(proofPath),
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

type Found =
  | { readonly kind: "text"; readonly place: string; readonly text: string }
  | { readonly kind: "unreadable"; readonly says: string };

function textsOf(found: Found | null): string[] {
  return found?.kind === "text" ? [found.text] : [];
}

function certificateTroubles(key: TlsFileKey, found: Found | null): readonly TlsTrouble[] {
  if (found === null) return [];
  if (found.kind === "unreadable") return [{ key, says: found.says }];
  const read = readCertificates(found.text);
  return "kind" in read ? [{ key, says: `${found.place} ${read.why}` }] : [];
}

function keyTroubles(found: Found | null, certificate: string | null): readonly TlsTrouble[] {
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

async function readSecret(secrets: Secrets, ref: SecretRef): Promise<Found> {
  const place = "file" in ref ? ref.file : placeOfSecret(ref);
  const value = await secrets.read(ref);
  return value.kind === "value" ? { kind: "text", place, text: value.value } : { kind: "unreadable", says: value.why };
}

async function readFile(path: string): Promise<Found> {
  const unreadable = (why: string): Found => ({ kind: "unreadable", says: `${path} ${why}` });
  try {
    // Without O_NONBLOCK a named pipe in its place would have us wait for a writer for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return unreadable("is not a plain file. Name the file itself");
      if (stat.size > BYTES_MOST) return unreadable("is larger than 1 MiB: is this the right file?");
      return { kind: "text", place: path, text: await file.readFile("utf8") };
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(whyNot(codeOf(error)));
  }
}

function whyNot(code: string): string {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "does not exist. Create it, or correct the path in the config";
    case "EACCES":
    case "EPERM":
      return "may not be read by the user that Riposte runs as. Give that user read access";
    default:
      return `can't be read: ${sayNoneLeft(code) ?? code}`;
  }
}

let known: readonly string[] | null = null;

/** Node's own and what `NODE_EXTRA_CA_CERTS` names, and this machine's, which takes a moment to read: once. */
function roots(): readonly string[] {
  known ??= [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
  return known;
}
