import type { KeptAlert } from "../core/alert.ts";
import { decide } from "../core/decide.ts";
import type { Guardrails } from "../core/guardrails.ts";
import type { Policy } from "../core/policy.ts";
import { rehearsed } from "../core/rehearse-responses.ts";
import type { Snapshot } from "../core/snapshot.ts";
import { View } from "../core/view.ts";
import { offsetAt } from "../ports/zones.ts";
import { NOTHING } from "./nothing.ts";

/** What each policy would answer the alert with, or why not, were it the first of its kind; by policy. */
export function explainResponses(
  alert: KeptAlert,
  policies: readonly Policy[],
  guardrails: Guardrails | undefined,
): ReadonlyMap<string, readonly string[]> {
  const said = new Map<string, readonly string[]>();
  if (guardrails === undefined) return said;
  const terms = Object.fromEntries(policies.map((policy) => [policy.terms.name, policy.terms]));
  const snapshot: Snapshot = rehearsed({ hash: "", policies: terms, destinations: {}, guardrails });
  const view = new View(NOTHING);
  const matches = alert.matches.filter(({ clears }) => !clears);
  const stretch = { cursor: "{}", read: 1, ignored: 0, malformed: 0, quarantine: [], watermarkAt: null };
  const input = { kind: "accept", source: "explain", alerts: [{ ...alert, matches }], ...stretch } as const;
  decide(view, input, { now: alert.at, random: () => 0, snapshot, offsetAt });
  for (const change of view.changes()) {
    if (change.table !== "moment" || change.row.kind !== "action" || change.row.text === null) continue;
    const policy = view.incident(change.row.incident)?.policy ?? "";
    said.set(policy, [...(said.get(policy) ?? []), change.row.text]);
  }
  return said;
}
