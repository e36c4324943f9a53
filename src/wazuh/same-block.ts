import type { IntegrationBlock } from "./integration-block.ts";

/** Whether both would send the same of the same alerts to the same place. How the tags are written does not matter. */
export function isSameBlock(one: IntegrationBlock, other: IntegrationBlock): boolean {
  return essenceOf(one) === essenceOf(other);
}

/** Holds the secrets, and so is compared and never kept. */
function essenceOf({ name, hookUrl, apiKey, filters, alertFormat, maxLogBytes, options }: IntegrationBlock): string {
  return JSON.stringify([
    name,
    hookUrl?.value.reveal() ?? null,
    apiKey?.value.reveal() ?? null,
    filters,
    alertFormat,
    maxLogBytes,
    options?.text.reveal() ?? null,
  ]);
}

/** For each of `ones` the block of `others` that is the same, each given to one only; absent: there is none. */
export function pairSameBlocks(
  ones: readonly IntegrationBlock[],
  others: readonly IntegrationBlock[],
): ReadonlyMap<IntegrationBlock, IntegrationBlock> {
  const left = new Set(others);
  const pairs = new Map<IntegrationBlock, IntegrationBlock>();
  for (const one of ones) {
    const same = [...left].find((other) => isSameBlock(one, other));
    if (same === undefined) continue;
    left.delete(same);
    pairs.set(one, same);
  }
  return pairs;
}
