import type { Config } from "../config/schema.ts";
import { snapshotOf } from "../config/snapshot.ts";
import { connectors } from "../connectors/index.ts";
import type { AgentNote } from "../core/agent-note.ts";
import { nameOfAction } from "../core/action.ts";
import type { Alert, PolicyMatch } from "../core/alert.ts";
import type { DigestTerms } from "../core/digest-event.ts";
import { explainMatch, type PolicyExplanation } from "../core/explain-match.ts";
import { textOfField } from "../core/fields.ts";
import { heldForMs } from "../core/loop-guard.ts";
import type { Collapse } from "../core/mass-event.ts";
import { compilePolicies, matchAlert } from "../core/match.ts";
import type { Policy } from "../core/policy.ts";
import { compileRefusal } from "../core/refusal.ts";
import { rhythmAt, type ShownRhythm } from "../core/rhythm.ts";
import { severityOfLevel, type Severity } from "../core/severity.ts";
import type { Instant } from "../core/time.ts";
import { keyFieldsOf, signReader, type WindowTerms } from "../core/window.ts";
import { wantedRules } from "../core/wanted-rules.ts";
import { re2 } from "../ports/regex.ts";
import { createLineJudge } from "../sources/line-judge.ts";
import type { Enriched } from "../sources/enrich.ts";
import type { FleetKnown } from "./fleet-known.ts";
import { explainResponses } from "./explain-responses.ts";
import type { Guardrails } from "../core/guardrails.ts";
import { actionOf, echoOf } from "../sources/action-line.ts";
import { alertFromWazuh4 } from "../sources/wazuh4.ts";

/** What would become of one alert, and why. */
export interface Explanation {
  readonly kind: "explained";
  readonly alert: {
    readonly origin: string;
    readonly id: string;
    readonly stamp: string;
    readonly ruleId: string;
    readonly level: number;
    readonly title: string;
    readonly agentId: string | null;
    readonly agentName: string | null;
  };
  /** The line's first bytes already say that no policy wants it, so it would not even be parsed. */
  readonly refused: boolean;
  readonly policies: readonly PolicyReport[];
  /** What it was judged with of its agent; absent: the config asks for nothing. */
  readonly agentNote?: ExplainedAgent;
  /** The line of an active response: which incidents it may join, the first that is there; null: it is none. */
  readonly response: ResponseExplanation | null;
  /** How long it is held back in case an active response did it; null: none can have. */
  readonly echoMs: number | null;
  /** Policies that take it and stand for blocks of integratord's, to which it is an alert like others in either case. */
  readonly unguarded: readonly string[];
}

export interface ExplainedAgent {
  /** Null: nothing is known of its agent, and no policy asks. */
  readonly note: AgentNote | null;
  /** Why the database does not say what is known; null: it does. */
  readonly trouble: string | null;
}

export interface ResponseExplanation {
  readonly order: "add" | "delete";
  readonly name: string;
  readonly joins: readonly PolicyMatch[];
}

export interface PolicyReport extends PolicyExplanation {
  readonly group: Readonly<Record<string, string | null>> | null;
  readonly severity: Severity;
  /** Who would be told of an incident of that severity. */
  readonly tell: readonly string[];
  readonly holdMs: number | null;
  /** From how many within what time on they are told together; null: never. */
  readonly collapse: Collapse | null;
  /** What it would be answered with, or why not; absent: the policy answers with nothing. */
  readonly respond?: readonly string[];
  /** When they are told, and again. */
  readonly rhythm: ShownRhythm;
  /** Null: the policy has none, or did not take the alert. */
  readonly window: WindowReport | null;
}

/** What the alert is to the window of a policy that takes it. */
export interface WindowReport {
  readonly terms: WindowTerms;
  /** As the database has it; null: it lacks a value by which the window counts. */
  readonly key: string | null;
  /** The values by which it is counted with others. */
  readonly values: Readonly<Record<string, string | null>>;
}

export interface NoAlert {
  readonly kind: "no_alert";
  readonly why: "empty" | "not_json" | "not_an_alert" | "several";
}

/** Which of the config's destinations tell some of their news together. */
export function digestsIn(config: Config): Readonly<Record<string, DigestTerms>> {
  const { destinations } = snapshotOf(config, connectors).snapshot;
  return Object.fromEntries(
    Object.values(destinations).flatMap(({ name, digest }) => (digest === undefined ? [] : [[name, digest]])),
  );
}

/** Reads the one alert in the text, laid out in whatever way, and says what each policy makes of it. */
export function explainText(
  text: string,
  policies: readonly Policy[],
  now: Instant,
  guardrails?: Guardrails,
  fleet: FleetKnown | null = null,
): Explanation | NoAlert {
  const line = oneLine(text);
  if (typeof line !== "string") return line;
  const read = alertFromWazuh4(line, now);
  if (read.kind === "malformed") return { kind: "no_alert", why: read.why };
  const enriched = fleet?.enrich(read.alert.document, now);
  const alert = enriched === undefined ? read.alert : { ...read.alert, document: enriched.document };
  const bytes = Buffer.from(line, "utf8");
  const { origin, nativeId, stamp } = alert.identity;
  const { ruleId, level, title, agentId, agentName } = alert;
  const judged = createLineJudge(compilePolicies(policies, re2), () => false, matchAlert, true, fleet?.enrich).judge(
    line,
    now,
  );
  const responses =
    judged.kind === "kept"
      ? explainResponses(judged.alert, policies, guardrails)
      : new Map<string, readonly string[]>();
  const reports = explainMatch(policies, alert, re2).map((explained, i) => {
    const respond = responses.get(explained.policy);
    return { ...report(explained, policies[i]!, alert), ...(respond !== undefined && { respond }) };
  });
  return {
    kind: "explained",
    alert: { origin, id: nativeId, stamp, ruleId, level, title, agentId, agentName },
    refused: compileRefusal(policies, wantedRules(policies))(bytes, 0, bytes.length),
    policies: reports,
    ...(fleet !== null && enriched !== undefined && { agentNote: agentNoteOf(fleet, enriched, policies) }),
    response: responseOf(alert, policies),
    echoMs: echoMs(alert),
    unguarded: reports.flatMap(({ policy, outcome }, i) =>
      outcome === "matches" && policies[i]?.terms.asIntegratord === true ? [policy] : [],
    ),
  };
}

/** Of all policies that go by it, also of those that did not take the alert for its sake. */
function agentNoteOf({ trouble }: FleetKnown, { note }: Enriched, policies: readonly Policy[]): ExplainedAgent {
  return { note: note(policies.map(({ terms }) => terms.name)), trouble };
}

function responseOf(alert: Alert, policies: readonly Policy[]): ResponseExplanation | null {
  const compiled = compilePolicies(policies, re2);
  const seen = actionOf(alert, (document) => matchAlert(compiled, { document }));
  if (seen === undefined) return null;
  const name = nameOfAction({ ...seen, agentName: alert.agentName });
  return { order: seen.order, name, joins: seen.cause?.matches ?? [] };
}

function echoMs(alert: Alert): number | null {
  const echo = echoOf(alert);
  return echo === undefined ? null : heldForMs(echo);
}

function report(explained: PolicyExplanation, policy: Policy, alert: Alert): PolicyReport {
  const { groupBy, severity: fixed, tell, holdMs, collapse = null } = policy.terms;
  const severity = fixed ?? severityOfLevel(alert.level);
  const values = explained.groupKey === null ? null : (JSON.parse(explained.groupKey) as (string | null)[]);
  const group = values === null ? null : Object.fromEntries(groupBy.map((name, i) => [name, values[i] ?? null]));
  return {
    ...explained,
    group,
    severity,
    tell: tell[severity],
    holdMs,
    collapse,
    rhythm: rhythmAt(policy.terms, severity),
    window: windowOf(explained, policy, alert),
  };
}

function windowOf({ outcome }: PolicyExplanation, { terms: { window } }: Policy, alert: Alert): WindowReport | null {
  if (window === undefined || outcome !== "matches") return null;
  const values = Object.fromEntries(keyFieldsOf(window).map((field) => [field, textOfField(alert, field)]));
  return { terms: window, key: signReader(window)(alert).key, values };
}

/** The line as alerts.json would hold it. One that was laid out for a reader is put together again first. */
export function oneLine(text: string): string | NoAlert {
  const trimmed = text.replace(/^\ufeff/, "").trim();
  if (trimmed === "") return { kind: "no_alert", why: "empty" };
  const lines = trimmed.split(/\r?\n/);
  if (lines.length === 1) return trimmed;
  try {
    return JSON.stringify(JSON.parse(trimmed));
  } catch {
    return { kind: "no_alert", why: isJson(lines[0] ?? "") ? "several" : "not_json" };
  }
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
