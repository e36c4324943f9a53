import { existsSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import { differentIn } from "../core/window-stretch.ts";
import type { LiveWindow, WindowTerms } from "../core/window.ts";
import { systemClock } from "../ports/clock.ts";
import { openStoreReader } from "../store/open.ts";
import { StoreError } from "../store/store.ts";
import type { Explanation } from "./explain.ts";
import { openOwnSecrets } from "./secrets/own-secrets.ts";
import { storeAddressOf } from "./store-address.ts";

/** How full the window is that an alert would count in. */
export interface Standing {
  readonly alerts: number;
  /** Different values so far, by field of `distinct`. */
  readonly different: Readonly<Record<string, number>>;
  /** Event time of the newest; null: nothing is counted under this key. */
  readonly newestAt: number | null;
}

/** By policy what its window holds for the alert now; a sentence where the database does not say. */
export async function readStandings(
  { policies }: Explanation,
  config: Config,
): Promise<Readonly<Record<string, Standing>> | string | null> {
  const asked = policies.flatMap(({ policy, window }) => (window === null ? [] : [{ policy, ...window }]));
  if (asked.length === 0) return null;
  const address = await storeAddressOf(config.store, openOwnSecrets(systemClock, config.aws));
  if (!("kind" in address)) return address.message;
  // Nothing was ever counted where no server ran yet, and looking must not make a database.
  if (address.kind === "sqlite" && !existsSync(address.path)) return null;
  const reader = await openStoreReader(address);
  if (reader instanceof StoreError) return reader.message;
  try {
    const found: Record<string, Standing> = {};
    for (const { policy, key, terms } of asked) {
      if (key === null) continue;
      found[policy] = standingOf(await reader.liveWindow(policy, key), terms);
    }
    return found;
  } catch (error) {
    if (error instanceof StoreError) return error.message;
    throw error;
  } finally {
    await reader.close();
  }
}

/** Of what may count with an alert that comes next to the newest. */
export function standingOf(row: LiveWindow | null, terms: WindowTerms): Standing {
  const newestAt = row?.contributions.at(-1)?.at ?? null;
  const counted = row?.contributions.filter(({ at, ends }) => !ends && at >= newestAt! - terms.withinMs) ?? [];
  const distinct = terms.kind === "count" || terms.kind === "sequence" ? terms.distinct : [];
  return {
    alerts: counted.reduce((sum, { stands }) => sum + stands, 0),
    different: Object.fromEntries(distinct.map(({ field }, n) => [field, differentIn(counted, n)])),
    newestAt,
  };
}
