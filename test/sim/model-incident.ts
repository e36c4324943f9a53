// What the model speaks of: alerts, incidents, and what becomes of both.
export interface ModelAlert {
  /** What makes it itself: the same again is a duplicate. */
  readonly identity: string;
  readonly at: number;
  readonly rule: string;
  readonly level: number;
  readonly agent: string;
  /** Of an agent that another road tells of as well, whose incidents are not the model's. */
  readonly isOfFleet: boolean;
  /** It is the line of an active response. */
  readonly response?: {
    readonly program: string;
    readonly target: string;
    readonly order: "add" | "delete";
    readonly cause: { readonly rule: string; readonly agent: string; readonly at: number } | null;
  };
  /** The account that it is about. */
  readonly user?: string;
  /** It is a tool's word about an account. */
  readonly changes?: { readonly user: string; readonly tool: string };
}

export type Ending =
  | "opened"
  | "joined"
  | "reopened"
  | "cleared"
  | "nothing_to_clear"
  | "ledger_only"
  | "action_noted"
  | "action_alone"
  | "explained_by_action"
  | "in_window"
  | "sequence_not_met"
  | "value_learned"
  | "value_known"
  | "expected"
  | "window_too_late"
  | "window_refused";

export interface ModelIncident {
  readonly terms: Terms;
  readonly group: string;
  state: "pending" | "open" | "acknowledged" | "resolved";
  severity: Severity;
  count: number;
  readonly moments: string[];
  /** The severities that it had whenever somebody was to hear of it, its end aside. */
  readonly toldAs: Set<Severity>;
  /** The mass event in which it is told; null: it is told by itself. */
  told: ModelIncident | null;
  firstAt: number;
  lastAt: number;
  dueAt: number | null;
  over: { readonly at: number; readonly by: "clear" | "quiet" | "person" } | null;
}

export interface Terms {
  readonly name: string;
  readonly takes: (alert: ModelAlert) => boolean;
  readonly clearedBy: string | null;
  readonly groupBy: "agent" | "rule" | "agent and user";
  readonly severity: Severity | null;
  readonly holdMs: number | null;
  readonly resolveAfterMs: number;
  readonly reopenWithinMs: number;
  /** More than so many that open within that time are told together. */
  readonly collapse: { readonly above: number; readonly withinMs: number } | null;
  /** What must come together before it opens anything. */
  readonly window?: ModelWindow;
}

export interface ModelWindow {
  readonly kind: "count" | "sequence" | "absence" | "first_seen";
  readonly count: number;
  /** Different ones of whom must be among them. */
  readonly users: number;
  readonly withinMs: number;
  readonly learnMs: number;
  readonly keys: number;
  /** It ends a sequence rather than coming before. */
  readonly isEnd: (alert: ModelAlert) => boolean;
}

export const SEVERITIES = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];

export function end(incident: ModelIncident, at: number, by: "clear" | "quiet" | "person"): void {
  incident.state = "resolved";
  incident.over = { at, by };
  incident.dueAt = null;
}

export function tell(incident: ModelIncident, moment: string): void {
  incident.moments.push(moment);
  if (incident.state !== "resolved" && incident.told === null) incident.toldAs.add(incident.severity);
}
