import type { IntegrationBlock } from "./integration-block.ts";

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

/**
 * For each of `ones` the block of `others` that would send the same of the same alerts to the same place, however its
 * tags are written, each given to one only; absent: there is none.
 */
export function pairSameBlocks(
  ones: readonly IntegrationBlock[],
  others: readonly IntegrationBlock[],
): ReadonlyMap<IntegrationBlock, IntegrationBlock> {
  const left = Map.groupBy(others, essenceOf);
  return new Map(
    ones.flatMap((one) => {
      const same = left.get(essenceOf(one))?.shift();
      return same === undefined ? [] : [[one, same] as const];
    }),
  );
}
