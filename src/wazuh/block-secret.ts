import type { OssecSecret } from "../ports/secrets.ts";
import type { IntegrationBlock, SecretTag } from "./integration-block.ts";
import type { OssecConf } from "./ossec-conf.ts";

/** Null: the block is not there, or has no such tag. */
export function secretIn({ blocks }: OssecConf, { block, nth, tag }: OssecSecret): SecretTag | null {
  const found = runningBlocks(blocks).find((each) => each.block.name === block && each.nth === nth)?.block;
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
