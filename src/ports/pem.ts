import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

/** What is wrong with a text that should be PEM: the end of a sentence that begins with its place. */
export interface NotPem {
  readonly kind: "not_pem";
  readonly why: string;
}

const BEGIN = "-----BEGIN CERTIFICATE-----";
const CERTIFICATE = new RegExp(`${BEGIN}[^-]*-----END CERTIFICATE-----`, "g");
const KEY = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/;

export function readCertificates(text: string): readonly X509Certificate[] | NotPem {
  const blocks = text.match(CERTIFICATE) ?? [];
  if (text.split(BEGIN).length - 1 > blocks.length)
    return notPem("is damaged: a certificate in it has no end. Copy it there once more");
  if (blocks.length === 0) return notPem(`holds no certificate in PEM, which begins with ${BEGIN}${asDer(text)}`);
  const certificates: X509Certificate[] = [];
  for (const [i, block] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(block));
    } catch {
      const which = blocks.length === 1 ? "its certificate" : `certificate ${i + 1} of ${blocks.length} in it`;
      return notPem(`is damaged: ${which} can't be read. Copy it there once more`);
    }
  }
  return certificates;
}

export function readKey(text: string): KeyObject | NotPem {
  if (!KEY.test(text)) return notPem("holds no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----");
  if (/ENCRYPTED/.test(text)) {
    return notPem(
      "is locked by a passphrase, which Riposte can't be given. Unlock it with openssl pkey, and let only Riposte's user read the outcome",
    );
  }
  try {
    return createPrivateKey(text);
  } catch {
    // What the library says of it could quote it.
    return notPem("is damaged: the private key can't be read. Copy it there once more");
  }
}

/** What begins with a long SEQUENCE, here as text. */
function asDer(text: string): string {
  if (!/^0[\u0082\ufffd]/.test(text)) return "";
  return ". This looks like DER: openssl x509 -inform der -in FILE -out FILE.pem makes PEM of it";
}

function notPem(why: string): NotPem {
  return { kind: "not_pem", why };
}
