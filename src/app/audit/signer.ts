// Ed25519: who checks a seal needs the public half alone, and can make none with it.
import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from "node:crypto";
import type { Signer } from "../../engine/sealer.ts";

const ID_CHARS = 16;

/** Null: the text is no private key of Ed25519 in PEM. */
export function signerOf(pem: string): (Signer & { readonly publicPem: string }) | null {
  const key = keyIn(pem, createPrivateKey);
  if (key === null) return null;
  const half = createPublicKey(key);
  return {
    key: idOf(half),
    sign: (line) => sign(null, Buffer.from(line), key).toString("base64"),
    publicPem: half.export({ type: "spki", format: "pem" }).toString(),
  };
}

export interface KnownKey {
  readonly key: string;
  readonly publicPem: string;
  isSigned(line: string, signature: string): boolean;
}

/** Null: the text is no key of Ed25519 in PEM. Takes the private half as well, since that has the public one in it. */
export function knownKeyOf(pem: string): KnownKey | null {
  const half = keyIn(pem, createPublicKey);
  if (half === null) return null;
  return {
    key: idOf(half),
    publicPem: half.export({ type: "spki", format: "pem" }).toString(),
    isSigned: (line, signature) => verify(null, Buffer.from(line), half, Buffer.from(signature, "base64")),
  };
}

function keyIn(pem: string, read: (pem: string) => KeyObject): KeyObject | null {
  try {
    const key = read(pem);
    return key.asymmetricKeyType === "ed25519" ? key : null;
  } catch {
    // What OpenSSL says of it may have a part of the key in it.
    return null;
  }
}

/** As `openssl pkey -pubin -outform DER | sha256sum` begins. */
function idOf(half: KeyObject): string {
  return hash("sha256", half.export({ type: "spki", format: "der" })).slice(0, ID_CHARS);
}
