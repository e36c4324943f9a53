import { end, tell, type Ending, type ModelAlert, type ModelIncident } from "./model-incident.ts";

const SECOND_MS = 1_000;
const LIFTED_AFTER_MS = 300 * SECOND_MS;
const GRACE_MS = 60 * SECOND_MS;
/** So many of what is known of one thing are looked at, the newest. */
const LOOKED_AT = 4;
const MOMENTS = 30;

/** Something that an order did, or an alert that waits for one that may have caused it. */
type Entry = Order | Waiting;

interface Order {
  readonly kind: "order";
  state: "on" | "late" | "over";
  readonly incident: ModelIncident | null;
  readonly isTold: boolean;
  at: number;
  dueAt: number | null;
  readonly explained: Set<string>;
}

interface Waiting {
  readonly kind: "waiting";
  isOver: boolean;
  readonly at: number;
  readonly incident: ModelIncident;
  /** As many alerts as it had when all of them could be explained. */
  count: number;
  readonly explained: Set<string>;
}

/** Wazuh's own responses, as the model has them. */
export class ModelResponses {
  readonly #entries = new Map<string, Entry[]>();

  take(alert: ModelAlert, candidate: ModelIncident | undefined): Ending {
    const { program, target, order, cause } = alert.response!;
    const key = `${alert.agent} ${program} ${target}`;
    const explained = this.#explain(key, alert.at);
    const recent = this.#recent(key);
    const last = recent.findLast((entry) => entry.kind === "order");
    const isOn = last !== undefined && last.state !== "over";
    const isWithin =
      candidate !== undefined &&
      cause !== null &&
      cause.at >= candidate.firstAt - SECOND_MS &&
      cause.at <= candidate.lastAt + SECOND_MS;
    const incident = isWithin ? candidate : null;

    if (order === "delete") {
      if (last === undefined) {
        this.#add(key, { kind: "order", state: "over", incident, isTold: false, at: alert.at, dueAt: null, explained });
        return endingOf(incident);
      }
      if (!isOn || alert.at < last.at) return endingOf(last.incident);
      if (last.dueAt !== null && alert.at > last.dueAt) this.#late(last);
      last.state = "over";
      last.at = alert.at;
      last.dueAt = null;
      refill(last.explained, explained);
      this.#say(last);
      return endingOf(last.incident);
    }

    const at = isOn ? Math.max(alert.at, last.at) : alert.at;
    const isTimed = incident !== null && incident.terms.name === "answered" && program !== "restart-wazuh";
    const dueAt = isTimed ? at + LIFTED_AFTER_MS + GRACE_MS : null;
    if (isOn && last.incident === incident) {
      const wasLate = last.state === "late";
      last.state = "on";
      last.at = at;
      last.dueAt = dueAt;
      refill(last.explained, explained);
      if (wasLate) this.#say(last);
      return endingOf(incident);
    }
    if (isOn) {
      last.state = "over";
      last.dueAt = null;
    }
    const isTold = incident !== null && incident.state !== "pending" && incident.moments.length < MOMENTS;
    const begun: Order = { kind: "order", state: "on", incident, isTold, at, dueAt, explained };
    this.#add(key, begun);
    this.#say(begun);
    return endingOf(incident);
  }

  tick(eventAt: number): void {
    for (const entry of [...this.#entries.values()].flat()) {
      if (entry.kind === "order" && entry.dueAt !== null && entry.dueAt <= eventAt) this.#late(entry);
    }
  }

  /** What to make of an alert that would open an incident. */
  heed(alert: ModelAlert): "nothing" | "hold" | "explained" {
    const key = keyOf(alert);
    if (key === null) return "nothing";
    if (alert.changes === undefined) return "hold";
    const order = this.#recent(key).findLast(
      (entry): entry is Order => entry.kind === "order" && Math.abs(entry.at - alert.at) <= heldFor(alert),
    );
    if (order === undefined || order.explained.has(alert.changes.tool)) return "hold";
    order.explained.add(alert.changes.tool);
    return "explained";
  }

  hold(alert: ModelAlert, incident: ModelIncident): void {
    const what = alert.changes?.tool ?? "stop";
    this.#add(keyOf(alert)!, {
      kind: "waiting",
      isOver: false,
      at: alert.at,
      incident,
      count: incident.count,
      explained: new Set([what]),
    });
  }

  holdAlso(alert: ModelAlert, incident: ModelIncident): boolean {
    const key = keyOf(alert);
    const what = alert.changes?.tool ?? "stop";
    const waiting = this.#recent(key ?? "").findLast(
      (entry): entry is Waiting => entry.kind === "waiting" && !entry.isOver && entry.incident === incident,
    );
    if (waiting === undefined || waiting.count !== incident.count - 1 || waiting.explained.has(what)) return false;
    waiting.count = incident.count;
    waiting.explained.add(what);
    return true;
  }

  #explain(key: string, at: number): Set<string> {
    const windowMs = key.includes("restart-wazuh") ? 60 * SECOND_MS : 10 * SECOND_MS;
    const explained = new Set<string>();
    for (const entry of this.#recent(key).toReversed()) {
      if (entry.kind !== "waiting" || entry.isOver || Math.abs(entry.at - at) > windowMs) continue;
      if (entry.incident.state !== "pending" || entry.incident.count !== entry.count) continue;
      end(entry.incident, at, "clear");
      entry.isOver = true;
      for (const what of entry.explained) explained.add(what);
    }
    return explained;
  }

  #late(order: Order): void {
    order.state = "late";
    order.dueAt = null;
    this.#say(order);
  }

  #say({ incident, isTold }: Order): void {
    if (incident !== null && isTold) tell(incident, "action");
  }

  #recent(key: string): readonly Entry[] {
    return (this.#entries.get(key) ?? []).slice(-LOOKED_AT);
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, [...(this.#entries.get(key) ?? []), entry]);
  }
}

/** How long an alert that may be a response's doing is held back. */
export function heldFor(alert: ModelAlert): number {
  return alert.changes === undefined ? 60 * SECOND_MS : 10 * SECOND_MS;
}

function keyOf({ agent, rule, changes }: ModelAlert): string | null {
  if (changes !== undefined) return `${agent} disable-account ${changes.user}`;
  return rule === "506" ? `${agent} restart-wazuh ` : null;
}

function endingOf(incident: ModelIncident | null): Ending {
  return incident === null ? "action_alone" : "action_noted";
}

function refill(set: Set<string>, values: ReadonlySet<string>): void {
  set.clear();
  for (const value of values) set.add(value);
}
