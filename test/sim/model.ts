import {
  end,
  SEVERITIES,
  tell,
  type Ending,
  type ModelAlert,
  type ModelIncident,
  type Severity,
  type ModelWindow,
  type Terms,
} from "./model-incident.ts";
import { heldFor, ModelResponses } from "./model-responses.ts";
import { ModelStorms } from "./model-storms.ts";
import { ModelWindows, type ModelFull } from "./model-windows.ts";
import { WINDOW_RULES, type WindowDraws } from "./window-terms.ts";

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
  readonly #responses = new ModelResponses();
  readonly #storms = new ModelStorms(this.incidents);
  readonly #windows = new ModelWindows();
  readonly #team: readonly Terms[];
  #read = 0;

  constructor(lines: readonly ModelLine[], windows: WindowDraws) {
    this.#lines = lines;
    this.#team = [...windowed(windows), ...TEAM];
  }

  /** Null, or why this cannot have happened. */
  follow(happening: Happening): string | null {
    switch (happening.kind) {
      case "read":
        for (; this.#read < happening.upTo; this.#read += 1) this.#take(this.#lines[this.#read]!);
        return null;
      case "tick":
        for (const incident of this.#due(happening.eventAt)) this.#fire(incident);
        for (const { policy, key, dueAt, lastAt } of this.#windows.tick(happening.eventAt))
          this.#isAbsent(
            this.#team.find(({ name }) => name === policy)!,
            key,
            dueAt,
            lastAt,
          );
        this.#responses.tick(happening.eventAt);
        return null;
      case "acknowledge":
        return this.#acknowledge(happening.incident, happening.at);
      case "resolve":
        return this.#resolve(happening.incident, happening.at);
    }
  }

  /** In the order in which they are due. */
  #due(eventAt: number): readonly ModelIncident[] {
    const due = this.incidents.filter((incident) => isDue(incident, eventAt));
    return due.toSorted((one, other) => one.dueAt! - other.dueAt!);
  }

  #take({ alert }: ModelLine): void {
    if (alert === null || alert.isOfFleet || this.endings.has(alert.identity)) return;
    if (alert.response !== undefined) {
      const { rule, agent } = alert.response.cause ?? { rule: "", agent: "" };
      const of = this.#team.find(({ takes }) => takes({ ...alert, rule, agent }));
      const group = of === undefined ? "" : `${of.name} ${groupOf(of, { ...alert, rule, agent })}`;
      const incident = rule === "" ? undefined : this.#newest.get(group);
      this.endings.set(alert.identity, this.#responses.take(alert, incident));
      return;
    }
    const terms = this.#team.find(({ takes, clearedBy }) => alert.rule === clearedBy || takes(alert));
    if (terms === undefined) throw new Error(`rule ${alert.rule} is wanted, and no policy takes it`);
    this.endings.set(alert.identity, this.#join(alert, terms));
  }

  #join(alert: ModelAlert, terms: Terms): Ending {
    const group = groupOf(terms, alert);
    if (terms.window?.kind === "absence") return this.#cameAgain(alert, terms, terms.window, group);
    const current = this.#newest.get(`${terms.name} ${group}`);
    while (current !== undefined && current.dueAt !== null && alert.at > current.dueAt) this.#fire(current);
    if (alert.rule === terms.clearedBy) {
      const ending = clear(current, alert);
      if (ending === "cleared") this.#storms.changed(current!, alert.at);
      return ending;
    }

    const isOpen = current !== undefined && current.over === null;
    const isLateForIt =
      current?.over?.by === "clear" && alert.at < current.over.at && alert.at - current.over.at <= terms.reopenWithinMs;
    let full: ModelFull | null = null;
    if (terms.window !== undefined && (terms.window.kind === "first_seen" || (!isOpen && !isLateForIt))) {
      const gathered = this.#windows.gather(terms.name, group, terms.window, alert);
      if (!isOpen && !isLateForIt) {
        if ("ending" in gathered) return gathered.ending;
        full = gathered.full;
      }
    }
    const severity = terms.severity ?? severityOf(full?.worstLevel ?? alert.level);
    const isNew = current === undefined || (current.over !== null && alert.at - current.over.at > terms.reopenWithinMs);
    const wasOvertaken = current?.over?.by === "clear" && alert.at < current.over.at;
    const isBack = !isNew && current.over !== null && !wasOvertaken;
    const heed = (isNew && severity !== "low") || isBack ? this.#responses.heed(alert) : "nothing";
    if (heed === "explained") return "explained_by_action";
    const heldTo = heed === "hold" ? alert.at + heldFor(alert) : null;
    if (current === undefined || (current.over !== null && alert.at - current.over.at > terms.reopenWithinMs)) {
      if (severity === "low") return "ledger_only";
      full?.spend();
      this.#open(alert, terms, group, severity, heldTo, full);
      return "opened";
    }
    full?.spend();
    current.count += full?.count ?? 1;
    current.firstAt = Math.min(current.firstAt, full?.fromAt ?? alert.at);
    current.lastAt = Math.max(current.lastAt, full?.lastAt ?? alert.at);
    const isWorse = SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(current.severity);
    if (isWorse) current.severity = severity;
    if (current.over !== null) {
      if (current.over.by === "clear" && alert.at < current.over.at) return "joined";
      reopen(current, alert, heldTo);
      if (current.state === "open") this.#storms.opens(current, alert.at);
      if (heldTo !== null) this.#responses.hold(alert, current);
      return "reopened";
    }
    if (current.state === "pending" && terms.holdMs === null && !this.#responses.holdAlso(alert, current)) {
      current.state = "open";
      current.dueAt = current.lastAt + terms.resolveAfterMs;
      tell(current, current.moments.length === 0 ? "opened" : "reopened");
      this.#storms.opens(current, alert.at);
      return "joined";
    }
    if (current.state !== "pending") {
      if (isWorse) tell(current, "escalated");
      current.dueAt = current.lastAt + terms.resolveAfterMs;
      this.#storms.changed(current, alert.at);
      if (current.told !== null && current.told.over !== null) this.#storms.opens(current, alert.at);
    }
    return "joined";
  }

  /** What was expected has come. */
  #cameAgain(alert: ModelAlert, terms: Terms, window: ModelWindow, group: string): Ending {
    const overdue = this.#windows.overdue(terms.name, group, alert.at);
    if (overdue !== null) this.#isAbsent(terms, group, overdue.dueAt, overdue.lastAt);
    if (!this.#windows.cameAgain(terms.name, group, window, alert)) return "window_refused";
    const current = this.#newest.get(`${terms.name} ${group}`);
    while (current !== undefined && current.dueAt !== null && alert.at > current.dueAt) this.#fire(current);
    if (current === undefined || current.over !== null || alert.at < current.lastAt) return "expected";
    end(current, alert.at, "clear");
    current.lastAt = alert.at;
    tell(current, "resolved");
    return "cleared";
  }

  #isAbsent(terms: Terms, group: string, at: number, lastAt: number): void {
    const current = this.#newest.get(`${terms.name} ${group}`);
    if (current !== undefined && current.over === null) return;
    const dueAt = at + terms.resolveAfterMs;
    if (current !== undefined && current.over !== null && at - current.over.at <= terms.reopenWithinMs) {
      Object.assign(current, { state: "open", over: null, count: current.count + 1, lastAt, dueAt });
      tell(current, "reopened");
      return;
    }
    const absent: ModelIncident = {
      terms,
      group,
      state: "open",
      severity: terms.severity!,
      count: 1,
      moments: [],
      toldAs: new Set(),
      told: null,
      firstAt: lastAt,
      lastAt,
      dueAt,
      over: null,
    };
    tell(absent, "opened");
    this.incidents.push(absent);
    this.#newest.set(`${terms.name} ${group}`, absent);
  }

  #open(
    alert: ModelAlert,
    terms: Terms,
    group: string,
    severity: Severity,
    heldTo: number | null,
    full: ModelFull | null,
  ): void {
    const until = terms.holdMs === null ? heldTo : alert.at + terms.holdMs;
    const incident: ModelIncident = {
      terms,
      group,
      state: until === null ? "open" : "pending",
      severity,
      count: full?.count ?? 1,
      moments: [],
      toldAs: new Set(),
      told: null,
      firstAt: full?.fromAt ?? alert.at,
      lastAt: full?.lastAt ?? alert.at,
      dueAt: until ?? (full?.lastAt ?? alert.at) + terms.resolveAfterMs,
      over: null,
    };
    if (incident.state === "open") tell(incident, "opened");
    if (heldTo !== null) this.#responses.hold(alert, incident);
    this.incidents.push(incident);
    this.#newest.set(`${terms.name} ${group}`, incident);
    if (incident.state === "open") this.#storms.opens(incident, alert.at);
  }

  /** A hold is over, or it has been quiet for long enough. */
  #fire(incident: ModelIncident): void {
    const dueAt = incident.dueAt!;
    if (incident.state !== "pending") {
      end(incident, dueAt, "quiet");
      tell(incident, "resolved");
      this.#storms.changed(incident, dueAt);
      return;
    }
    incident.state = "open";
    incident.dueAt = Math.max(incident.lastAt, dueAt) + incident.terms.resolveAfterMs;
    tell(incident, incident.moments.length === 0 ? "opened" : "reopened");
    this.#storms.opens(incident, dueAt);
  }

  #acknowledge(id: number, at: number): string | null {
    const incident = this.incidents[id - 1];
    if (incident === undefined) return `#${id} was acknowledged, and there is none`;
    if (incident.state === "acknowledged" || incident.state === "resolved")
      return `#${id} was acknowledged when it was ${incident.state}`;
    const wasHeld = incident.state === "pending";
    if (wasHeld) incident.dueAt = incident.lastAt + incident.terms.resolveAfterMs;
    incident.state = "acknowledged";
    if (wasHeld) this.#storms.shown(incident, at);
    tell(incident, "acknowledged");
    return null;
  }

  #resolve(id: number, at: number): string | null {
    const incident = this.incidents[id - 1];
    if (incident === undefined) return `#${id} was resolved by a person, and there is none`;
    if (incident.state === "resolved") return `#${id} was resolved by a person when it was resolved already`;
    end(incident, at, "person");
    tell(incident, "resolved");
    this.#storms.changed(incident, at);
    return null;
  }
}

/** A line of the source; null: not an alert that a policy wants. */
export interface ModelLine {
  readonly alert: ModelAlert | null;
}

export type Happening =
  /** The lines before this one are all taken in. */
  | { readonly kind: "read"; readonly upTo: number }
  /** Timers that were due by then in event time fire. */
  | { readonly kind: "tick"; readonly eventAt: number }
  | { readonly kind: "acknowledge"; readonly incident: number; readonly at: number }
  | { readonly kind: "resolve"; readonly incident: number; readonly at: number };

const MINUTE_MS = 60_000;
const usual = {
  clearedBy: null,
  groupBy: "agent",
  severity: null,
  holdMs: null,
  resolveAfterMs: 15 * MINUTE_MS,
  reopenWithinMs: 120 * MINUTE_MS,
  collapse: null,
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
    collapse: { above: 4, withinMs: 3 * MINUTE_MS },
  },
  {
    ...usual,
    name: "answered",
    takes: ({ rule }) => rule === "5763",
    severity: "high",
    resolveAfterMs: 12 * MINUTE_MS,
  },
  {
    ...usual,
    name: "agent-stopped",
    takes: ({ rule }) => rule === "506",
    severity: "high",
    resolveAfterMs: 8 * MINUTE_MS,
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
    collapse: { above: 3, withinMs: 2 * MINUTE_MS },
  },
];

function windowed({ spray, breakIn, backup, stranger }: WindowDraws): readonly Terms[] {
  const none = { count: 1, users: 1, learnMs: 0, keys: 100, isEnd: () => false };
  const of = (name: string, rules: readonly string[], window: ModelWindow, more: Partial<Terms> = {}): Terms => ({
    ...usual,
    name,
    takes: ({ rule }) => rules.includes(rule),
    resolveAfterMs: 7 * MINUTE_MS,
    window,
    ...more,
  });
  const { guess, refused, login, backup: done, tool } = WINDOW_RULES;
  return [
    of("spray", [guess], { ...none, kind: "count", ...spray }),
    of(
      "break-in",
      [refused, login],
      { ...none, kind: "sequence", ...breakIn, isEnd: ({ rule }) => rule === login },
      { severity: "high", holdMs: MINUTE_MS, clearedBy: "5502" },
    ),
    of("backup", [done], { ...none, kind: "absence", ...backup }, { severity: "high" }),
    of(
      "stranger",
      [tool],
      { ...none, kind: "first_seen", ...stranger },
      { severity: "medium", groupBy: "agent and user" },
    ),
  ];
}

function groupOf({ groupBy }: Terms, { agent, rule, user }: ModelAlert): string {
  if (groupBy === "agent and user") return JSON.stringify([agent, user]);
  return JSON.stringify([groupBy === "agent" ? agent : rule]);
}

function severityOf(level: number): Severity {
  if (level < 7) return "low";
  if (level < 12) return "medium";
  return level < 15 ? "high" : "critical";
}

function isDue({ dueAt }: ModelIncident, eventAt: number): boolean {
  return dueAt !== null && dueAt <= eventAt;
}

function clear(current: ModelIncident | undefined, alert: ModelAlert): Ending {
  if (current === undefined || current.over !== null || alert.at < current.lastAt) return "nothing_to_clear";
  const wasSeen = current.state !== "pending";
  end(current, alert.at, "clear");
  current.lastAt = alert.at;
  if (wasSeen) tell(current, "resolved");
  return "cleared";
}

function reopen(incident: ModelIncident, alert: ModelAlert, heldTo: number | null): void {
  const { holdMs, resolveAfterMs } = incident.terms;
  const until = holdMs === null ? heldTo : alert.at + holdMs;
  incident.over = null;
  incident.state = until === null ? "open" : "pending";
  incident.dueAt = until ?? incident.lastAt + resolveAfterMs;
  if (until === null) tell(incident, "reopened");
}
