import { agentFactOf } from "./agent-facts.ts";
import { eachTest, type Policy } from "./policy.ts";
import { keyFieldsOf } from "./window.ts";

/** The fields of a policy that are asked of the Wazuh API, each once: labels as well, which Wazuh may have written. */
export function agentFieldsOf(policy: Policy): readonly string[] {
  const fields = new Set<string>();
  const add = (path: string): void => {
    if (agentFactOf(path) !== null) fields.add(path);
  };
  eachTest([policy], add);
  const { groupBy, window } = policy.terms;
  for (const path of groupBy) add(path);
  if (window !== undefined) {
    for (const path of keyFieldsOf(window)) add(path);
    if (window.kind === "first_seen") add(window.field);
    if (window.kind === "count" || window.kind === "sequence") for (const { field } of window.distinct) add(field);
  }
  return [...fields];
}

/** Of each policy that goes by any. */
export function agentFieldsBy(policies: readonly Policy[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    policies.flatMap((policy) => {
      const fields = agentFieldsOf(policy);
      return fields.length === 0 ? [] : [[policy.terms.name, fields] as const];
    }),
  );
}
