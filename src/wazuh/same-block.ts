import type { IntegrationBlock } from "./integration-block.ts";

/** All that matters of a block. Holds the secrets, as do the parts below, and so is compared and never kept. */
export function essenceOf(block: IntegrationBlock): string {
  return JSON.stringify([block.name, addressOf(block), matterOf(block)]);
}

/** Where it posts. */
export function addressOf({ hookUrl, apiKey }: IntegrationBlock): string {
  return JSON.stringify([hookUrl?.value.reveal() ?? null, apiKey?.value.reveal() ?? null]);
}

/** Which alerts it takes, and what it makes of them. */
export function matterOf({ filters, alertFormat, maxLogBytes, options }: IntegrationBlock): string {
  return JSON.stringify([filters, alertFormat, maxLogBytes, options?.text.reveal() ?? null]);
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
