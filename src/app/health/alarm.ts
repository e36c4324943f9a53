import type { Destination } from "../../connectors/connector.ts";
import { ownAlert } from "../../sources/own-alert.ts";
import type { Incident } from "../../core/incident.ts";
import { groupKeyOf, ownPolicyName, type Problem, OWN_SOURCE } from "../../core/own-health.ts";
import { headline } from "../../core/outcome.ts";
import type { Picture } from "../../core/picture.ts";
import { HOUR_MS, SECOND_MS, type Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Http } from "../../ports/http.ts";
import type { Processes } from "../../ports/processes.ts";
import type { Secrets } from "../../ports/secrets.ts";
import { readStoredLine } from "../../sources/stored-line.ts";

export interface AlarmParts {
  readonly clock: Clock;
  readonly http: Http;
  readonly processes?: Processes | undefined;
  readonly secrets: Secrets;
  /** In the order in which they are tried. */
  readonly destinations: () => readonly (readonly [name: string, destination: Destination])[];
  /** What came of it; null: nobody could be told. */
  readonly rung: (destination: string | null, evidence: string) => void;
}

const WITHIN_MS = 10 * SECOND_MS;
/** Nobody is woken by the same trouble more often. */
const AGAIN_MS = HOUR_MS;

/**
 * The one message that goes out without a row: that no row can be written. It is made by the same connectors, to
 * the first destination that takes it.
 */
export class Alarm {
  readonly #parts: AlarmParts;
  #rungAt: Instant | null = null;

  constructor(parts: AlarmParts) {
    this.#parts = parts;
  }

  async ring(problem: Problem): Promise<void> {
    const { clock, destinations, http, processes, secrets, rung } = this.#parts;
    const now = clock.now();
    if (this.#rungAt !== null && Math.abs(now - this.#rungAt) < AGAIN_MS) return;
    this.#rungAt = now;
    const picture = pictureOf(problem, now);
    const evidence: string[] = [];
    for (const [name, destination] of destinations()) {
      const mark = `rp-alarm-${now.toString(36)}-${name}`;
      const step = destination.next(picture, null, { mark, repeat: false });
      if (step === null) continue;
      const io = { http, secrets, now, deadlineMs: WITHIN_MS, ...(processes !== undefined && { processes }) };
      const outcome = await destination.perform(step, io);
      evidence.push(`${name}: ${headline(outcome.evidence)}`);
      // Whoever may have been told is not told again by another.
      if (outcome.kind === "done" || outcome.kind === "unknown") return rung(name, headline(outcome.evidence));
    }
    // Nobody heard it: the next look tries again.
    this.#rungAt = null;
    rung(null, evidence.join("; "));
  }
}

/** An incident that is in no table. */
function pictureOf(problem: Problem, now: Instant): Picture {
  const alert = ownAlert({ problem, isOver: false }, 0, now);
  const facts = readStoredLine(alert.raw);
  const incident: Incident = {
    id: 0,
    policy: ownPolicyName(null),
    groupKey: groupKeyOf(problem),
    state: "open",
    severity: "high",
    title: alert.title,
    ruleId: alert.identity.ruleId,
    agentId: alert.agentId,
    agentName: alert.agentName,
    snapshot: "",
    source: OWN_SOURCE,
    count: 1,
    firstAt: now,
    lastAt: now,
    openedAt: now,
    resolvedAt: null,
    resolvedBy: null,
    acknowledgedBy: null,
    revision: 1,
    momentCount: 1,
    dueAt: null,
  };
  const moment = {
    incident: 0,
    n: 1,
    kind: "opened",
    at: now,
    severity: "high",
    count: 1,
    by: null,
    text: null,
  } as const;
  return { incident, group: {}, first: facts, newest: facts, moments: [moment] };
}
