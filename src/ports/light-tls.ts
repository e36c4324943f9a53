import type * as NodeTls from "node:tls";
import type { SecureContext } from "node:tls";
import { SECOND_MS, type Instant } from "../core/time.ts";
import { codeOf } from "./call-failure.ts";
import type { Clock } from "./clock.ts";
import { readCertificates, readKey } from "./pem.ts";
import { readPlainFile } from "./plain-file.ts";

export interface LightTlsFiles {
  /** Trusted in place of the roots that this machine knows; null: those. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

/** What a TLS connection needs, of the files as they are. */
export interface LightTls {
  context(): LightContext;
}

export type LightContext =
  | { readonly kind: "usable"; readonly context: SecureContext }
  | { readonly kind: "unusable"; readonly says: string };

const BYTES_MOST = 1_048_576;
const HELD_MS = 2 * SECOND_MS;
/** A certificate and its key are replaced one after the other: until then it is no trouble that they don't fit. */
const LASTING_MS = 10 * SECOND_MS;

export interface LightTlsOptions {
  readonly files: LightTlsFiles;
  readonly clock: Pick<Clock, "now">;
  /** Told once of files that can't be used any more, while what was read before stays in use. */
  readonly troubled: (says: string) => void;
}

/** Follows the files as they are renewed. What can't be used never takes the place of what could. */
export function followLightTls({ files, clock, troubled }: LightTlsOptions): LightTls {
  let trouble: { readonly since: Instant; isTold: boolean } | null = null;
  let good: { readonly texts: string; readonly context: SecureContext } | null = null;
  let last: { readonly at: Instant; readonly found: LightContext } | null = null;

  function look(): LightContext {
    const read = readAll(files);
    const made = read.kind === "read" ? madeOf(read) : read;
    if (made.kind === "usable") trouble = null;
    if (made.kind === "usable" || good === null) return made;
    const now = clock.now();
    trouble ??= { since: now, isTold: false };
    if (!trouble.isTold && now - trouble.since >= LASTING_MS) {
      trouble.isTold = true;
      troubled(made.says);
    }
    return { kind: "usable", context: good.context };
  }

  function madeOf(read: Read): LightContext {
    if (read.texts === good?.texts) return { kind: "usable", context: good.context };
    const made = make(files, read);
    if (made.kind === "usable") good = { texts: read.texts, context: made.context };
    return made;
  }

  return {
    context() {
      const now = clock.now();
      // A clock that was set back must not hold what was read for as long as it was set back.
      if (last !== null && now >= last.at && now - last.at < HELD_MS) return last.found;
      last = { at: now, found: look() };
      return last.found;
    },
  };
}

interface Read {
  readonly kind: "read";
  readonly texts: string;
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

function readAll({ ca, cert, key }: LightTlsFiles): Read | Extract<LightContext, { kind: "unusable" }> {
  const found: (string | null)[] = [];
  for (const path of [ca, cert, key]) {
    const file = path === null ? null : readPlainFile(path, BYTES_MOST);
    if (file?.kind === "unreadable") return { kind: "unusable", says: `${path} ${file.why}` };
    found.push(file === null ? null : Buffer.from(file.bytes).toString("utf8"));
  }
  const [caText = null, certText = null, keyText = null] = found;
  return { kind: "read", texts: JSON.stringify(found), ca: caText, cert: certText, key: keyText };
}

function make(files: LightTlsFiles, { ca, cert, key }: Read): LightContext {
  for (const [path, text] of [
    [files.ca, ca],
    [files.cert, cert],
  ] as const) {
    const certificates = text === null ? null : readCertificates(text);
    if (certificates !== null && "kind" in certificates)
      return { kind: "unusable", says: `${path} ${certificates.why}` };
  }
  const privateKey = key === null ? null : readKey(key);
  if (privateKey !== null && "why" in privateKey) return { kind: "unusable", says: `${files.key} ${privateKey.why}` };
  try {
    const context = nodeTls().createSecureContext({
      ca: ca === null ? roots() : [ca],
      ...(cert !== null && { cert }),
      ...(key !== null && { key }),
      minVersion: "TLSv1.2",
    });
    return { kind: "usable", context };
  } catch (error) {
    const says = `${files.cert ?? files.ca ?? "the certificate"} can't be used (${codeOf(error)}): do the certificate and its key belong together?`;
    return { kind: "unusable", says };
  }
}

/** Node's own, what `NODE_EXTRA_CA_CERTS` names, and this machine's. */
function roots(): string[] {
  const { getCACertificates } = nodeTls();
  return [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
}

/** Takes 5 MB: for those who speak TLS. */
function nodeTls(): typeof NodeTls {
  return process.getBuiltinModule("node:tls") as typeof NodeTls;
}
