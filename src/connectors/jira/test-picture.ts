import type { Incident } from "../../core/incident.ts";
import type { Moment, MomentKind } from "../../core/moments.ts";
import type { AlertFacts, Picture } from "../../core/picture.ts";
import type { Instant } from "../../core/time.ts";

/** An alert that never was, about a machine that is none. */
export function testPicture(now: Instant, kinds: readonly MomentKind[]): Picture {
  const title = "Test ticket of riposte doctor: it may be deleted";
  const first: AlertFacts = {
    at: now,
    id: "0.0",
    ruleId: "0",
    level: 0,
    description: title,
    groups: ["riposte"],
    mitre: [],
    agentId: "000",
    agentName: "riposte-doctor",
    agentIp: null,
    manager: null,
    location: "riposte",
    user: null,
    sourceIp: null,
    log: "Nothing happened. This ticket was made to see whether tickets can be made.",
    document: { rule: { id: "0", level: 0, description: title }, agent: { id: "000", name: "riposte-doctor" } },
  };
  const last = kinds.at(-1);
  const incident: Incident = {
    id: 0,
    policy: "doctor",
    groupKey: "[]",
    state: last === "resolved" ? "resolved" : "open",
    severity: "low",
    title,
    ruleId: "0",
    agentId: "000",
    agentName: "riposte-doctor",
    snapshot: "",
    source: "doctor",
    count: 1,
    firstAt: now,
    lastAt: now,
    openedAt: now,
    resolvedAt: last === "resolved" ? now : null,
    resolvedBy: last === "resolved" ? "person" : null,
    acknowledgedBy: null,
    revision: kinds.length,
    momentCount: kinds.length,
    dueAt: null,
  };
  const moments: readonly Moment[] = kinds.map((kind, index) => ({
    incident: 0,
    n: index + 1,
    kind,
    at: now,
    severity: "low",
    count: 1,
    by: kind === "note" ? "riposte doctor" : null,
    text: kind === "note" ? "a comment, to see whether comments can be made" : null,
  }));
  return { incident, group: {}, first, newest: first, moments };
}
