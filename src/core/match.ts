import { agentFactOf } from "./agent-facts.ts";
import type { Alert, PolicyMatch } from "./alert.ts";
import { fieldReader } from "./fields.ts";
import { keyReaderOf, type Keyed } from "./group-key.ts";
import { compilePlainTest, onStart } from "./plain-test.ts";
import { indexPolicies, type PolicyIndex } from "./policy-index.ts";
import type { Condition, Policy, Test } from "./policy.ts";
import { signReader, type SignReader, type WindowSign } from "./window.ts";
import { respondTo, type RespondTo } from "./response-target.ts";

/** Handed in, since the core has no engine of its own. It must take linear time: texts are written by attackers. */
export interface RegexEngine {
  /** Throws where the pattern is none; those of a config were tried when it was read. */
  compile(pattern: string): (text: string) => boolean;
}

export type Matches = (alert: Pick<Alert, "document">) => boolean;

/**
 * `unknownPasses`: what a test counts as of a fact about the agent that nobody knows (`agent.group`); without it such a
 * field is one that the alert lacks. Said as false, all of the condition holds only where it surely does.
 */
export function compileCondition(condition: Condition, regex: RegexEngine, unknownPasses?: boolean): Matches {
  switch (condition.kind) {
    case "always":
      return () => true;
    case "all": {
      const parts = condition.of.map((part) => compileCondition(part, regex, unknownPasses));
      return (alert) => parts.every((part) => part(alert));
    }
    case "any": {
      const parts = condition.of.map((part) => compileCondition(part, regex, unknownPasses));
      return (alert) => parts.some((part) => part(alert));
    }
    case "not": {
      const part = compileCondition(condition.of, regex, unknownPasses === undefined ? undefined : !unknownPasses);
      return (alert) => !part(alert);
    }
    case "field": {
      const read = fieldReader(condition.path);
      const passes = compileTest(condition.test, regex);
      const fact = agentFactOf(condition.path);
      const passesUnknown = fact !== null && unknownPasses === true;
      return (alert) => {
        const value = read(alert);
        if (value === undefined) return passesUnknown && !(fact === "labels" && hasLabels(alert));
        return typeof value === "string" ? passes(value) : value.some(passes);
      };
    }
  }
}

/** Whoever tells of labels tells of all that are not hidden: what is not among them, the agent does not have. */
function hasLabels({ document: { agent } }: Pick<Alert, "document">): boolean {
  if (typeof agent !== "object" || agent === null || !Object.hasOwn(agent, "labels")) return false;
  const { labels } = agent as { readonly labels: unknown };
  return typeof labels === "object" && labels !== null;
}

function compileTest(test: Test, regex: RegexEngine): (text: string) => boolean {
  return test.kind === "regex" ? onStart(regex.compile(test.pattern)) : compilePlainTest(test);
}

/** Policies whose conditions are ready to be asked, in the order in which they are. */
export interface CompiledPolicies {
  readonly each: readonly CompiledPolicy[];
  readonly index: PolicyIndex;
}

interface CompiledPolicy {
  readonly name: string;
  readonly groupKey: (alert: Keyed) => string;
  readonly when: Matches;
  readonly clear: Matches | null;
  readonly continues: boolean;
  /** What comes before in a sequence. */
  readonly after: Matches | null;
  readonly sign: SignReader | null;
  /** Null: it answers with nothing. */
  readonly respond: ((alert: Pick<Alert, "document">) => readonly RespondTo[]) | null;
}

export function compilePolicies(policies: readonly Policy[], regex: RegexEngine): CompiledPolicies {
  const each = policies.map((policy) => ({
    name: policy.terms.name,
    groupKey: keyReaderOf(policy.terms),
    when: compileCondition(policy.when, regex),
    clear: policy.clear === null ? null : compileCondition(policy.clear, regex),
    continues: policy.continues,
    after: policy.after === undefined ? null : compileCondition(policy.after, regex),
    sign: policy.terms.window === undefined ? null : signReader(policy.terms.window),
    respond: respondReader(policy),
  }));
  return { each, index: indexPolicies(policies) };
}

function respondReader({ terms: { respond = [] } }: Policy): CompiledPolicy["respond"] {
  return respond.length === 0 ? null : (alert) => respond.map((terms) => respondTo(terms, alert));
}

/** The policies that take the alert: the first that matches, and those after it for as long as they say `continue`. */
export function matchAlert({ each, index }: CompiledPolicies, alert: Keyed): PolicyMatch[] {
  const matches: PolicyMatch[] = [];
  index.ask(alert, (place) => {
    const policy = each[place]!;
    const clears = policy.clear?.(alert) ?? false;
    const ends = !clears && policy.when(alert);
    if (!clears && !ends && policy.after?.(alert) !== true) return true;
    const match = { policy: policy.name, groupKey: policy.groupKey(alert), clears };
    matches.push(
      clears
        ? match
        : {
            ...match,
            ...(policy.sign !== null && { window: signOf(policy, policy.sign, alert, ends) }),
            ...(policy.respond !== null && { respond: policy.respond(alert) }),
          },
    );
    return policy.continues;
  });
  return matches;
}

function signOf(
  { after }: CompiledPolicy,
  read: SignReader,
  alert: Pick<Alert, "document">,
  ends: boolean,
): WindowSign {
  const sign = read(alert);
  return after !== null && ends ? { ...sign, ends } : sign;
}
