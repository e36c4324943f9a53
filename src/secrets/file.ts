import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { whyUnreadable } from "../ports/why-unreadable.ts";
import type { SecretValue } from "../ports/secrets.ts";
import { checkedSecret, SECRET_BYTES_MOST, tooLarge } from "./checked.ts";

/** A secret from a file, as it is now. `why` names the path and never what is in it. */
export async function readFileSecret(path: string): Promise<SecretValue> {
  const place = `the secret file ${path}`;
  const unreadable = (why: string): SecretValue => ({ kind: "unreadable", why: `${place} ${why}` });
  let bytes: Uint8Array | null;
  let madeAt: number;
  try {
    // Without O_NONBLOCK a named pipe in its place would have us wait for a writer for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return unreadable("is not a plain file. Name the file itself");
      madeAt = Math.trunc(stat.mtimeMs);
      bytes = await readAtMost(file, SECRET_BYTES_MOST + 2);
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(whyNot(error));
  }
  if (bytes === null) return tooLarge(place);
  try {
    return checkedSecret(new TextDecoder("utf-8", { fatal: true }).decode(bytes), place, { madeAt });
  } catch {
    return unreadable("is not UTF-8 text");
  }
}

/** All of the file, or null where there is more. */
async function readAtMost(file: FileHandle, mostBytes: number): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(mostBytes + 1);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
    if (filled > mostBytes) return null;
  }
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return whyUnreadable(typeof code === "string" ? code : "unknown trouble");
}
