import type { Instant } from "../core/time.ts";
import type { SpoolFolder } from "../ports/spool-folder.ts";

/** Whoever hands alerts over touches nothing else, and looks at this to know that somebody takes them. */
export const ALIVE = "alive";

/** Names begin with the time, so that their order is the order of the alerts. */
const WHOLE = /^[0-9A-Za-z][\w-]{0,199}\.json$/;
const PART = /^\.[0-9A-Za-z][\w-]{0,199}\.part$/;

/** So many names are read before others have their turn. */
const NAMES_A_TURN = 4_096;

export interface Picking {
  readonly folder: SpoolFolder;
  /** Parts that were last written to before this were left behind. */
  readonly leftBehindBefore: Instant;
  readonly most: number;
  readonly passOver: (name: string) => boolean;
  readonly othersTurn: () => Promise<void>;
}

/** The first names of ours in their order, `most` at most, and whether those are all. Others' names are left alone. */
export async function pickNames(
  picking: Picking,
): Promise<{ readonly names: readonly string[]; readonly all: boolean }> {
  const { folder, most, passOver, othersTurn } = picking;
  let picked: string[] = [];
  let all = true;
  let seen = 0;
  for (const name of folder.names()) {
    seen += 1;
    if (seen % NAMES_A_TURN === 0) await othersTurn();
    if (!isWanted(name, picking) || passOver(name)) continue;
    picked.push(name);
    if (picked.length < 2 * most) continue;
    picked = firstOf(picked, most);
    all = false;
  }
  if (picked.length > most) all = false;
  return { names: firstOf(picked, most), all };
}

function isWanted(name: string, { folder, leftBehindBefore }: Picking): boolean {
  if (WHOLE.test(name)) return true;
  if (!PART.test(name)) return false;
  const writtenAt = folder.writtenAt(name);
  return writtenAt !== null && writtenAt < leftBehindBefore;
}

function firstOf(names: readonly string[], most: number): string[] {
  return names.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)).slice(0, most);
}

function timeOf(name: string): string {
  return name.startsWith(".") ? name.slice(1) : name;
}
