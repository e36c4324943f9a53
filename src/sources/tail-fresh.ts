import type { FileStat, Files, OpenFailure } from "../ports/files.ts";

/**
 * What stands under a name now. A network file system answers `stat` out of its memory for up to a minute, names and
 * sizes alike, and asks its server whenever a file is opened: from then on those who have it open know its size too.
 */
export function freshStat(files: Files, path: string): FileStat | OpenFailure {
  const file = files.open(path);
  if (file.kind !== "open") return files.stat(path) ?? file;
  try {
    return file.stat();
  } finally {
    file.close();
  }
}
