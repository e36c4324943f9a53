import type { OssecSecret } from "../ports/secrets.ts";
import type { IntegrationBlock, SecretTag } from "./integration-block.ts";
import { blockDigest } from "./block-names.ts";
import type { OssecConf } from "./ossec-conf.ts";

/**
 * Null: the block is not there, or has no such tag. Where none is just as it was, the one in its place is it, changed
 * meanwhile, as long as no block came or went and it is none of the others.
 */
export function secretIn({ blocks }: OssecConf, { block, nth, digest, others, tag }: OssecSecret): SecretTag | null {
  const ofName = runningBlocks(blocks).filter(({ name }) => name === block);
  const seen = ofName.map((each) => ({ ...each, digest: blockDigest(each.block) }));
  const isChanged = (each: (typeof seen)[number]): boolean =>
    each.nth === nth && seen.length === others.length + 1 && !others.includes(each.digest);
  const found = (seen.find((each) => each.digest === digest) ?? seen.find(isChanged))?.block;
  if (found === undefined) return null;
  switch (tag) {
    case "hook_url":
      return found.hookUrl;
    case "api_key":
      return found.apiKey;
    case "options":
      return found.options === null ? null : { value: found.options.text, place: found.options.place };
  }
}

/** Those that integratord runs, each with its number among those of its name. */
export function runningBlocks(
  blocks: readonly IntegrationBlock[],
): readonly { readonly block: IntegrationBlock; readonly name: string; readonly nth: number }[] {
  const times = new Map<string, number>();
  return blocks.flatMap((block) => {
    const { name, enabled } = block;
    if (!enabled || name === null) return [];
    const nth = (times.get(name) ?? 0) + 1;
    times.set(name, nth);
    return [{ block, name, nth }];
  });
}
