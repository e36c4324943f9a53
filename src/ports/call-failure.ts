import { sayNoneLeft } from "../core/open-files.ts";
import type { Reason } from "../core/outcome.ts";

/** An error's own message is looked at by nobody: it may hold the address, and an address may be a secret. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}

/** What an error of Node's or undici's means, before and after the first byte was written. */
export function reasonOf(code: string, written: boolean): Reason {
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return written ? "timeout" : "connect_timeout";
  if (/^HPE_|^HTTPParserError$|^UND_ERR_HEADERS_OVERFLOW$/.test(code)) return "unreadable_answer";
  if (written) return "connection_reset";
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return "name_not_resolved";
  if (code === "UND_ERR_INVALID_ARG") return "bad_request";
  if (isTlsFailure(code)) return "tls_failed";
  if (code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET") return "connection_reset";
  return "connection_refused";
}

/** The other side's words for what it thinks of our certificate. */
export function isOwnCertificateRefused(code: string): boolean {
  return /^ERR_SSL_.*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN)|UNKNOWN_CA|ACCESS_DENIED)$/.test(
    code,
  );
}

/** What is wrong where the reason alone would mislead or leave one helpless; null where it says enough. */
export function sayCode(code: string): string | null {
  const noneLeft = sayNoneLeft(code);
  if (noneLeft !== null) return noneLeft;
  if (isOwnCertificateRefused(code)) {
    return code.endsWith("CERTIFICATE_REQUIRED")
      ? "it asks for a client certificate; name one in http_client.cert and http_client.key"
      : "it does not take our client certificate; look whether http_client.cert is still valid and from the CA that it trusts";
  }
  return isTlsFailure(code) ? sayTls(code) : null;
}

function isTlsFailure(code: string): boolean {
  return code === "EPROTO" || /^ERR_(TLS|SSL)_|CERT|_CA$|ISSUER|SIGNATURE|CRL|HOSTNAME_MISMATCH/.test(code);
}

function sayTls(code: string): string {
  switch (code) {
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `its certificate is from a CA that is not trusted here (${code}); if that CA is yours, or that of a proxy which looks into TLS, name its certificate in http_client.ca`;
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `its certificate is from a CA that is not trusted here, or it does not send what leads there (${code}); if that CA is yours, name its certificate in http_client.ca, else have the other side send its whole chain`;
    case "CERT_HAS_EXPIRED":
      return "its certificate has expired; it must be renewed over there, unless this machine's clock is wrong";
    case "CERT_NOT_YET_VALID":
      return "its certificate is not valid yet; look whether this machine's clock is right";
    case "CERT_REVOKED":
      return "its certificate was revoked; it must be renewed over there";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return "its certificate is for another name; look whether the host in the address is right";
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
    case "ERR_SSL_UNKNOWN_PROTOCOL":
      return "what answers there does not speak TLS; look whether the port is right";
    case "ERR_SSL_UNSUPPORTED_PROTOCOL":
    case "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION":
      return "it speaks nothing newer than TLS 1.1, and Riposte nothing older than 1.2; it must be updated over there";
    default:
      if (code.endsWith("ALERT_HANDSHAKE_FAILURE"))
        return "it refused the TLS handshake; if it asks for a client certificate, name one in http_client.cert and http_client.key";
      return `the TLS handshake failed (${code})`;
  }
}
