import { rowsOf, under } from "./by-incident.ts";
import { addedKey, type AddedRow } from "./added-row.ts";
import { ACTIONS_A_KEY, addAction, isInForce, keyOfAction, type Action, type ActionKey } from "./action.ts";
import type { AlertIdentity } from "./alert.ts";
import type { AlertRow, AuditRow, Change, Counters, SourceRow } from "./change.ts";
import { chainedOn } from "./audit-chain.ts";
import type { Seal } from "./audit-seal.ts";
import { newDigest, type Digest, type ToldIn } from "./digest-event.ts";
import type { Incident } from "./incident.ts";
import { newLane, type Lane } from "./lane.ts";
import type { Mass, Surge } from "./mass-event.ts";
import type { Facts } from "./need.ts";
import type { Attempt, Mark, Receipt } from "./receipt.ts";
import { newBook, type LiveWindow, type WindowBook } from "./window.ts";
import type { Reminder, ReminderKind } from "./rhythm.ts";
import { ResponseView } from "./response-view.ts";
import type { Silence } from "./silence.ts";
import type { Work } from "./work.ts";

/**
 * The facts of a turn with the turn's own changes laid over them. Every decision reads here and writes here, so
 * that deciding two inputs together equals deciding them one after the other; `changes()` is what to commit.
 */
export class View {
  #counters: Counters;
  #countersBefore: Counters;
  readonly #sources = new Map<string, SourceRow>();
  readonly #alerts = new Map<string, AlertIdentity[]>();
  readonly #incidents = new Map<number, Incident>();
  readonly #newestOfGroup = new Map<string, number>();
  /** By incident, then by destination. */
  readonly #works = new Map<number, Map<string, Work>>();
  readonly #receipts = new Map<number, Map<string, Receipt>>();
  readonly #attempts = new Map<number, Attempt>();
  readonly #lanes = new Map<string, Lane>();
  /** By key, the newest first. */
  readonly #actions = new Map<string, Action[]>();
  readonly #surges = new Map<string, Surge>();
  readonly #masses = new Map<number, Mass>();
  readonly #windows = new Map<string, LiveWindow>();
  readonly #windowBooks = new Map<string, WindowBook>();
  readonly #reminders = new Map<string, Reminder>();
  readonly #digests = new Map<string, Digest>();
  readonly #silences = new Map<number, Silence>();
  #silenceCount: number;
  readonly responding: ResponseView;
  lastSeal: Seal | null;
  readonly #hushed: readonly Work[];
  /** By row, in the order of first change: one write for each row however often it changed. */
  readonly #changes = new Map<string, Change>();

  /** Ids of incidents whose timer was due before the turn. */
  readonly dueIncidents: readonly number[];
  /** Windows that ended before the turn, as `[policy, key]`. */
  readonly dueWindows: readonly (readonly [string, string])[];

  constructor(facts: Facts) {
    this.#counters = facts.counters;
    this.#countersBefore = facts.counters;
    for (const row of facts.sources) this.#sources.set(row.name, row);
    for (const row of facts.alerts) this.#addAlert(row);
    for (const row of facts.incidents) this.#addIncident(row);
    for (const row of facts.works) under(this.#works, row.incident).set(row.destination, row);
    for (const row of facts.receipts) under(this.#receipts, row.incident).set(row.destination, row);
    for (const row of facts.attempts) this.#attempts.set(row.id, row);
    this.dueIncidents = facts.dueIncidents;
    for (const row of facts.lanes) this.#lanes.set(row.destination, row);
    for (const row of facts.actions) addAction(this.#actions, row);
    for (const row of facts.surges) this.#surges.set(row.policy, row);
    for (const row of facts.masses) this.#masses.set(row.incident, row);
    const { live = [], due = [], books = [] } = facts.windows ?? {};
    for (const row of live) this.#windows.set(`${row.policy}\n${row.key}`, row);
    for (const row of books) this.#windowBooks.set(row.policy, row);
    this.dueWindows = due;
    for (const row of facts.reminders ?? []) this.#reminders.set(`${row.incident} ${row.kind}`, row);
    for (const row of facts.digests ?? []) this.#digests.set(row.destination, row);
    this.responding = new ResponseView(
      facts.responding,
      (key, change) => this.#changes.set(key, change),
      (row) => this.putAudit(row),
    );
    this.lastSeal = facts.lastSeal ?? null;
    for (const row of facts.silences ?? []) this.#silences.set(row.id, row);
    this.#silenceCount = facts.silenceCount ?? 0;
    this.#hushed = facts.hushed ?? [];
    // Theirs may have been loaded with their incidents as well, and are the same.
    for (const row of this.#hushed) under(this.#works, row.incident).set(row.destination, row);
  }

  source(name: string): SourceRow | undefined {
    return this.#sources.get(name);
  }
  /** Alerts known with the same origin and native id, whatever their timestamp and rule. */
  alertsWithId(origin: string, nativeId: string): readonly AlertIdentity[] {
    return this.#alerts.get(`${origin}\n${nativeId}`) ?? [];
  }
  incident(id: number): Incident | undefined {
    return this.#incidents.get(id);
  }
  newestOfGroup(policy: string, groupKey: string): Incident | undefined {
    const id = this.#newestOfGroup.get(`${policy}\n${groupKey}`);
    return id === undefined ? undefined : this.#incidents.get(id);
  }
  work(incident: number, destination: string): Work | undefined {
    return this.#works.get(incident)?.get(destination);
  }
  worksOf(incident: number): readonly Work[] {
    return rowsOf(this.#works, incident);
  }
  works(): readonly Work[] {
    return [...this.#works.values()].flatMap((works) => [...works.values()]);
  }
  receipt(incident: number, destination: string): Receipt | undefined {
    return this.#receipts.get(incident)?.get(destination);
  }
  receiptsOf(incident: number): readonly Receipt[] {
    return rowsOf(this.#receipts, incident);
  }
  attempt(id: number): Attempt | undefined {
    return this.#attempts.get(id);
  }
  /** All that are known of a step, in the order in which they were made. */
  attemptsOf({ incident, destination, step }: Omit<Mark, "install">): readonly Attempt[] {
    return [...this.#attempts.values()]
      .filter((one) => one.incident === incident && one.destination === destination && one.step === step)
      .toSorted((a, b) => a.id - b.id);
  }
  openAttempts(): readonly Attempt[] {
    return [...this.#attempts.values()].filter((attempt) => attempt.endedAt === null);
  }
  lane(destination: string): Lane {
    return this.#lanes.get(destination) ?? newLane(destination);
  }
  /** The newest with the key, and the one in force, newest first: as many as a turn of its own would have been told. */
  actionsOf(key: ActionKey): readonly Action[] {
    const all = this.#actions.get(keyOfAction(key)) ?? [];
    const inForce = all.find(isInForce);
    return all.filter((action, at) => at < ACTIONS_A_KEY || action === inForce);
  }
  actions(): readonly Action[] {
    return [...this.#actions.values()].flat();
  }

  surge(policy: string): Surge {
    return this.#surges.get(policy) ?? { policy, recent: [] };
  }
  mass(incident: number): Mass | undefined {
    return this.#masses.get(incident);
  }
  window(policy: string, key: string): LiveWindow | undefined {
    return this.#windows.get(`${policy}\n${key}`);
  }
  windowsOf(policy: string): readonly LiveWindow[] {
    return [...this.#windows.values()].filter((row) => row.policy === policy);
  }
  windowBook(policy: string): WindowBook {
    return this.#windowBooks.get(policy) ?? newBook(policy);
  }

  /** Those that were due before the turn, as they are now, and those that were set in it. */
  reminders(): readonly Reminder[] {
    return [...this.#reminders.values()];
  }
  digest(destination: string): Digest {
    return this.#digests.get(destination) ?? newDigest(destination);
  }

  silence(id: number): Silence | undefined {
    return this.#silences.get(id);
  }
  get silenceCount(): number {
    return this.#silenceCount;
  }
  /** Those of a destination that were asked for, as they were before the turn. */
  hushed(destination: string): readonly Work[] {
    return this.#hushed.filter((work) => work.destination === destination);
  }

  get counters(): Counters {
    return this.#counters;
  }
  nextId(of: "incident" | "attempt" | "audit"): number {
    const id = this.#counters[of] + 1;
    this.#counters = { ...this.#counters, [of]: id };
    return id;
  }

  putSource(row: SourceRow): void {
    this.#sources.set(row.name, row);
    this.#changes.set(`source ${row.name}`, { table: "source", row });
  }
  putAlert(row: AlertRow): void {
    this.#addAlert(row.identity);
    const { origin, nativeId, stamp, ruleId } = row.identity;
    this.#changes.set(`alert ${origin}\n${nativeId}\n${stamp}\n${ruleId}`, { table: "alert", row });
  }
  putIncident(row: Incident): void {
    this.#addIncident(row);
    this.#changes.set(`incident ${row.id}`, { table: "incident", row });
  }
  putWork(row: Work): void {
    under(this.#works, row.incident).set(row.destination, row);
    this.#changes.set(`work ${row.incident} ${row.destination}`, { table: "work", row });
  }
  removeWork(incident: number, destination: string): void {
    this.#works.get(incident)?.delete(destination);
    this.#changes.set(`work ${incident} ${destination}`, { table: "work_done", incident, destination });
  }
  putReceipt(row: Receipt): void {
    under(this.#receipts, row.incident).set(row.destination, row);
    this.#changes.set(`receipt ${row.incident} ${row.destination}`, { table: "receipt", row });
  }
  putAttempt(row: Attempt): void {
    this.#attempts.set(row.id, row);
    this.#changes.set(`attempt ${row.id}`, { table: "attempt", row });
  }
  putLane(row: Lane): void {
    this.#lanes.set(row.destination, row);
    this.#changes.set(`lane ${row.destination}`, { table: "lane", row });
  }
  putAction(row: Action): void {
    addAction(this.#actions, row);
    this.#changes.set(`action ${keyOfAction(row)} ${row.beganAt}`, { table: "action", row });
  }
  putSurge(row: Surge): void {
    this.#surges.set(row.policy, row);
    this.#changes.set(`surge ${row.policy}`, { table: "surge", row });
  }
  putMass(row: Mass): void {
    this.#masses.set(row.incident, row);
    this.#changes.set(`mass ${row.incident}`, { table: "mass", row });
  }
  putWindow(row: LiveWindow): void {
    this.#windows.set(`${row.policy}\n${row.key}`, row);
    this.#changes.set(`window ${row.policy}\n${row.key}`, { table: "window", row });
  }
  removeWindow(policy: string, key: string): void {
    this.#windows.delete(`${policy}\n${key}`);
    this.#changes.set(`window ${policy}\n${key}`, { table: "window_gone", policy, key });
  }
  putWindowBook(row: WindowBook): void {
    this.#windowBooks.set(row.policy, row);
    this.#changes.set(`window book ${row.policy}`, { table: "window_book", row });
  }
  putReminder(row: Reminder): void {
    this.#reminders.set(`${row.incident} ${row.kind}`, row);
    this.#changes.set(`reminder ${row.incident} ${row.kind}`, { table: "reminder", row });
  }
  removeReminder(incident: number, kind: ReminderKind): void {
    this.#reminders.delete(`${incident} ${kind}`);
    this.#changes.set(`reminder ${incident} ${kind}`, { table: "reminder_done", incident, kind });
  }
  putDigest(row: Digest): void {
    this.#digests.set(row.destination, row);
    this.#changes.set(`digest ${row.destination}`, { table: "digest", row });
  }
  putToldIn(row: ToldIn): void {
    this.#changes.set(`told_in ${row.incident} ${row.destination}`, { table: "told_in", row });
  }
  removeToldIn(incident: number, destination: string): void {
    this.#changes.set(`told_in ${incident} ${destination}`, { table: "told_in_gone", incident, destination });
  }
  putSilence(row: Silence): void {
    if (!this.#silences.has(row.id)) this.#silenceCount += 1;
    this.#silences.set(row.id, row);
    this.#changes.set(`silence ${row.id}`, { table: "silence", row });
  }
  removeSilence(id: number): void {
    this.#silences.delete(id);
    this.#changes.set(`silence ${id}`, { table: "silence_gone", id });
  }
  /** Answers with its number. */
  putAudit(row: Omit<AuditRow, "id" | "hash">): number {
    const { counters, row: audited } = chainedOn(this.#counters, row);
    this.#counters = counters;
    this.#changes.set(`audit ${audited.id}`, { table: "audit", row: audited });
    return audited.id;
  }
  /** Rows that nothing reads back within a turn. */
  add(change: AddedRow): void {
    this.#changes.set(addedKey(change), change);
  }

  changes(): readonly Change[] {
    if (this.#counters === this.#countersBefore) return [...this.#changes.values()];
    return [{ table: "counters", row: this.#counters }, ...this.#changes.values()];
  }

  #addAlert(identity: AlertIdentity): void {
    const key = `${identity.origin}\n${identity.nativeId}`;
    const known = this.#alerts.get(key);
    if (known === undefined) this.#alerts.set(key, [identity]);
    else known.push(identity);
  }
  #addIncident(incident: Incident): void {
    this.#incidents.set(incident.id, incident);
    const group = `${incident.policy}\n${incident.groupKey}`;
    if (incident.id >= (this.#newestOfGroup.get(group) ?? 0)) this.#newestOfGroup.set(group, incident.id);
  }
}
