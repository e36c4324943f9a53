import type { Severity } from "./severity.ts";
import type { PolicyTerms } from "./snapshot.ts";
import { MINUTE_MS } from "./time.ts";

/** Policies of our own have a colon in their names, which no other can. */
const TEST_POLICY = "riposte:test:";
/** No two tests have the same value here, so none joins another's incident. */
export const TEST_FIELD = "riposte.test";
/** What every destination shows of a test before anything else. */
export const TEST_MARK = "[TEST]";
/** A test's incident ends by itself, also when nobody is left to end it. */
export const TEST_RESOLVES_AFTER_MS = MINUTE_MS;

export function testPolicyName(policy: string): string {
  return `${TEST_POLICY}${policy}`;
}

/** The policy whose destinations a test tries; null: the incident is none of a test. */
export function testedPolicy(policy: string): string | null {
  return policy.startsWith(TEST_POLICY) ? policy.slice(TEST_POLICY.length) : null;
}

/**
 * For each policy a twin that takes tests alone, so that no test joins a real incident and no real alert a test's. It
 * tells the same destinations and nothing more: what else a policy may ever do, a test must not.
 */
export function testPolicies(policies: readonly PolicyTerms[]): readonly PolicyTerms[] {
  return policies.map(({ name, groupBy, severity, tell, playbook }) => ({
    name: testPolicyName(name),
    groupBy: [...groupBy, TEST_FIELD],
    severity,
    tell,
    holdMs: null,
    resolveAfterMs: TEST_RESOLVES_AFTER_MS,
    reopenWithinMs: 0,
    // What is told goes with whom it is told to.
    ...(playbook !== undefined && { playbook }),
  }));
}

/** What a test is to look like. */
export interface TestWanted {
  /** Goes straight to this policy; null: to those that take an alert with such fields. */
  readonly policy: string | null;
  /** By Wazuh's names: `rule.id`, `data.srcip`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly who: string;
}

export type TestSent =
  | { readonly kind: "sent"; readonly test: TestAlert }
  /** A sentence with what to do. */
  | { readonly kind: "refused"; readonly why: string };

export interface TestAlert {
  readonly ruleId: string;
  readonly level: number;
  readonly title: string;
  readonly incidents: readonly TestIncident[];
}

export interface TestIncident {
  readonly id: number;
  /** The policy that is tried. */
  readonly policy: string;
  readonly severity: Severity;
  readonly tell: readonly string[];
  /** How long a real incident would be held back before anybody hears of it; a test is not. */
  readonly holdMs: number | null;
}
