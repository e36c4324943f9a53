import type { OpenFile } from "../ports/files.ts";
import { datedNameOf, pathOf, type DatedName } from "./tail-dated.ts";
import type { TailEvent } from "./tail-event.ts";
import { folderOf, type ShortName } from "./tail-folder.ts";
import { plainStart, readHead, type FileIdentity, type FirstBytes } from "./tail-identity.ts";
import { packedStart } from "./tail-packed.ts";

export interface Opened {
  readonly kind: "opened";
  readonly path: string;
  readonly handle: OpenFile;
  readonly identity: FileIdentity;
  /** What lines it has comes out of it only when it is unpacked. */
  readonly packed: boolean;
}

export type NotOpened = Extract<TailEvent, { kind: "missing" | "unreadable" }>;

/** The file that the short name leads to. */
export function openShort(name: ShortName): Opened | NotOpened {
  // Not every file system counts links, so the dated name is looked for whatever `links` says.
  return open(name, name.path, false, (inode) => datedNameOf(name.files, folderOf(name), inode));
}

/** The file that bears this dated name, or what was made of it. Both are there while it is being packed. */
export function openNamed(name: ShortName, dated: string): Opened | NotOpened {
  const plain = openDated(name, { name: dated, packed: false });
  return plain.kind === "missing" ? openDated(name, { name: dated, packed: true }) : plain;
}

function openDated(name: ShortName, file: DatedName): Opened | NotOpened {
  return open(name, pathOf(folderOf(name), file), file.packed, () => file.name);
}

/** The first bytes that there are to read. */
export function startOf({ handle, packed }: Pick<Opened, "handle" | "packed">): FirstBytes {
  return packed ? packedStart(handle) : plainStart(handle);
}

/** Closes the file should the work throw. */
export function guarded<T>({ handle }: Pick<Opened, "handle">, work: () => T): T {
  try {
    return work();
  } catch (error) {
    handle.close();
    throw error;
  }
}

function open(
  name: ShortName,
  path: string,
  packed: boolean,
  datedName: (inode: string) => string | null,
): Opened | NotOpened {
  const handle = name.files.open(path);
  switch (handle.kind) {
    case "missing":
      return { kind: "missing", path };
    case "unreadable":
      return { kind: "unreadable", path, why: handle.why };
    case "open":
      break;
  }
  return guarded({ handle }, () => {
    const { inode } = handle.stat();
    const identity = { inode, head: readHead(startOf({ handle, packed })), dated: datedName(inode) };
    return { kind: "opened", path, handle, identity, packed };
  });
}
