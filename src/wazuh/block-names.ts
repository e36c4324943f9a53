// Which name each block has. A name goes into rows, so it stays with its block for as long as that can be known again.
import { hash } from "node:crypto";
import type { IntegrationBlock } from "./integration-block.ts";
import { addressOf, essenceOf, matterOf } from "./same-block.ts";

/** A block that has or had a name, and by what it is known again. */
export interface NamedBlock {
  /** `ossec-slack`, and `ossec-slack-2` for the next of that name. */
  readonly name: string;
  /** Its `<name>`. */
  readonly of: string;
  /** Digests, since secrets are among what is known of it: of all that matters, of where it posts, and of the rest. */
  readonly whole: string;
  readonly address: string;
  readonly matter: string;
  /** It was there when it was looked for last. */
  readonly isThere: boolean;
}

export interface Named {
  readonly names: ReadonlyMap<IntegrationBlock, string>;
  /** For the next time. */
  readonly known: readonly NamedBlock[];
}

/** Names of blocks that are gone are never given to others, for as long as this many are remembered. */
const GONE_MOST = 200;

/**
 * Names blocks that integratord runs, in their order. A block is one that is `known` when nothing of it has changed that
 * matters, when it posts where that one did, or when all of those that take the same alerts have another address now,
 * as rotated secrets have. Any other is new, and gets a number that no block had before.
 */
export function nameBlocks(blocks: readonly IntegrationBlock[], known: readonly NamedBlock[]): Named {
  const names = new Map<IntegrationBlock, string>();
  const left = new Set(known);
  const seen = blocks.map((block) => ({ block, ...marksOf(block) }));
  const take = (block: IntegrationBlock, as: NamedBlock): void => {
    names.set(block, as.name);
    left.delete(as);
  };
  for (const mark of ["whole", "address"] as const) {
    for (const one of seen) {
      if (names.has(one.block)) continue;
      const alike = [...left].filter((as) => as.of === one.of && as[mark] === one[mark]);
      const as = alike.find(({ isThere }) => isThere) ?? alike[0];
      if (as !== undefined) take(one.block, as);
    }
  }
  const unnamed = seen.filter(({ block }) => !names.has(block));
  for (const [, ones] of Map.groupBy(unnamed, ({ of, matter }) => JSON.stringify([of, matter]))) {
    const alike = [...left].filter(
      ({ of, matter, isThere }) => isThere && of === ones[0]?.of && matter === ones[0].matter,
    );
    if (alike.length !== ones.length) continue;
    for (const [i, as] of alike.entries()) take(ones[i]!.block, as);
  }
  const used = new Set(known.map(({ name }) => name));
  for (const { block, of } of seen) if (!names.has(block)) names.set(block, freeName(of, used));
  const gone = [...left].map((as): NamedBlock => ({ ...as, isThere: false })).slice(-GONE_MOST);
  const there = seen.map(({ block, ...marks }): NamedBlock => ({ name: names.get(block)!, ...marks, isThere: true }));
  return { names, known: [...gone, ...there] };
}

function freeName(of: string, used: Set<string>): string {
  for (let n = 1; ; n += 1) {
    const name = `ossec-${of}${n === 1 ? "" : `-${n}`}`;
    if (used.has(name)) continue;
    used.add(name);
    return name;
  }
}

function marksOf(block: IntegrationBlock): Pick<NamedBlock, "of" | "whole" | "address" | "matter"> {
  return {
    of: block.name ?? "",
    whole: blockDigest(block),
    address: hash("sha256", addressOf(block)),
    matter: hash("sha256", matterOf(block)),
  };
}

/** Equal for blocks that would send the same of the same alerts to the same place. */
export function blockDigest(block: IntegrationBlock): string {
  return hash("sha256", essenceOf(block));
}
