import { guidanceOf } from "../core/guidance.ts";
import type { AlertFacts, Picture } from "../core/picture.ts";
import type { Playbook } from "../core/playbook.ts";
import type { PolicyTerms } from "../core/snapshot.ts";
import type { ClaimedWork } from "../store/store.ts";

/** Reads a stored line back into what a reader may want to see of it. */
export type ReadFacts = (raw: string) => AlertFacts;

/** The picture as it is now: built when claimed and never stored. */
export function paint(
  claimed: Pick<ClaimedWork, "incident" | "moments" | "firstRaw" | "newestRaw">,
  terms: Pick<PolicyTerms, "groupBy" | "expectAction"> | undefined,
  readFacts: ReadFacts,
  playbook: Playbook | null = null,
): Picture {
  const { incident, moments } = claimed;
  const first = readFacts(claimed.firstRaw);
  const newest = claimed.newestRaw === null ? first : readFacts(claimed.newestRaw);
  const group = groupOf(incident.groupKey, terms?.groupBy ?? []);
  const guidance = playbook === null ? {} : { guidance: guidanceOf(playbook, incident, first) };
  const expectsAction = terms?.expectAction !== undefined;
  return { incident, group, first, newest, moments, expectsAction, ...guidance };
}

function groupOf(groupKey: string, groupBy: readonly string[]): Readonly<Record<string, string>> {
  const values = JSON.parse(groupKey) as (string | null)[];
  // The policy may group by other fields since; then the values stand without their names.
  const names = groupBy.length === values.length ? groupBy : values.map((_, i) => `${i + 1}`);
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
}
