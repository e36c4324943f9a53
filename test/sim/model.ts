/**
 * The incidents as they must come out, told a second time in the plainest way and sharing nothing with `src/`: what
 * the manager wrote in the order in which it was read, the timers, and what people did.
 */
export class Model {
  /** In the order in which they were opened; the nth is `#n`. */
  readonly incidents: ModelIncident[] = [];
  /** How each alert ended, by its identity. */
  readonly endings = new Map<string, Ending>();
  readonly #lines: readonly ModelLine[];
  readonly #newest = new Map<string, ModelIncident>();
  #read = 0;

  constructor(lines: readonly ModelLine[]) {
    this.#lines = lines;
  }

  /** Null, or why this cannot have happened. */
  follow(happening: Happening): string | null {
    switch (happening.kind) {
      case "read":
        for (; this.#read < happening.upTo; this.#read += 1) this.#take(this.#lines[this.#read]!);
        return null;
      case "tick":
        for (const incident of this.incidents) if (isDue(incident, happening.eventAt)) fire(incident);
        return null;
      case "acknowledge":
        return this.#acknowledge(happening.incident);
      case "resolve":
        return this.#resolve(happening.incident, happening.at);
    }
  }

  #take({ alert }: ModelLine): void {
    if (alert === null || this.endings.has(alert.identity)) return;
    const terms = TEAM.find(({ takes, clearedBy }) => alert.rule === clearedBy || takes(alert));
    if (terms === undefined) throw new Error(`rule ${alert.rule} is wanted, and no policy takes it`);
    this.endings.set(alert.identity, this.#join(alert, terms));
  }

  #join(alert: ModelAlert, terms: Terms): Ending {
    const group = `["${terms.groupBy === "agent" ? alert.agent : alert.rule}"]`;
    const current = this.#newest.get(`${terms.name} ${group}`);
    while (current !== undefined && current.dueAt !== null && alert.at > current.dueAt) fire(current);
    if (alert.rule === terms.clearedBy) return clear(current, alert);

    const severity = terms.severity ?? severityOf(alert.level);
    if (current === undefined || (current.over !== null && alert.at - current.over.at > terms.reopenWithinMs)) {
      if (severity === "low") return "ledger_only";
      this.#open(alert, terms, group, severity);
      return "opened";
    }
    current.count += 1;
    current.lastAt = Math.max(current.lastAt, alert.at);
    const isWorse = SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(current.severity);
    if (isWorse) current.severity = severity;
    if (current.over !== null) {
      if (current.over.by === "clear" && alert.at < current.over.at) return "joined";
      reopen(current, alert);
      return "reopened";
    }
    if (current.state !== "pending") {
      if (isWorse) tell(current, "escalated");
      current.dueAt = current.lastAt + terms.resolveAfterMs;
    }
    return "joined";
  }

  #open(alert: ModelAlert, terms: Terms, group: string, severity: Severity): void {
    const incident: ModelIncident = {
      terms,
      group,
      state: terms.holdMs === null ? "open" : "pending",
      severity,
      count: 1,
      moments: [],
      toldAs: new Set(),
      lastAt: alert.at,
      dueAt: alert.at + (terms.holdMs ?? terms.resolveAfterMs),
      over: null,
    };
    if (incident.state === "open") tell(incident, "opened");
    this.incidents.push(incident);
    this.#newest.set(`${terms.name} ${group}`, incident);
  }

  #acknowledge(id: number): string | null {
    const incident = this.incidents[id - 1];
    if (incident === undefined) return `#${id} was acknowledged, and there is none`;
    if (incident.state === "acknowledged" || incident.state === "resolved")
      return `#${id} was acknowledged when it was ${incident.state}`;
    if (incident.state === "pending") incident.dueAt = incident.lastAt + incident.terms.resolveAfterMs;
    incident.state = "acknowledged";
    tell(incident, "acknowledged");
    return null;
  }

  #resolve(id: number, at: number): string | null {
    const incident = this.incidents[id - 1];
    if (incident === undefined) return `#${id} was resolved by a person, and there is none`;
    if (incident.state === "resolved") return `#${id} was resolved by a person when it was resolved already`;
    end(incident, at, "person");
    tell(incident, "resolved");
    return null;
  }
}

/** A line of the source; null: not an alert that a policy wants. */
export interface ModelLine {
  readonly alert: ModelAlert | null;
}

export interface ModelAlert {
  /** What makes it itself: the same again is a duplicate. */
  readonly identity: string;
  readonly at: number;
  readonly rule: string;
  readonly level: number;
  readonly agent: string;
}

export type Happening =
  /** The lines before this one are all taken in. */
  | { readonly kind: "read"; readonly upTo: number }
  /** Timers that were due by then in event time fire. */
  | { readonly kind: "tick"; readonly eventAt: number }
  | { readonly kind: "acknowledge"; readonly incident: number; readonly at: number }
  | { readonly kind: "resolve"; readonly incident: number; readonly at: number };

export type Ending = "opened" | "joined" | "reopened" | "cleared" | "nothing_to_clear" | "ledger_only";

export interface ModelIncident {
  readonly terms: Terms;
  readonly group: string;
  state: "pending" | "open" | "acknowledged" | "resolved";
  severity: Severity;
  count: number;
  readonly moments: string[];
  /** The severities that it had whenever somebody was to hear of it, its end aside. */
  readonly toldAs: Set<Severity>;
  lastAt: number;
  dueAt: number | null;
  over: { readonly at: number; readonly by: "clear" | "quiet" | "person" } | null;
}

export interface Terms {
  readonly name: string;
  readonly takes: (alert: ModelAlert) => boolean;
  readonly clearedBy: string | null;
  readonly groupBy: "agent" | "rule";
  readonly severity: Severity | null;
  readonly holdMs: number | null;
  readonly resolveAfterMs: number;
  readonly reopenWithinMs: number;
}

const SEVERITIES = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

const MINUTE_MS = 60_000;
const usual = {
  clearedBy: null,
  groupBy: "agent",
  severity: null,
  holdMs: null,
  resolveAfterMs: 15 * MINUTE_MS,
  reopenWithinMs: 120 * MINUTE_MS,
} as const;

/** What plan.ts configures, in the model's own words. */
const TEAM: readonly Terms[] = [
  {
    ...usual,
    name: "agent-lost",
    takes: ({ rule }) => rule === "504",
    clearedBy: "503",
    severity: "high",
    holdMs: 10 * MINUTE_MS,
  },
  { ...usual, name: "queue-full", takes: ({ rule }) => rule === "202", clearedBy: "205", severity: "high" },
  {
    ...usual,
    name: "by-rule",
    takes: ({ rule }) => rule === "5712" || rule === "510",
    groupBy: "rule",
    resolveAfterMs: 20 * MINUTE_MS,
  },
  {
    ...usual,
    name: "rest",
    takes: ({ level }) => level >= 7,
    resolveAfterMs: 6 * MINUTE_MS,
    reopenWithinMs: 5 * MINUTE_MS,
  },
];

function severityOf(level: number): Severity {
  if (level < 7) return "low";
  if (level < 12) return "medium";
  return level < 15 ? "high" : "critical";
}

function isDue({ dueAt }: ModelIncident, eventAt: number): boolean {
  return dueAt !== null && dueAt <= eventAt;
}

/** A hold is over, or it has been quiet for long enough. */
function fire(incident: ModelIncident): void {
  const dueAt = incident.dueAt!;
  if (incident.state !== "pending") {
    end(incident, dueAt, "quiet");
    tell(incident, "resolved");
    return;
  }
  incident.state = "open";
  incident.dueAt = Math.max(incident.lastAt, dueAt) + incident.terms.resolveAfterMs;
  tell(incident, incident.moments.length === 0 ? "opened" : "reopened");
}

function clear(current: ModelIncident | undefined, alert: ModelAlert): Ending {
  if (current === undefined || current.over !== null || alert.at < current.lastAt) return "nothing_to_clear";
  const wasSeen = current.state !== "pending";
  end(current, alert.at, "clear");
  current.lastAt = alert.at;
  if (wasSeen) tell(current, "resolved");
  return "cleared";
}

function reopen(incident: ModelIncident, alert: ModelAlert): void {
  const { holdMs, resolveAfterMs } = incident.terms;
  incident.over = null;
  incident.state = holdMs === null ? "open" : "pending";
  incident.dueAt = holdMs === null ? incident.lastAt + resolveAfterMs : alert.at + holdMs;
  if (holdMs === null) tell(incident, "reopened");
}

function end(incident: ModelIncident, at: number, by: "clear" | "quiet" | "person"): void {
  incident.state = "resolved";
  incident.over = { at, by };
  incident.dueAt = null;
}

function tell(incident: ModelIncident, moment: string): void {
  incident.moments.push(moment);
  if (incident.state !== "resolved") incident.toldAs.add(incident.severity);
}
