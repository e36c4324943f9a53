import { plainPath } from "../core/fields.ts";
import type { Condition, Policy } from "../core/policy.ts";
import { keyFieldsOf, type WindowTerms } from "../core/window.ts";
import type { Path, Problem } from "./problem.ts";

/** No two alerts have the same. */
const OWN_TO_EACH: ReadonlySet<string> = new Set(["id", "timestamp"]);
/** Whoever causes an event writes there what he likes. */
const CHOSEN =
  /^(?:data\.(?:.*\.)?(?:srcuser|dstuser|user|username|targetUserName|subjectUserName|url|uri|extra_data|status|useragent|user_agent|srcport)|syscheck\.path|previous_log|previous_output|full_log)$/i;

const LISTS = /^rule\.(?!id$)/;

/** Windows that are allowed and hardly do what was meant. */
export function windowDoubts(policies: readonly Policy[]): readonly Problem[] {
  return policies.flatMap((policy, i) => {
    const { window } = policy.terms;
    return window === undefined ? [] : doubtsOf(policy, window, ["policies", i, "window"]);
  });
}

function doubtsOf(policy: Policy, window: WindowTerms, path: Path): readonly Problem[] {
  return [...cannotFill(policy, window, path), ...chosenKeys(window, path), ...unheard(policy, window, path)];
}

function cannotFill(policy: Policy, window: WindowTerms, path: Path): readonly Problem[] {
  const problems: Problem[] = [];
  const doubt = (keys: Path, says: string): void => void problems.push({ path: [...path, ...keys], at: "value", says });
  if (window.kind !== "first_seen") {
    window.same.forEach((field, i) => {
      if (!OWN_TO_EACH.has(plainPath(field))) return;
      const says =
        window.kind === "absence"
          ? "is another with each alert, so that none ever comes again and each opens an incident"
          : "is another with each alert, so that no two are counted together and the window can't fill";
      doubt(["same", i], says);
    });
  }
  if (window.kind !== "count" && window.kind !== "sequence") return problems;
  const inAfter = window.kind === "sequence" ? ["after"] : [];
  const counted = window.kind === "sequence" ? (policy.after ?? policy.when) : policy.when;
  for (const { field, least } of window.distinct) {
    // A list such as rule.groups is one value with all that is in it.
    const possible = LISTS.test(plainPath(field)) ? null : valuesOf(counted, plainPath(field));
    if (possible === null || possible.size >= least) continue;
    const says = `the condition leaves ${possible.size === 1 ? "one value" : `${possible.size} values`} of it, so that the window can't fill`;
    doubt([...inAfter, "distinct", field], says);
  }
  return problems;
}

/** Single failures are mild by Wazuh's levels, and a mild incident tells nobody unless somebody says so. */
function unheard({ terms, when }: Policy, { kind }: WindowTerms, path: Path): readonly Problem[] {
  const { severity, tell } = terms;
  const saysNobody = Object.values(tell).every((names) => names.length === 0);
  if (severity !== null || tell.low.length > 0 || saysNobody || kind === "absence" || asks(when, "rule.level"))
    return [];
  const says =
    "the severity is that of the worst alert in it, and where that is low nobody is told. Say severity in the policy. Example: severity: high";
  return [{ path, at: "key", says }];
}

function asks(condition: Condition, field: string): boolean {
  switch (condition.kind) {
    case "field":
      return plainPath(condition.path) === field;
    case "all":
    case "any":
      return condition.of.some((part) => asks(part, field));
    case "not":
      return asks(condition.of, field);
    case "always":
      return false;
  }
}

function chosenKeys(window: WindowTerms, path: Path): readonly Problem[] {
  const fields = keyFieldsOf(window);
  return fields.flatMap((field, i): readonly Problem[] => {
    if (!CHOSEN.test(plainPath(field))) return [];
    const where = i < window.same.length ? ["same", i] : ["first_seen"];
    const says = `whoever causes the events chooses it: ${window.keysMost} values are counted at once, and alerts with further ones are refused. Keep to fields such as data.srcip and agent.id, or count it in distinct`;
    return [{ path: [...path, ...where], at: "value", says }];
  });
}

/** The values that the condition leaves to a field; null: any. */
function valuesOf(condition: Condition, field: string): ReadonlySet<string> | null {
  switch (condition.kind) {
    case "field":
      return plainPath(condition.path) === field && condition.test.kind === "one_of"
        ? new Set(condition.test.values)
        : null;
    case "all": {
      const sets = condition.of.map((part) => valuesOf(part, field)).filter((set) => set !== null);
      return sets.length === 0 ? null : sets.reduce((one, other) => (other.size < one.size ? other : one));
    }
    case "any": {
      const sets = condition.of.map((part) => valuesOf(part, field));
      return sets.some((set) => set === null) ? null : new Set(sets.flatMap((set) => [...(set ?? [])]));
    }
    case "not":
    case "always":
      return null;
  }
}
