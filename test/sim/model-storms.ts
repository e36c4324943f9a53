import { end, SEVERITIES, tell, type ModelIncident, type Severity } from "./model-incident.ts";

interface Opening {
  readonly incident: ModelIncident;
  readonly at: number;
}

/** Incidents of one policy that open together, as the model has them: told in one, and counted anew each time. */
export class ModelStorms {
  readonly #incidents: ModelIncident[];
  /** By policy, the newest opening of each incident. */
  readonly #openings = new Map<string, Opening[]>();
  readonly #newest = new Map<string, ModelIncident>();
  /** Those that were in it and not over when it was last looked at. */
  readonly #live = new Map<ModelIncident, ReadonlySet<ModelIncident>>();
  readonly #surgedAt = new Map<ModelIncident, number>();

  /** Mass events take their place among all incidents. */
  constructor(incidents: ModelIncident[]) {
    this.#incidents = incidents;
  }

  /** It has opened, again or for the first time, or is heard of although what it was told in was called over. */
  opens(incident: ModelIncident, at: number): void {
    const { name, collapse, reopenWithinMs } = incident.terms;
    if (collapse === null) return this.#leave(incident, at);
    const others = (this.#openings.get(name) ?? []).filter((opening) => opening.incident !== incident);
    this.#openings.set(name, [...others, { incident, at }].slice(-3 * collapse.above));
    const close = others.filter((opening) => Math.abs(at - opening.at) < collapse.withinMs);
    const near = close.slice(-collapse.above);
    if (standsOut(incident)) return this.#leave(incident, at);
    const isSurge = near.length >= collapse.above;
    const home = incident.told;
    if (home !== null && home.over === null && at - this.#surgedAt.get(home)! <= collapse.withinMs)
      return this.#count(home, at, isSurge, incident);
    if (!isSurge) return this.#leave(incident, at);

    const newest = this.#newest.get(name);
    const isOver = newest === undefined || (newest.over !== null && at - newest.over.at > reopenWithinMs);
    const mass = isOver ? this.#begin(incident, at) : newest;
    const before = near.map((opening) => opening.incident).filter((one) => one.state === "open" && !standsOut(one));
    const left = new Set<ModelIncident>();
    for (const one of [incident, ...before]) {
      if (one.told !== null && one.told !== mass) left.add(one.told);
      one.told = mass;
      one.toldAs.clear();
    }
    for (const other of left) this.#count(other, at, false, incident);
    this.#count(mass, at, true, incident);
  }

  /** Something else has become of it. */
  changed(incident: ModelIncident, at: number): void {
    if (incident.told === null) return;
    const isSeen = incident.state === "open" || incident.state === "acknowledged";
    if (isSeen && standsOut(incident)) this.#leave(incident, at);
    else this.#count(incident.told, at, false, incident);
  }

  /** A person has seen it before anybody was to. */
  shown(incident: ModelIncident, at: number): void {
    this.#leave(incident, at);
  }

  #leave(incident: ModelIncident, at: number): void {
    const home = incident.told;
    if (home === null) return;
    incident.told = null;
    incident.toldAs.add(incident.severity);
    this.#count(home, at, false, incident);
  }

  #begin({ terms, severity }: ModelIncident, at: number): ModelIncident {
    const name = `riposte:mass:${terms.name}`;
    const mass: ModelIncident = {
      terms: { ...terms, name, clearedBy: null, severity: null, holdMs: null, collapse: null },
      group: "[]",
      state: "open",
      severity,
      count: 0,
      moments: [],
      toldAs: new Set(),
      told: null,
      firstAt: at,
      lastAt: at,
      dueAt: null,
      over: null,
    };
    this.#incidents.push(mass);
    this.#newest.set(terms.name, mass);
    return mass;
  }

  #count(mass: ModelIncident, at: number, isSurge: boolean, because: ModelIncident): void {
    const members = this.#incidents.filter(({ told }) => told === mass);
    const live = new Set(members.filter(({ state }) => state === "open" || state === "acknowledged"));
    const was = this.#live.get(mass) ?? new Set();
    this.#live.set(mass, live);
    mass.count = members.length;
    const hasJoined = live.difference(was).size > 0;
    if (isSurge && hasJoined) this.#surgedAt.set(mass, Math.max(this.#surgedAt.get(mass) ?? at, at));
    const worst = [mass.severity, ...[...live].map(({ severity }) => severity)].toSorted(byRank).at(-1)!;
    const isWorse = worst !== mass.severity;
    mass.severity = worst;
    if (mass.moments.length === 0) tell(mass, "opened");
    else if (mass.over !== null) {
      if (!hasJoined) return;
      mass.over = null;
      mass.state = "open";
      tell(mass, "reopened");
    } else if (live.size === 0 && was.size > 0) {
      end(mass, because.over?.at ?? at, because.over?.by ?? "clear");
      tell(mass, "resolved");
    } else if (isWorse) tell(mass, "escalated");
  }
}

function byRank(one: Severity, other: Severity): number {
  return SEVERITIES.indexOf(one) - SEVERITIES.indexOf(other);
}

function standsOut({ severity, terms }: ModelIncident): boolean {
  return severity === "critical" && terms.severity !== "critical";
}
