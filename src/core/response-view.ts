import { auditOfResponse } from "./audit-response.ts";
import type { AuditRow, Change } from "./change.ts";
import { keyOfResponse, NO_RESPONSES, RESPONSES_A_TARGET, type RespondFacts } from "./respond-need.ts";
import { isBeforeSending, keyOfTarget, type Response, type Sighting, type Stop, type TargetKey } from "./response.ts";
import type { Instant } from "./time.ts";

/** Told of each row that is to be written, by what names it. */
type Changed = (key: string, change: Change) => void;

/** Told of each row of the audit. */
type Audited = (row: Omit<AuditRow, "id" | "hash">) => void;

/** The part of a turn's view that is about responses. */
export class ResponseView {
  readonly #responses = new Map<number, Response>();
  /** By target, the newest first. */
  readonly #ofTarget = new Map<string, number[]>();
  readonly #tokens = new Map<string, number>();
  readonly #due: readonly number[];
  readonly #recent: Set<number>;
  readonly #sightings = new Map<string, Sighting[]>();
  readonly #hasLive: boolean;
  readonly #changed: Changed;
  readonly #audited: Audited;
  #lastId: number;
  #stop: Stop | null;

  constructor(facts: RespondFacts = NO_RESPONSES, changed: Changed = () => {}, audited: Audited = () => {}) {
    this.#lastId = facts.lastId;
    this.#stop = facts.stop;
    this.#due = facts.due;
    this.#hasLive = facts.hasLive;
    this.#recent = new Set(facts.recent);
    for (const row of facts.responses) this.#keep(row);
    for (const row of facts.sightings) this.#keepSighting(row);
    this.#changed = changed;
    this.#audited = audited;
  }

  /** Null: responses are not stopped. */
  get stop(): Stop | null {
    return this.#stop;
  }

  get(id: number): Response | undefined {
    return this.#responses.get(id);
  }
  byToken(token: string): Response | undefined {
    const id = this.#tokens.get(token);
    return id === undefined ? undefined : this.#responses.get(id);
  }
  to(key: TargetKey): readonly Response[] {
    const ids = this.#ofTarget.get(keyOfTarget(key)) ?? [];
    return ids.slice(0, RESPONSES_A_TARGET).flatMap((id) => this.#responses.get(id) ?? []);
  }
  due(): readonly Response[] {
    return this.#due.flatMap((id) => this.#responses.get(id) ?? []);
  }
  /** Those that guardrails count: what was begun, and what of this turn may be. */
  recent(): readonly Response[] {
    return [...this.#recent].flatMap((id) => this.#responses.get(id) ?? []);
  }
  waiting(): readonly Response[] {
    return [...this.#responses.values()].filter(isBeforeSending);
  }
  get hasLive(): boolean {
    return this.#hasLive || [...this.#responses.values()].some(({ dueAt }) => dueAt !== null);
  }
  sightingsOf(address: string): readonly Sighting[] {
    return this.#sightings.get(address) ?? [];
  }
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
  put(row: Response): void {
    const audit = auditOfResponse(this.#responses.get(row.id), row);
    if (audit !== null) this.#audited(audit);
    this.#keep(row);
    this.#changed(`response ${row.id}`, { table: "response", row });
  }
  putSighting(row: Sighting): void {
    this.#keepSighting(row);
    this.#changed(`sighting ${keyOfSighting(row)}`, { table: "sighting", row });
  }
  forgetSightings(before: Instant): void {
    this.#changed("sightings_before", { table: "sightings_before", before });
  }
  putStop(stop: Stop | null): void {
    this.#stop = stop;
    this.#changed("respond_stop", { table: "respond_stop", row: { stop } });
  }

  #keep(row: Response): void {
    if (!this.#responses.has(row.id)) {
      const key = keyOfResponse(row);
      const ids = [...(this.#ofTarget.get(key) ?? []), row.id];
      this.#ofTarget.set(
        key,
        ids.toSorted((a, b) => b - a),
      );
      this.#tokens.set(row.token, row.id);
    }
    this.#responses.set(row.id, row);
    if (isBeforeSending(row) || row.countedAt !== null) this.#recent.add(row.id);
  }
  #keepSighting(row: Sighting): void {
    const others = this.sightingsOf(row.address).filter((one) => !isOfOne(one, row));
    this.#sightings.set(row.address, [row, ...others]);
  }
}

/** Of the same somebody, at the same address. */
function isOfOne(one: Sighting, other: Sighting): boolean {
  return one.user === other.user && one.agentId === other.agentId && one.kind === other.kind;
}

export function keyOfSighting({ kind, address, agentId, user }: Sighting): string {
  return JSON.stringify([kind, address, agentId, user]);
}
