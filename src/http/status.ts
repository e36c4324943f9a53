import type { Seal } from "../core/audit-seal.ts";
import type { IncidentState } from "../core/incident.ts";
import { isBroken, newLane, type Lane } from "../core/lane.ts";
import type { Reason } from "../core/outcome.ts";
import type { DestinationTerms } from "../core/snapshot.ts";
import type { Instant } from "../core/time.ts";
import type { WorkState } from "../core/work.ts";
import type { ReceiptTally, WorkTally } from "../store/tallies.ts";
import type { ResponseReport } from "./responses.ts";
import type { SecretReport } from "./secret-report.ts";
import type { SourceReport } from "./source-report.ts";

/** What the answers are made of. */
export interface StatusFacts {
  readonly version: string;
  readonly now: Instant;
  /** Null: no server runs. */
  readonly startedAt: Instant | null;
  readonly config: string;
  readonly configFile: ConfigReport | null;
  readonly destinations: readonly DestinationTerms[];
  readonly lanes: readonly Lane[];
  readonly work: readonly WorkTally[];
  readonly receipts: readonly ReceiptTally[];
  readonly responses: ResponseReport;
  readonly incidents: Readonly<Record<IncidentState, number>>;
  readonly sources: readonly SourceReport[];
  /** What retention took away; null: nothing yet. */
  readonly kept?: KeptReport | null;
  readonly audit?: AuditReport | null;
  /** Absent: no server runs, which would read them. */
  readonly secrets?: readonly SecretReport[];
}

/** The last seal: who keeps its hash elsewhere can hold the audit to it. */
export type AuditReport = Pick<Seal, "segment" | "sealedAt" | "hash">;

/** Whatever came since is there, and so is what is not over. */
export interface KeptReport {
  readonly from: Instant;
  /** Less than the config says, since the database would be too large. */
  readonly isCutShort: boolean;
  /** How many went, ever. */
  readonly incidentsGone: number;
  readonly alertsGone: number;
}

/** What became of the config's file since it was last applied. */
export interface ConfigReport {
  readonly path: string;
  readonly appliedAt: Instant;
  /** Why the file as it is now is not in force, one line for each mistake; empty while it is. */
  readonly refused: readonly string[];
  /** Keys that changed and take effect at the next start only. */
  readonly waitsForRestart: readonly string[];
  /** Why playbooks can't be read, one line for each mistake; absent: they can. */
  readonly playbooks?: readonly string[];
  /** What is to be said of the files of integrations that `ossec_conf` names, one line each. */
  readonly ossec?: readonly string[];
}

/** The four questions, with the evidence for each answer, and the sources that everything hangs on. */
export interface Status {
  readonly version: string;
  readonly at: Instant;
  readonly startedAt: Instant | null;
  readonly config: string;
  /** Null: no server follows the file. */
  readonly configFile: ConfigReport | null;
  /** Did the message go out? */
  readonly sent: { readonly verdict: SentVerdict; readonly destinations: readonly DestinationReport[] };
  /** Is this the only ticket? */
  readonly tickets: readonly TicketReport[];
  /** Did the block take effect? Will it be lifted? */
  readonly responses: ResponseReport;
  readonly incidents: Readonly<Record<IncidentState, number>>;
  readonly sources: readonly SourceReport[];
  /** How far back the ledger goes; null: to its beginning. */
  readonly kept: KeptReport | null;
  /** Null: nothing of it was sealed yet. */
  readonly audit: AuditReport | null;
  /** What the config names; absent: no server runs, which would read them. */
  readonly secrets?: readonly SecretReport[];
}

export type SentVerdict = "everything" | "not_yet" | "unknown" | "given_up";

export interface DestinationReport {
  readonly name: string;
  /** Null: it is not in the config any more. */
  readonly type: string | null;
  readonly edits: boolean;
  readonly finds: boolean;
  readonly lastDoneAt: Instant | null;
  readonly incidentsShown: number;
  readonly repeats: number;
  readonly waiting: Waiting;
  readonly unknown: Waiting;
  /** Told in the ticket of a storm, and not by themselves. */
  readonly listed: Waiting;
  /** There is a reason not to tell it now. */
  readonly hushed: Waiting;
  /** Would be told, and is not: somebody else tells it. */
  readonly shadow: Waiting;
  /** All that there is to tell it stays so: the block stands in the file that integratord reads. */
  readonly isShadow: boolean;
  /** Who posts to its address, and keeps it so; absent: integratord. */
  readonly yieldsTo?: string;
  readonly dead: Waiting;
  readonly lane: LaneReport;
}

export interface Waiting {
  readonly count: number;
  readonly oldestAt: Instant | null;
  readonly why: readonly Pick<WorkTally, "reason" | "count" | "evidence">[];
}

export interface LaneReport {
  /** `held`: no call before `until`. `careful`: one call at a time, to see whether the trouble is over. */
  readonly state: "open" | "held" | "careful";
  readonly until: Instant | null;
  readonly failures: number;
  readonly reason: Reason | null;
  readonly evidence: string | null;
}

export interface TicketReport {
  readonly destination: string;
  readonly type: string;
  /**
   * What can be known: `one_each` where the destination can be asked and nothing is unknown; `possible_repeats`
   * where a step was sent again blindly; `received` where the destination can't be asked what became of it.
   */
  readonly verdict: "one_each" | "received" | "possible_repeats" | "unknown";
  readonly canBeAsked: boolean;
  readonly incidentsWithReceipt: number;
  readonly incidentsWithRepeats: number;
  readonly unknown: number;
}

export function buildStatus(facts: StatusFacts): Status {
  const { version, now, startedAt, config, configFile, incidents, sources } = facts;
  const gone = [...facts.work, ...facts.receipts]
    .map(({ destination }) => destination)
    .filter((name) => !facts.destinations.some((terms) => terms.name === name));
  const destinations = [
    ...facts.destinations.map((terms) => reportDestination(terms.name, terms, facts)),
    ...[...new Set(gone)].toSorted().map((name) => reportDestination(name, null, facts)),
  ];
  return {
    version,
    at: now,
    startedAt,
    config,
    configFile,
    sent: { verdict: sentVerdict(destinations), destinations },
    tickets: destinations.flatMap((report) => reportTickets(report, facts)),
    responses: facts.responses,
    incidents,
    sources,
    kept: facts.kept ?? null,
    audit: facts.audit ?? null,
    ...(facts.secrets !== undefined && { secrets: facts.secrets }),
  };
}

function sentVerdict(destinations: readonly DestinationReport[]): SentVerdict {
  const any = (of: (report: DestinationReport) => Waiting): boolean =>
    destinations.some((report) => of(report).count > 0);
  if (any((report) => report.dead)) return "given_up";
  if (any((report) => report.unknown)) return "unknown";
  return any((report) => report.waiting) ? "not_yet" : "everything";
}

function reportDestination(name: string, terms: DestinationTerms | null, facts: StatusFacts): DestinationReport {
  const receipts = facts.receipts.find((tally) => tally.destination === name);
  const lane = facts.lanes.find((one) => one.destination === name) ?? newLane(name);
  const waiting = (...states: readonly WorkState[]): Waiting =>
    waitingOf(facts.work.filter((tally) => tally.destination === name && states.includes(tally.state)));
  return {
    name,
    type: terms?.type ?? null,
    edits: terms?.edits ?? false,
    finds: terms?.finds ?? false,
    lastDoneAt: receipts?.lastDoneAt ?? lane.lastDoneAt,
    incidentsShown: receipts?.incidents ?? 0,
    repeats: receipts?.repeats ?? 0,
    waiting: waiting("ready", "sending"),
    unknown: waiting("unknown"),
    listed: waiting("listed"),
    hushed: waiting("hushed"),
    shadow: waiting("shadow"),
    isShadow: terms?.shadow === true,
    ...(terms?.yieldsTo !== undefined && { yieldsTo: terms.yieldsTo }),
    dead: waiting("dead"),
    lane: reportLane(lane, facts.now),
  };
}

function waitingOf(tallies: readonly WorkTally[]): Waiting {
  return {
    count: tallies.reduce((sum, { count }) => sum + count, 0),
    oldestAt: tallies.length === 0 ? null : Math.min(...tallies.map(({ oldestAt }) => oldestAt)),
    why: tallies
      .map(({ reason, count, evidence }) => ({ reason, count, evidence }))
      .toSorted((a, b) => b.count - a.count),
  };
}

function reportLane(lane: Lane, now: Instant): LaneReport {
  const { failures, reason, evidence, holdUntil } = lane;
  const held = holdUntil > now;
  return {
    state: held ? "held" : isBroken(lane) ? "careful" : "open",
    until: held ? holdUntil : null,
    failures,
    reason,
    evidence,
  };
}

function reportTickets(report: DestinationReport, facts: StatusFacts): readonly TicketReport[] {
  const { name, type, finds, unknown } = report;
  if (type === null || !makesTickets(type)) return [];
  const incidentsWithRepeats = facts.receipts.find((tally) => tally.destination === name)?.repeatedIncidents ?? 0;
  return [
    {
      destination: name,
      type,
      verdict: ticketVerdict(finds, unknown.count, incidentsWithRepeats),
      canBeAsked: finds,
      incidentsWithReceipt: report.incidentsShown,
      incidentsWithRepeats,
      unknown: unknown.count,
    },
  ];
}

function ticketVerdict(finds: boolean, unknown: number, repeats: number): TicketReport["verdict"] {
  if (unknown > 0) return "unknown";
  if (finds) return "one_each";
  return repeats > 0 ? "possible_repeats" : "received";
}

/** Every kind of Jira destination is named so. */
function makesTickets(type: string): boolean {
  return type === "jira" || type.startsWith("jira-");
}
