import { newestFirst, orderOf, pathOf, type DatedFile } from "./tail-dated.ts";
import { folderOf, type ShortName } from "./tail-folder.ts";
import { openNamed, openShort, type NotOpened, type Opened } from "./tail-open.ts";

/** Which file comes after another one. */
export interface Following {
  /** Null: the one that the short name leads to, which has no date that tells. */
  readonly file: DatedFile | null;
  /** The short name leads to it: Wazuh may have left the one before it only just now. */
  readonly isCurrent: boolean;
  /** Bytes in it and in all that come after it, as they lie on the disk. */
  readonly bytes: number;
}

/** What comes after the file with this dated name. Null while the short name leads nowhere, as it does for an instant at every rotation. */
export function following(name: ShortName, dated: string | null): Following | null {
  const { files, path } = name;
  const current = files.stat(path);
  if (current === null) return null;
  const short: Following = { file: null, isCurrent: true, bytes: current.sizeBytes };
  const order = dated === null ? null : orderOf(dated);
  if (order === null) return short;

  const folder = folderOf(name);
  let found: Following | undefined;
  for (const file of newestFirst(files, folder)) {
    if (file.order <= order) break;
    const stat = files.stat(pathOf(folder, file));
    const isCurrent = stat !== null && stat.inode === current.inode;
    // What is newer than the file under the short name is just being made.
    if (found === undefined && !isCurrent) continue;
    found = { file, isCurrent, bytes: (found?.bytes ?? 0) + (stat?.sizeBytes ?? 0) };
  }
  // Without the current one among them, the dates don't tell the order: somebody set a clock back.
  return found ?? short;
}

export function openFollowing(name: ShortName, { file }: Following): Opened | NotOpened {
  return file === null ? openShort(name) : openNamed(name, file.name);
}
