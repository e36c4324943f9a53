import { expect, test } from "vitest";
import { isOwnCertificateRefused, reasonOf, sayCode } from "./call-failure.ts";

test.each([
  ["ENOTFOUND", false, "name_not_resolved"],
  ["EAI_AGAIN", false, "name_not_resolved"],
  ["EHOSTUNREACH", false, "connection_refused"],
  ["UND_ERR_CONNECT_TIMEOUT", false, "connect_timeout"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", false, "tls_failed"],
  ["CERT_HAS_EXPIRED", false, "tls_failed"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", false, "tls_failed"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", false, "tls_failed"],
  ["EPIPE", true, "connection_reset"],
  ["ETIMEDOUT", true, "timeout"],
  ["UND_ERR_SOCKET", true, "connection_reset"],
  ["HPE_INVALID_CONSTANT", true, "unreadable_answer"],
  ["HTTPParserError", true, "unreadable_answer"],
  ["", true, "connection_reset"],
])("%s (written: %s) means %s", (code, isWritten, reason) => {
  expect(reasonOf(code, isWritten)).toBe(reason);
});

test.each([
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "asks for a client certificate"],
  ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "does not take our client certificate"],
  ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "does not take our client certificate"],
  ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "does not take our client certificate"],
])("%s is about our own certificate", (code, says) => {
  expect(isOwnCertificateRefused(code)).toBe(true);
  expect(sayCode(code)).toContain(says);
});

test.each([
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE"],
  ["ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR"],
  ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"],
  ["CERT_HAS_EXPIRED"],
  ["ECONNRESET"],
])("%s is not, and so tells nothing of what was read", (code) => {
  expect(isOwnCertificateRefused(code)).toBe(false);
});

test.each([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "http_client.ca"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "its whole chain"],
  ["CERT_HAS_EXPIRED", "must be renewed over there"],
  ["CERT_NOT_YET_VALID", "clock"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "for another name"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "older than 1.2"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "look whether the port is right"],
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", "http_client.cert"],
  ["ERR_SSL_NO_SHARED_CIPHER", "ERR_SSL_NO_SHARED_CIPHER"],
  ["EMFILE", "LimitNOFILE="],
])("of %s it is said what to do", (code, says) => {
  expect(sayCode(code)).toContain(says);
});

test.each(["ECONNREFUSED", "ENOTFOUND", "ECONNRESET", "ETIMEDOUT", ""])("%s says enough by its reason", (code) => {
  expect(sayCode(code)).toBeNull();
});
