import type { Change } from "../core/change.ts";
import { newNeed } from "../core/need.ts";
import type { Instant } from "../core/time.ts";
import { View } from "../core/view.ts";
import type { Store } from "../store/store.ts";

/** The row that another config is in force, to be written with that; nothing where it is the one that was, or the first. */
export async function noteConfig(store: Store, hash: string, at: Instant): Promise<readonly Change[]> {
  const facts = await store.read({ ...newNeed(), lastConfig: true });
  const { lastConfig: before = null } = facts;
  if (before === null || before === hash) return [];
  const view = new View(facts);
  view.putAudit({ at, who: "riposte", what: "config_applied", about: hash, detail: JSON.stringify({ before }) });
  return view.changes();
}
