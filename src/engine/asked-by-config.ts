import type { Snapshot } from "../core/snapshot.ts";

/** How many keys each policy with a window may have; where there is none no turn reads any. */
export function keysMostIn({ policies }: Snapshot): ReadonlyMap<string, number> {
  const all = Object.values(policies);
  return new Map(all.flatMap(({ name, window }) => (window === undefined ? [] : [[name, window.keysMost] as const])));
}

/** Those whose digests each turn reads. */
export function digestingIn({ destinations }: Snapshot): readonly string[] {
  return Object.values(destinations).flatMap(({ name, digest }) => (digest === undefined ? [] : [name]));
}
