import type { Config } from "../config/schema.ts";

/** The pack that a policy is of; null: it stands in the config itself. */
export function packOf(policy: string, { packs = [] }: Pick<Config, "packs">): string | null {
  return packs.find(({ policies }) => policies.includes(policy))?.name ?? null;
}
