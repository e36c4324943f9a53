import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { codeOf } from "./call-failure.ts";
import { whyUnreadable } from "./why-unreadable.ts";

/** What was found where PEM should be. `says` names the place, and never what is there. */
export type PemText =
  | { readonly kind: "text"; readonly place: string; readonly text: string }
  | { readonly kind: "unreadable"; readonly says: string };

/** A system's whole bundle of certificates has a quarter of it. */
const BYTES_MOST = 1_048_576;

export async function readPemFile(path: string): Promise<PemText> {
  const unreadable = (why: string): PemText => ({ kind: "unreadable", says: `${path} ${why}` });
  try {
    // Without O_NONBLOCK a named pipe in its place would have us wait for a writer for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) return unreadable("is not a plain file. Name the file itself");
      if (stat.size > BYTES_MOST) return unreadable("is larger than 1 MiB: is this the right file?");
      return { kind: "text", place: path, text: await file.readFile("utf8") };
    } finally {
      await file.close();
    }
  } catch (error) {
    return unreadable(whyUnreadable(codeOf(error)));
  }
}
