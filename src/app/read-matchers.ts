import { readCondition } from "../config/condition.ts";
import { pathText, type Problem } from "../config/problem.ts";
import { compileCondition, type Matches } from "../core/match.ts";
import type { Condition } from "../core/policy.ts";
import { INCIDENT_FIELDS } from "../core/silence.ts";
import { re2 } from "../ports/regex.ts";

export type ReadMatchers =
  | { readonly kind: "read"; readonly condition: Condition; readonly matches: Matches }
  | { readonly kind: "wrong"; readonly says: readonly string[] };

/** Reads what a silence is to match, in the grammar of a policy's `when` with the fields of incidents beside those of alerts. */
export function readMatchers(value: unknown): ReadMatchers {
  const problems: Problem[] = [];
  const condition = readCondition(value, [], { written: () => null, problems, alsoFields: INCIDENT_FIELDS });
  if (problems.length > 0) {
    return {
      kind: "wrong",
      says: problems.map(({ path, says }) => [pathText(path, value), says].filter(Boolean).join(": ")),
    };
  }
  return { kind: "read", condition, matches: compileCondition(condition, re2, false) };
}
