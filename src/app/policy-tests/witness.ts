import type { Change } from "../../core/change.ts";
import type { Incident } from "../../core/incident.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import type { Instant } from "../../core/time.ts";
import type { Job } from "../../engine/job.ts";
import type { SeenIncident, SeenTold } from "./compare.ts";

/** Sees what the policies make of the alerts, and what is told to whom. */
export class Witness {
  readonly #snapshot: Snapshot;
  readonly #incidents = new Map<number, Incident>();
  /** The kinds of an incident's moments, the first at 0. */
  readonly #moments = new Map<number, string[]>();
  /** By `incident destination`: moments told. */
  readonly #toldTo = new Map<string, number>();
  #told: SeenTold[] = [];

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.table === "incident") this.#incidents.set(change.row.id, change.row);
      if (change.table === "moment") {
        const kinds = this.#moments.get(change.row.incident) ?? [];
        kinds[change.row.n - 1] = change.row.kind;
        this.#moments.set(change.row.incident, kinds);
      }
    }
  }

  /** A message that only brings counts up to date tells nobody anything. */
  told({ destination, incident, what }: Job, at: Instant): void {
    if (what.kind !== "call") return;
    const key = `${incident} ${destination}`;
    const before = this.#toldTo.get(key) ?? 0;
    const says = (this.#moments.get(incident) ?? []).slice(before, what.step.plan.momentsTold);
    this.#toldTo.set(key, Math.max(before, what.step.plan.momentsTold));
    const { policy = "", severity = "" } = this.#incidents.get(incident) ?? {};
    if (says.length > 0) this.#told.push({ to: destination, policy, severity, says, at });
  }

  /** Since it was asked last. */
  takeTold(): readonly SeenTold[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }

  incidents(): readonly SeenIncident[] {
    return [...this.#incidents.values()].map(({ policy, groupKey, severity, state, count, title }) => {
      const names = this.#snapshot.policies[policy]?.groupBy ?? [];
      const values = JSON.parse(groupKey) as (string | null)[];
      const group = Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));
      return { policy, group, severity, state, count, title };
    });
  }
}
