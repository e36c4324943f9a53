import type { Snapshot } from "../core/snapshot.ts";

/** Whether any policy counts in windows: else no turn reads any. */
export function hasWindows({ policies }: Snapshot): boolean {
  return Object.values(policies).some(({ window }) => window !== undefined);
}

/** Those whose digests each turn reads. */
export function digestingIn({ destinations }: Snapshot): readonly string[] {
  return Object.values(destinations).flatMap(({ name, digest }) => (digest === undefined ? [] : [name]));
}
