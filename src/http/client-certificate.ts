import type { PeerCertificate, TLSSocket } from "node:tls";
import type { X509Certificate } from "node:crypto";
import { readIp } from "../core/ip-network.ts";
import type { Instant } from "../core/time.ts";

/** What a client's certificate proves at this moment. */
export type Shown =
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "certificate"; readonly isFor: (subject: string) => boolean };

/** Exactly, and not what a wildcard could stand for. */
const EXACTLY = { wildcards: false, partialWildcards: false, subject: "never" } as const;

/** The handshake said whether it is from the CA; whether it still holds is asked anew with each request. */
export function shownBy(socket: TLSSocket, now: Instant): Shown {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { kind: "none" };
  const from = certificate.validFromDate.getTime();
  const until = certificate.validToDate.getTime();
  if (now >= until) return refused(`expired on ${dayOf(until)}`);
  if (now < from) return refused(`holds from ${dayOf(from)} on only`);
  if (!socket.authorized)
    return refused(WHY[codeOf(socket.authorizationError)] ?? "is none that client_ca vouches for");
  const names = commonNames(certificate);
  return {
    kind: "certificate",
    isFor: (subject) =>
      names.includes(subject) ||
      certificate.checkHost(subject, EXACTLY) !== undefined ||
      certificate.checkEmail(subject, { subject: "never" }) !== undefined ||
      (readIp(subject) !== null && certificate.checkIP(subject) !== undefined),
  };
}

function refused(why: string): Shown {
  return { kind: "refused", why: `the client certificate ${why}` };
}

const WHY: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired, or one that it comes from has",
  CERT_NOT_YET_VALID: "does not hold yet",
  UNABLE_TO_GET_ISSUER_CERT: "is not from client_ca",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is not from client_ca",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "is not from client_ca",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is its own CA, and client_ca does not name it",
  SELF_SIGNED_CERT_IN_CHAIN: "is not from client_ca",
  CERT_SIGNATURE_FAILURE: "was not signed by client_ca",
  INVALID_PURPOSE: "is not for clients",
};

/** In Node's types it is an Error, and at run time a word. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** Several would leave open which of them is meant. */
function commonNames(certificate: X509Certificate): readonly string[] {
  const { subject } = certificate.toLegacyObject() as PeerCertificate;
  const name: unknown = subject?.CN;
  return typeof name === "string" ? [name] : [];
}

function dayOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}
