// The names of blocks, kept beside the database (or the admin socket): a restart must know which block had which.
import { join } from "node:path";
import { z } from "zod";
import { readPlainFile } from "../../ports/plain-file.ts";
import type { NamedBlock } from "../../wazuh/block-names.ts";
import { keepFile } from "../keep-file.ts";

const NAME = "ossec-names.json";
const BYTES_MOST = 1_048_576;

const Kept = z.object({
  v: z.literal(1),
  names: z.array(
    z.object({
      name: z.string(),
      of: z.string(),
      whole: z.string(),
      address: z.string(),
      matter: z.string(),
      isThere: z.boolean(),
    }),
  ),
});

/** None where nothing was kept yet, as before there was such a file: then blocks are numbered in their order. */
export function readNames(folder: string): readonly NamedBlock[] {
  const file = readPlainFile(join(folder, NAME), BYTES_MOST);
  if (file.kind === "unreadable") return [];
  try {
    return Kept.parse(JSON.parse(new TextDecoder().decode(file.bytes))).names;
  } catch {
    // A damaged file is as good as none; the next one that is kept takes its place.
    return [];
  }
}

/** Throws when the folder takes no writes. */
export function keepNames(folder: string, names: readonly NamedBlock[]): void {
  if (JSON.stringify(readNames(folder)) === JSON.stringify(names)) return;
  keepFile(folder, NAME, `${JSON.stringify({ v: 1, names }, null, 1)}\n`);
}
