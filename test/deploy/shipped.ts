import { readFileSync } from "node:fs";
import { gzipSync, zstdCompressSync } from "node:zlib";

export type Packed = "identity" | "gzip" | "zstd";

const FOLDER = new URL("../fixtures/shippers/", import.meta.url);

/** The lines of Wazuh that the shippers have read. */
export function shippedAlerts(): readonly string[] {
  return readFileSync(new URL("alerts.ndjson", FOLDER), "utf8").trimEnd().split("\n");
}

/** The bytes of a request as they are on the wire, on a connection of its own. */
export function shipped(name: string, packed: Packed = "identity", edit = (body: string): string => body): Buffer {
  const text = readFileSync(new URL(`${name}.http`, FOLDER), "utf8");
  const end = text.indexOf("\n\n");
  const body = pack(Buffer.from(edit(text.slice(end + 2))), packed);
  const head = text
    .slice(0, end)
    .replace("{{length}}", String(body.length))
    .replace("{{encoding}}\n", packed === "identity" ? "" : `Content-Encoding: ${packed}\n`);
  const close = /^connection:/im.test(head) ? "" : "\nConnection: close";
  return Buffer.concat([Buffer.from(`${head}${close}\n\n`.replaceAll("\n", "\r\n")), body]);
}

function pack(body: Buffer, packed: Packed): Buffer {
  switch (packed) {
    case "identity":
      return body;
    case "gzip":
      return gzipSync(body);
    case "zstd":
      return zstdCompressSync(body);
  }
}
