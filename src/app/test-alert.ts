import { randomUUID } from "node:crypto";
import { fieldTrouble } from "../config/alert-fields.ts";
import { didYouMean } from "../config/nearest.ts";
import { exampleFields } from "../core/example-fields.ts";
import { groupKeyOf } from "../core/group-key.ts";
import { compilePolicies, matchAlert } from "../core/match.ts";
import { OWN_SOURCE } from "../core/own-health.ts";
import type { Policy } from "../core/policy.ts";
import { severityOfLevel, type Severity } from "../core/severity.ts";
import {
  TEST_MARK,
  TEST_RESOLVES_AFTER_MS,
  testedPolicy,
  testPolicies,
  testPolicyName,
  type TestIncident,
  type TestSent,
  type TestWanted,
} from "../core/test-alert.ts";
import type { WriterDoor } from "../engine/door.ts";
import type { Clock } from "../ports/clock.ts";
import { re2 } from "../ports/regex.ts";
import { alertFromWazuh4 } from "../sources/wazuh4.ts";
import type { Reader } from "../store/queries.ts";

export interface TestAlertParts {
  readonly clock: Clock;
  readonly door: Pick<WriterDoor, "submit">;
  readonly reader: Pick<Reader, "alerts" | "incident">;
  /** In force, in the order in which they are asked. */
  readonly policies: () => readonly Policy[];
}

type Fields = Readonly<Record<string, string>>;

/**
 * Makes an alert that says of itself that it is a test, and sends it the way of all alerts: read as a line, matched,
 * committed, told by the workers. Rejects when the database took nothing.
 */
export async function sendTestAlert(wanted: TestWanted, parts: TestAlertParts): Promise<TestSent> {
  const policies = parts.policies();
  const plan = planOf(wanted, policies);
  if (plan.kind === "refused") return plan;
  const now = parts.clock.now();
  const nonce = randomUUID();
  const line = JSON.stringify(documentOf(plan.fields, wanted.who, nonce, now));
  const read = alertFromWazuh4(line, now);
  if (read.kind === "malformed") return refused(`these fields make no alert: ${read.why}`);
  const { alert } = read;
  const twins = new Map(testPolicies(policies.map(({ terms }) => terms)).map((terms) => [terms.name, terms]));
  const matches = plan.policies.map(({ terms }) => {
    const policy = testPolicyName(terms.name);
    return { policy, groupKey: groupKeyOf(alert, twins.get(policy)?.groupBy ?? []), clears: false };
  });
  const { identity, level, title, agentId, agentName, raw } = alert;
  await parts.door.submit({
    kind: "accept",
    source: OWN_SOURCE,
    cursor: JSON.stringify({ v: 1 }),
    read: 1,
    ignored: 0,
    malformed: 0,
    quarantine: [],
    alerts: [{ identity, at: now, level, title, agentId, agentName, raw, matches }],
    watermarkAt: now,
  });
  const incidents = await incidentsOf(identity, policies, parts);
  if (incidents.length === 0) return refused("another config came in force at this moment: send it once more");
  return { kind: "sent", test: { ruleId: alert.ruleId, level, title, incidents } };
}

interface Plan {
  readonly kind: "plan";
  readonly fields: Fields;
  readonly policies: readonly Policy[];
}

function planOf(wanted: TestWanted, policies: readonly Policy[]): Plan | Extract<TestSent, { kind: "refused" }> {
  const names = policies.map(({ terms }) => terms.name);
  for (const path of Object.keys(wanted.fields)) {
    const trouble = fieldTrouble(path);
    if (trouble !== null) return refused(`${path}: ${trouble}`);
  }
  if (wanted.policy !== null) {
    const policy = policies.find(({ terms }) => terms.name === wanted.policy);
    if (policy === undefined) {
      return refused(`there is no policy ${wanted.policy}${didYouMean(wanted.policy, names) || listOf(names)}`);
    }
    return toTell({ kind: "plan", fields: fieldsFor(policy, wanted.fields), policies: [policy] });
  }
  if (Object.keys(wanted.fields).length === 0) {
    return refused(`say what to try: --policy NAME, or --rule ID and --level N${listOf(names)}`);
  }
  const fields = { "rule.id": "riposte-test", "rule.level": "12", ...wanted.fields };
  // As it would come from Wazuh, without the mark: a pattern may look at the description's beginning.
  const matches = matchAlert(compilePolicies(policies, re2), { document: nested(fields) });
  const taken = policies.filter(({ terms }) => matches.some((match) => match.policy === terms.name && !match.clears));
  const [first] = matches;
  if (first === undefined) {
    return refused(
      `no policy takes such an alert. Try riposte explain on a real one, or --policy NAME${listOf(names)}`,
    );
  }
  if (taken.length === 0) {
    return refused(
      `such an alert ends incidents of ${first.policy} and opens none: test it with --policy ${first.policy}`,
    );
  }
  return toTell({ kind: "plan", fields, policies: taken });
}

/** Those of the policies that tell somebody; a test that nobody hears of tries nothing. */
function toTell(plan: Plan): Plan | Extract<TestSent, { kind: "refused" }> {
  const level = Number(plan.fields["rule.level"]);
  const telling = plan.policies.filter((policy) => tellOf(policy, level).length > 0);
  if (telling.length > 0) return { ...plan, policies: telling };
  const [policy] = plan.policies;
  const severity = policy?.terms.severity ?? severityOfLevel(level);
  return refused(
    `policy ${policy?.terms.name} tells nobody of what is ${severity}: give another --level, or name destinations in its tell`,
  );
}

function tellOf({ terms }: Policy, level: number): readonly string[] {
  return terms.tell[terms.severity ?? severityOfLevel(level)];
}

/** Looks as what the policy takes, as far as can be told, at a level at which it tells somebody. */
function fieldsFor(policy: Policy, given: Fields): Fields {
  const guessed = exampleFields(policy.when);
  const levels = [guessed["rule.level"], ...SEVERITIES_TRIED.map((severity) => LEVEL[severity])];
  const level = levels.find((one) => one !== undefined && tellOf(policy, Number(one)).length > 0) ?? LEVEL.high;
  return { "rule.id": "riposte-test", ...guessed, "rule.level": level, ...given };
}

const LEVEL: Readonly<Record<Severity, string>> = { low: "3", medium: "7", high: "12", critical: "15" };
const SEVERITIES_TRIED: readonly Severity[] = ["high", "critical", "medium", "low"];

function documentOf(fields: Fields, who: string, nonce: string, now: number): object {
  const given = nested(fields);
  const rule = given["rule"] as Readonly<Record<string, unknown>>;
  const description = typeof rule["description"] === "string" ? rule["description"] : "Riposte tries out who is told";
  const agent = { id: "000", name: "riposte-test", ...(given["agent"] as object | undefined) };
  return {
    location: "riposte test-alert",
    full_log: `A test that ${who} asked for. Nothing has happened, and there is nothing to do; it ends by itself within ${TEST_RESOLVES_AFTER_MS / 1_000} seconds.`,
    ...given,
    timestamp: new Date(now).toISOString().replace("Z", "+0000"),
    rule: { groups: ["riposte", "test"], ...rule, description: `${TEST_MARK} ${description}` },
    agent,
    manager: { name: "riposte" },
    id: `test-${nonce}`,
    riposte: { test: nonce },
  };
}

/** `{ "rule.id": "5" }` as `{ rule: { id: "5" } }`. Names are attackers' at worst, so no prototype is in reach. */
function nested(fields: Fields): Readonly<Record<string, unknown>> {
  const root = Object.create(null) as Record<string, unknown>;
  for (const [path, value] of Object.entries(fields)) {
    const names = path.replace(/^raw\./, "").split(".");
    let at = root;
    for (const name of names.slice(0, -1)) {
      const below = Object.hasOwn(at, name) ? at[name] : undefined;
      const next =
        typeof below === "object"
          ? (below as Record<string, unknown>)
          : (Object.create(null) as Record<string, unknown>);
      at[name] = next;
      at = next;
    }
    const last = names.at(-1) ?? path;
    at[last] = path === "rule.level" ? Number(value) : value;
  }
  return root;
}

async function incidentsOf(
  { origin, nativeId }: { readonly origin: string; readonly nativeId: string },
  policies: readonly Policy[],
  { reader }: TestAlertParts,
): Promise<readonly TestIncident[]> {
  const [row] = await reader.alerts(origin, nativeId);
  const found = await Promise.all((row?.incidents ?? []).map((id) => reader.incident(id)));
  return found.flatMap((incident): readonly TestIncident[] => {
    const policy = policies.find(({ terms }) => incident !== null && terms.name === testedPolicy(incident.policy));
    if (incident === null || policy === undefined) return [];
    const { name, tell, holdMs } = policy.terms;
    const { id, severity } = incident;
    return [{ id, policy: name, severity, tell: tell[severity], holdMs }];
  });
}

function listOf(names: readonly string[]): string {
  return `. Policies: ${names.join(", ")}`;
}

function refused(why: string): Extract<TestSent, { kind: "refused" }> {
  return { kind: "refused", why };
}
