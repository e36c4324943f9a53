import { dirname } from "node:path";
import type { Files } from "../ports/files.ts";
import { orderOf } from "./tail-dated.ts";

/** The short name that Wazuh moves from file to file. */
export interface ShortName {
  readonly files: Files;
  readonly path: string;
}

/**
 * Where the years of dated files are: beside the short name. Where that is a symbolic link, beside what it leads to,
 * or above, if that is a dated file itself.
 */
export function folderOf({ files, path }: ShortName): string {
  const target = files.target(path);
  if (target === null) return dirname(path);
  const month = dirname(target);
  const year = dirname(month);
  const folder = dirname(year);
  return orderOf(target.slice(folder.length + 1)) === null ? month : folder;
}
