// Blocks that a takeover moved out of ossec.conf and that stand nowhere any more: nobody sends them, and nothing else says so.
import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ConfigError } from "../../config/problem.ts";
import { readPlainFile } from "../../ports/plain-file.ts";
import { runningBlocks } from "../../wazuh/block-secret.ts";
import { OSSEC_CONF_BYTES_MOST, readOssecConf } from "../../wazuh/ossec-conf.ts";
import { takeOver } from "../../wazuh/take-over.ts";
import type { OssecReading } from "./read-files.ts";

/** What the last takeover found in ossec.conf, by the copy that it left. No secrets. */
export interface LastCopy {
  readonly path: string;
  /** Blocks that Riposte could have taken. */
  readonly blocks: readonly { readonly name: string; readonly line: number }[];
}

const MARK = ".before-riposte-";

export function copyPath(conf: string, stamp: string): string {
  return `${conf}${MARK}${stamp}`;
}

/** Null: there is none, or it can't be read. Copies never change, so one that was read `earlier` is not read again. */
export function readLastCopy(conf: string, earlier: LastCopy | null): LastCopy | null {
  const name = lastCopyName(conf);
  if (name === undefined) return null;
  const path = join(dirname(conf), name);
  if (earlier?.path === path) return earlier;
  const file = readPlainFile(path, OSSEC_CONF_BYTES_MOST);
  if (file.kind === "unreadable") return null;
  const { taken } = takeOver(readOssecConf(file.bytes), () => ({ env: "" }));
  return { path, blocks: taken.map(({ block }) => ({ name: block.name ?? "", line: block.place.line })) };
}

/** Stamps are times, so that the last is the newest. */
function lastCopyName(conf: string): string | undefined {
  const beginning = `${basename(conf)}${MARK}`;
  try {
    return readdirSync(dirname(conf))
      .filter((name) => name.startsWith(beginning) && /^\d{8}T\d{9}Z$/.test(name.slice(beginning.length)))
      .toSorted()
      .at(-1);
  } catch {
    // Where the folder can't be listed, nothing is known of any takeover; the trouble with ossec.conf itself is told.
    return undefined;
  }
}

export interface UnsentBlock {
  readonly name: string;
  readonly error: ConfigError;
}

/**
 * By name and number, since whoever edits a block in its new place means it. Of an ossec.conf that can't be read nothing
 * is known, so then only a file of our own that is missing counts.
 */
export function unsentBlocks({ conf, takenOver, lastCopy }: OssecReading): readonly UnsentBlock[] {
  if (lastCopy === null || (conf.conf === null && takenOver.found !== "missing")) return [];
  const left = new Map<string, number>();
  for (const { name } of [...runningBlocks(conf.conf?.blocks ?? []), ...runningBlocks(takenOver.conf?.blocks ?? [])])
    left.set(name, (left.get(name) ?? 0) + 1);
  return lastCopy.blocks.flatMap(({ name, line }): readonly UnsentBlock[] => {
    const count = left.get(name) ?? 0;
    left.set(name, count - 1);
    if (count > 0) return [];
    const says = `${name} was taken over and stands neither in ${takenOver.path} nor in ${conf.path}: nobody sends it. Put ${takenOver.path} back, or the block from this copy into it; where that is meant, delete the copy`;
    return [{ name, error: { file: lastCopy.path, line, column: 1, path: "", says } }];
  });
}
