import { join } from "node:path";
import type { Instant } from "../core/time.ts";
import type { SpoolFile, SpoolFolder } from "../ports/spool-folder.ts";
import { isDiskError } from "./disk-error.ts";
import type { Lines } from "./tail-lines.ts";
import type { Stretch } from "./tail-stretch.ts";

export interface FileTaking {
  readonly folder: SpoolFolder;
  readonly lines: Lines;
  readonly stretch: Stretch;
  readonly now: () => Instant;
  readonly mayOwn: (userId: number) => boolean;
  readonly fileBytes: number;
  /** Between lines: hands over what is full, and lets others have their turn. False: to go on is of no use. */
  readonly between: () => Promise<boolean>;
}

/** What becomes of a file once what was read of it is stored. */
export type Taken =
  | { readonly kind: "gone" }
  | { readonly kind: "read" }
  | { readonly kind: "rejected"; readonly why: string }
  | { readonly kind: "unreadable"; readonly why: string }
  /** It was left in the middle, and is read again from its start. */
  | { readonly kind: "left" };

/** Reads one file of a spool into the stretch. */
export async function takeFile(name: string, taking: FileTaking): Promise<Taken> {
  const { folder, stretch } = taking;
  const handle = folder.open(name);
  switch (handle.kind) {
    case "gone":
    case "unreadable":
      return handle;
    case "no_file":
      return reject(handle.why);
    case "open":
      break;
  }
  try {
    const why = whyNot(handle, taking);
    if (why !== null) return reject(why);
    return (await readLines(handle, taking)) ? { kind: "read" } : { kind: "left" };
  } catch (error) {
    if (!isDiskError(error)) throw error;
    return { kind: "unreadable", why: error.code };
  } finally {
    handle.close();
  }

  function reject(why: string): Taken {
    stretch.refuseFile(`${join(folder.path, name)} was not read: ${why}`);
    return { kind: "rejected", why };
  }
}

function whyNot(handle: SpoolFile, { mayOwn, fileBytes }: FileTaking): string | null {
  const { ownerId, links, sizeBytes } = handle.stat();
  if (!mayOwn(ownerId)) return `it belongs to user ${ownerId}, from whom nothing is taken`;
  // A second name may be what somebody else's file is to be read, and deleted, under.
  if (links > 1) return "it has another name as well";
  if (sizeBytes === 0) return "it is empty";
  if (sizeBytes > fileBytes) return `it has ${sizeBytes} bytes, which no alert has`;
  return null;
}

/** False: it was left in the middle. */
async function readLines(handle: SpoolFile, { lines, stretch, now, between }: FileTaking): Promise<boolean> {
  lines.reset(0, false);
  for (;;) {
    const more = lines.fill((into, offset, length, position) => handle.read(into, offset, length, position));
    while (!stretch.take(lines, now())) {
      if (!(await between())) return false;
    }
    if (!more) break;
    if (!(await between())) return false;
  }
  stretch.takeRest(lines, now());
  return true;
}
