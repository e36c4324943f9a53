import type { Change } from "../../src/core/change.ts";
import { Ledger } from "./audit-checks.ts";
import type { Happening } from "./model.ts";

/** What was decided, in the order in which it was committed, over all lives of the engine. */
export class History {
  readonly happenings: Happening[] = [];
  readonly audit = new Ledger();
  /** Lines of the source that are accounted for. */
  read = 0;
  /** The event time that the timers of the turn at hand are asked for; null: it has none. */
  #tickAt: number | null = null;

  /** A turn begins; the last one, if it committed nothing, decided that no timer was due. */
  begins(tickAt: number | null): void {
    if (this.#tickAt !== null) this.happenings.push({ kind: "tick", eventAt: this.#tickAt });
    this.#tickAt = tickAt;
  }

  /** Within a turn people come first, then timers, then alerts. */
  committed(changes: readonly Change[]): void {
    this.audit.committed(changes);
    for (const change of changes) {
      if (change.table !== "audit") continue;
      const { what, about, at } = change.row;
      const incident = Number(/^#(\d+)$/.exec(about)?.[1]);
      if (what === "acknowledge" || what === "resolve") this.happenings.push({ kind: what, incident, at });
    }
    this.begins(null);
    for (const change of changes) {
      if (change.table !== "source" || change.row.name !== "alerts") continue;
      this.read = change.row.read;
      this.happenings.push({ kind: "read", upTo: this.read });
    }
  }

  /** Nothing came of the turn at hand. */
  undone(): void {
    this.#tickAt = null;
  }
}
