// A certificate authority for tests, made anew in each: a certificate in a file would expire one day.
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";

/** Both in PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

export interface IssueOptions {
  /** Host names and IPv4 addresses that it is for. */
  readonly names?: readonly string[];
  readonly validFromMs?: number;
  readonly validUntilMs?: number;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

export class FakeCa {
  readonly certificate: string;
  readonly #name: string;
  readonly #key: KeyObject;
  #serial = 1;

  constructor(name: string) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#name = name;
    this.#key = privateKey;
    const isCa = extension("2.5.29.19", sequence(tlv(0x01, Buffer.of(0xff))));
    this.certificate = this.#sign(name, publicKey, {}, [isCa]);
  }

  issue(options: IssueOptions = {}): Issued {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const names = (options.names ?? []).map((name) =>
      isIP(name) === 4 ? tlv(0x87, Buffer.from(name.split(".").map(Number))) : tlv(0x82, Buffer.from(name)),
    );
    const extensions = names.length === 0 ? [] : [extension("2.5.29.17", sequence(...names))];
    return {
      certificate: this.#sign(options.names?.[0] ?? "someone", publicKey, options, extensions),
      key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    };
  }

  #sign(subject: string, publicKey: KeyObject, options: IssueOptions, extensions: readonly Buffer[]): string {
    const { validFromMs = Date.now() - DAY_MS, validUntilMs = Date.now() + DAY_MS } = options;
    const body = sequence(
      tlv(0xa0, tlv(0x02, Buffer.of(2))),
      tlv(0x02, Buffer.of(0x40, this.#serial++)),
      ECDSA_WITH_SHA256,
      commonName(this.#name),
      sequence(time(validFromMs), time(validUntilMs)),
      commonName(subject),
      publicKey.export({ type: "spki", format: "der" }),
      ...(extensions.length === 0 ? [] : [tlv(0xa3, sequence(...extensions))]),
    );
    const signature = tlv(0x03, Buffer.of(0), sign("sha256", body, this.#key));
    const base64 = sequence(body, ECDSA_WITH_SHA256, signature)
      .toString("base64")
      .replaceAll(/(.{64})/g, "$1\n");
    return `-----BEGIN CERTIFICATE-----\n${base64.trimEnd()}\n-----END CERTIFICATE-----\n`;
  }
}

function commonName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(oid("2.5.4.3"), tlv(0x0c, Buffer.from(name)))));
}

/** GeneralizedTime: `20260821100000Z`. */
function time(atMs: number): Buffer {
  return tlv(0x18, Buffer.from(`${new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+Z/g, "")}Z`));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), tlv(0x04, value));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, ...parts);
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): readonly number[] {
  const digits = [number & 0x7f];
  for (let left = number >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** A tag, a length and what is in it. */
function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
