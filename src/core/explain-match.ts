import type { Alert } from "./alert.ts";
import { fieldOf } from "./fields.ts";
import { keyReaderOf, type Keyed } from "./group-key.ts";
import { compileCondition, type RegexEngine } from "./match.ts";
import { MATCHED_TEXT_CHARS } from "./plain-test.ts";
import { head } from "./plain-text.ts";
import type { Condition, Policy, Test } from "./policy.ts";
import { visible } from "./visible.ts";

/** How one policy fared with one alert. */
export interface PolicyExplanation {
  readonly policy: string;
  /** `not_asked`: an earlier policy took the alert and did not say `continue`. */
  readonly outcome: "matches" | "clears" | "no_match" | "not_asked";
  /** Null where the policy did not take the alert. */
  readonly groupKey: string | null;
  /** It is one of those that come before in a sequence, and ends none. */
  readonly comesBefore?: true;
  /** The parts of the condition that decided it. */
  readonly because: readonly Finding[];
}

/** One part of a condition and what the alert has there. */
export interface Finding {
  readonly path: string;
  /** What was asked, as a sentence goes on: `is 504 or 506`. */
  readonly wanted: string;
  /** The alert's value made harmless to print; null where it has none. */
  readonly found: string | null;
  readonly passed: boolean;
}

/** What every policy made of the alert, for people. */
export function explainMatch(
  policies: readonly Policy[],
  alert: Keyed,
  regex: RegexEngine,
): readonly PolicyExplanation[] {
  let taken = false;
  return policies.map((policy) => {
    const { name: policyName } = policy.terms;
    if (taken) return { policy: policyName, outcome: "not_asked", groupKey: null, because: [] };
    const clear = policy.clear === null ? null : decide(policy.clear, alert, regex);
    const when = clear?.passed === true ? null : decide(policy.when, alert, regex);
    const { after } = policy;
    const before = when?.passed === false && after !== undefined ? decide(after, alert, regex) : null;
    if (when?.passed === false && before?.passed !== true) {
      const because = [...when.because, ...(before?.because ?? [])];
      return { policy: policyName, outcome: "no_match", groupKey: null, because };
    }
    taken = !policy.continues;
    return {
      policy: policyName,
      outcome: when === null ? "clears" : "matches",
      groupKey: keyReaderOf(policy.terms)(alert),
      because: (before ?? when ?? clear)?.because ?? [],
      ...(before !== null && { comesBefore: true }),
    };
  });
}

interface Decided {
  readonly passed: boolean;
  readonly because: readonly Finding[];
}

/** Keeps what the verdict rests on: all parts where all counted, the failed ones of an `all`, the passed of an `any`. */
function decide(condition: Condition, alert: Pick<Alert, "document">, regex: RegexEngine): Decided {
  switch (condition.kind) {
    case "always":
      return { passed: true, because: [] };
    case "all": {
      const parts = condition.of.map((part) => decide(part, alert, regex));
      const failed = parts.filter((part) => !part.passed);
      const decisive = failed.length > 0 ? failed : parts;
      return { passed: failed.length === 0, because: decisive.flatMap((part) => part.because) };
    }
    case "any": {
      const parts = condition.of.map((part) => decide(part, alert, regex));
      const passed = parts.filter((part) => part.passed);
      const decisive = passed.length > 0 ? passed.slice(0, 1) : parts;
      return { passed: passed.length > 0, because: decisive.flatMap((part) => part.because) };
    }
    case "not": {
      const part = decide(condition.of, alert, regex);
      const turned = part.because.map((finding) => ({
        ...finding,
        wanted: negated(finding.wanted),
        passed: !finding.passed,
      }));
      return { passed: !part.passed, because: turned };
    }
    case "field": {
      const passed = compileCondition(condition, regex)(alert);
      const { path, test } = condition;
      return { passed, because: [{ path, wanted: wantedBy(test), found: foundAt(alert, path), passed }] };
    }
  }
}

function wantedBy(test: Test): string {
  switch (test.kind) {
    case "one_of":
      return `is ${test.values.join(" or ")}`;
    case "compare":
      return `is ${test.operator} ${test.number}`;
    case "glob":
      return `is like ${test.pattern}`;
    case "regex":
      return `contains /${test.pattern}/`;
  }
}

function negated(wanted: string): string {
  return wanted.startsWith("not: ") ? wanted.slice(5) : `not: ${wanted}`;
}

const FOUND_CHARS = 200;

function foundAt(alert: Pick<Alert, "document">, path: string): string | null {
  const value = fieldOf(alert, path);
  if (value === undefined) return null;
  const text = typeof value === "string" ? value : `[${value.join(", ")}]`;
  const start = visible(head(text, FOUND_CHARS));
  if (text.length <= FOUND_CHARS) return start;
  const unseen = text.length > MATCHED_TEXT_CHARS ? `; globs and regexes see ${MATCHED_TEXT_CHARS} of them` : "";
  return `${start}… (${text.length} characters${unseen})`;
}
