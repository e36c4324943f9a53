import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { Instant } from "../core/time.ts";
import { codeOf } from "./call-failure.ts";
import type { DoorTls } from "./door-settings.ts";
import { type NotPem, readCertificates, readKey } from "./pem.ts";
import { type PemText, readPemFile } from "./pem-file.ts";

/** Why a file of `http.tls` can't be used: a sentence that names it, and never what is in it. */
export interface DoorTlsTrouble {
  readonly key: "certificate" | "key" | "client_ca";
  readonly says: string;
}

export interface ReadDoorTls {
  readonly kind: "read";
  readonly context: SecureContextOptions;
  readonly clientCa: string | null;
  /** When the first of what is shown to clients runs out. */
  readonly expiresAt: Instant;
}

export type DoorTlsFiles = ReadDoorTls | { readonly kind: "unusable"; readonly troubles: readonly DoorTlsTrouble[] };

/** Reads the files anew, through links, and makes of them what the door speaks TLS with. */
export async function readDoorTls(settings: DoorTls): Promise<DoorTlsFiles> {
  const [certificate, key, clientCa] = await Promise.all([
    readPemFile(settings.certificate),
    readPemFile(settings.key),
    settings.clientCa === null ? null : readPemFile(settings.clientCa),
  ]);
  const chain = readAs(certificate, readCertificates);
  const privateKey = readAs(key, readKey);
  const clients = clientCa === null ? null : readAs(clientCa, readCertificates);
  const troubles = [
    ...troubleOf("certificate", chain),
    ...troubleOf("key", privateKey),
    ...(clients === null ? [] : troubleOf("client_ca", clients)),
  ];
  if (
    chain.kind === "read" &&
    privateKey.kind === "read" &&
    chain.made[0]?.checkPrivateKey(privateKey.made) === false
  ) {
    const says = `${settings.key} is not the key of the certificate in ${settings.certificate}. Put the two there that belong together`;
    troubles.push({ key: "key", says });
  }
  if (
    chain.kind === "unusable" ||
    privateKey.kind === "unusable" ||
    clients?.kind === "unusable" ||
    troubles.length > 0
  )
    return { kind: "unusable", troubles };
  const context: SecureContextOptions = {
    cert: chain.text,
    key: privateKey.text,
    ...(clients !== null && { ca: clients.text }),
    // Said, since the environment can change what Node does where it is not.
    minVersion: "TLSv1.2",
  };
  try {
    createSecureContext(context);
  } catch (error) {
    // A key too short for today, for one.
    const says = `${settings.certificate} can't be used (${codeOf(error)}): have a new certificate made`;
    return { kind: "unusable", troubles: [{ key: "certificate", says }] };
  }
  const expiresAt = Math.min(...chain.made.map(({ validToDate }) => validToDate.getTime()));
  return { kind: "read", context, clientCa: clients?.text ?? null, expiresAt };
}

type Readable<Made> =
  | { readonly kind: "read"; readonly text: string; readonly made: Made }
  | { readonly kind: "unusable"; readonly says: string };

function readAs<Made extends object>(found: PemText, read: (text: string) => Made | NotPem): Readable<Made> {
  if (found.kind === "unreadable") return { kind: "unusable", says: found.says };
  const made = read(found.text);
  if (isNotPem(made)) return { kind: "unusable", says: `${found.place} ${made.why}` };
  return { kind: "read", text: found.text, made };
}

function isNotPem(made: object): made is NotPem {
  return "kind" in made && made.kind === "not_pem";
}

function troubleOf(key: DoorTlsTrouble["key"], read: Readable<unknown>): DoorTlsTrouble[] {
  return read.kind === "unusable" ? [{ key, says: read.says }] : [];
}
