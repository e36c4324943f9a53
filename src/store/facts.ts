import type { DatabaseSync } from "node:sqlite";
import { ACTIONS_A_KEY, keyOfAction, type Action } from "../core/action.ts";
import type { AlertIdentity } from "../core/alert.ts";
import type { Incident } from "../core/incident.ts";
import type { HushedPlace } from "../core/input.ts";
import {
  ATTEMPTS_A_STEP,
  DUE_INCIDENTS_A_TURN,
  DUE_WINDOWS_A_TURN,
  HUSHED_A_TURN,
  INHIBITORS_MOST,
  ORPHANS_A_TURN,
  type Facts,
  type Need,
  type WindowFacts,
} from "../core/need.ts";
import { MASS_GROUP, massedPolicy, massPolicyName, type Surge } from "../core/mass-event.ts";
import type { Reason } from "../core/outcome.ts";
import type { Attempt } from "../core/receipt.ts";
import type { Reminder } from "../core/rhythm.ts";
import type { Silence } from "../core/silence.ts";
import type { Instant } from "../core/time.ts";
import type { LiveWindow } from "../core/window.ts";
import type { Work } from "../core/work.ts";
import { countersOf, sealOf } from "./audit-rows.ts";
import { digestOf, reminderOf } from "./rhythm-rows.ts";
import {
  actionOf,
  attemptOf,
  incidentOf,
  laneOf,
  massOf,
  receiptOf,
  silenceOf,
  sourceOf,
  surgeOf,
  workOf,
} from "./rows.ts";
import { judgedIn, RespondFactReader } from "./respond-facts.ts";
import { FACT_SQL } from "./fact-sql.ts";
import { prepareSelect, type Select } from "./select.ts";
import { fromText, toText } from "./text.ts";
import { absentGroups, crowded } from "./window-groups.ts";
import { liveWindowOf, windowBookOf } from "./window-rows.ts";

/** Answers a `Need`: its questions, prepared once. Run it inside one transaction. */
export class FactReader {
  readonly #ask: Readonly<Record<keyof typeof FACT_SQL, Select>>;
  readonly #responding: RespondFactReader;

  constructor(db: DatabaseSync) {
    this.#responding = new RespondFactReader(db);
    const prepared = Object.entries(FACT_SQL).map(([name, sql]) => [name, prepareSelect(db, sql)]);
    this.#ask = Object.fromEntries(prepared) as Record<keyof typeof FACT_SQL, Select>;
  }

  read(need: Need): Facts {
    const dueIncidents = this.#due(need.due);
    const incidents = new Map(dueIncidents.map((incident) => [incident.id, incident]));
    const windows = this.#windows(need);
    const groups = [...need.groups, ...absentGroups(windows)];
    for (const incident of this.#newestOfGroups(groups)) incidents.set(incident.id, incident);
    const open = this.#openOf(need);
    for (const incident of open) incidents.set(incident.id, incident);
    const actions = this.#actions(need);
    const responding = need.responding === undefined ? undefined : this.#responding.read(need.responding);
    const surges = this.#surges(groups, dueIncidents);
    for (const incident of this.#newestOfGroups(surges.map(massGroupOf))) incidents.set(incident.id, incident);
    const reminders = this.#reminders(need);
    const digests = [...need.digests].flatMap((name) => this.#ask.digest.all(name)).map(digestOf);
    const surging = surges.flatMap(({ recent }) => recent.map(({ incident }) => incident));
    this.#addIncidents(incidents, [
      ...need.incidents,
      ...[...actions, ...judgedIn(responding)].flatMap(({ incident }) => incident ?? []),
      ...surging,
      ...reminders.map(({ incident }) => incident),
      ...digests.map(({ incident }) => incident),
    ]);
    this.#addIncidents(
      incidents,
      [...incidents.values()].map(({ collapsedInto }) => collapsedInto ?? 0),
    );
    const masses = [...incidents.values()].filter(({ policy }) => massedPolicy(policy) !== null);
    const attempts = this.#attempts(need);
    const withWorks = new Set(incidents.keys());
    for (const attempt of attempts) if (attempt.endedAt === null) withWorks.add(attempt.incident);
    return {
      counters: countersOf(this.#ask.counters.get() ?? []),
      sources: [...need.sources].flatMap((name) => this.#ask.source.all(name)).map(sourceOf),
      alerts: this.#alerts(need.alerts),
      incidents: [...incidents.values()],
      dueIncidents: dueIncidents.map((incident) => incident.id),
      works: this.#works(need, withWorks),
      receipts: [...withWorks].flatMap((id) => this.#ask.receipts.all(id)).map(receiptOf),
      attempts,
      lanes: [...need.lanes].flatMap((destination) => this.#ask.lane.all(destination)).map(laneOf),
      actions,
      surges,
      masses: masses.flatMap(({ id }) => this.#ask.mass.all(id)).map(massOf),
      ...(windows !== null && { windows }),
      reminders,
      digests,
      ...(responding !== undefined && { responding }),
      ...(need.hushed.length > 0 && { hushed: this.#hushed(need) }),
      ...(need.lastConfig === true && { lastConfig: (this.#ask.lastConfig.all()[0]?.[0] ?? null) as string | null }),
      ...(need.lastSeal === true && { lastSeal: this.#ask.lastSeal.all().map(sealOf)[0] ?? null }),
      ...(need.openOf.size > 0 && { open: open.map(({ id }) => id) }),
      ...((need.silences === "all" || need.silences.size > 0) && this.#silences(need)),
    };
  }

  /** Where no policy has a window nobody asks. */
  #windows({ windows, dueWindows, windowRoom, due: asked }: Need): WindowFacts | null {
    if (windows.size === 0 && !dueWindows) return null;
    const due: LiveWindow[] = [];
    if (dueWindows) {
      this.#ofSources(asked, this.#ask.nextSourceWithWindows, (source, before) =>
        due.push(...this.#ask.dueWindows.all(source, before, DUE_WINDOWS_A_TURN).map(liveWindowOf)),
      );
    }
    const named = [...windows.values()].flatMap(([policy, key]) =>
      this.#ask.window.all(toText(policy), toText(key)).map(liveWindowOf),
    );
    const policies = new Set([...[...windows.values()].map(([policy]) => policy), ...due.map(({ policy }) => policy)]);
    const books = [...policies].flatMap((policy) => this.#ask.windowBook.all(toText(policy)).map(windowBookOf));
    for (const { policy, source, before } of crowded(windows, windowRoom, books)) {
      const over = this.#ask.dueWindows.all(source, before, DUE_WINDOWS_A_TURN).map(liveWindowOf);
      due.push(...over.filter((row) => row.policy === policy));
    }
    const live = new Map([...due, ...named].map((row) => [`${row.policy}\n${row.key}`, row]));
    const ending = new Map(due.map(({ policy, key }) => [`${policy}\n${key}`, [policy, key] as const]));
    return { live: [...live.values()], due: [...ending.values()], books };
  }

  #openOf({ openOf }: Need): Incident[] {
    return [...openOf].flatMap((policy) => this.#ask.openOf.all(policy, INHIBITORS_MOST)).map(incidentOf);
  }

  #hushed({ hushed }: Need): Work[] {
    return hushed.flatMap(({ destination, reason, after }) =>
      this.#ask.hushed.all(destination, ...placeOfHushed(reason, after), HUSHED_A_TURN).map(workOf),
    );
  }

  #silences({ silences }: Need): { readonly silences: readonly Silence[]; readonly silenceCount: number } {
    const found =
      silences === "all" ? this.#ask.silences.all() : [...silences].flatMap((id) => this.#ask.silence.all(id));
    return { silences: found.map(silenceOf), silenceCount: this.#ask.silenceCount.get()?.[0] as number };
  }

  #addIncidents(incidents: Map<number, Incident>, ids: readonly number[]): void {
    for (const id of ids) {
      const row = id === 0 || incidents.has(id) ? undefined : this.#ask.incident.get(id);
      if (row !== undefined) incidents.set(id, incidentOf(row));
    }
  }

  #surges(groups: Need["groups"], due: readonly Incident[]): Surge[] {
    const policies = new Set([...groups.map(([policy]) => policy), ...due.map(({ policy }) => policy)]);
    return [...policies].flatMap((policy) => this.#ask.surge.all(policy)).map(surgeOf);
  }

  #actions({ actions: asked, due }: Need): Action[] {
    const found = new Map<string, Action>();
    const add = (rows: readonly (readonly unknown[])[]): void => {
      for (const action of rows.map(actionOf)) found.set(`${keyOfAction(action)} ${action.beganAt}`, action);
    };
    for (const { agentId, program, target } of asked.values()) {
      const key = [toText(agentId), toText(program), toText(target)];
      add(this.#ask.actions.all(...key, ACTIONS_A_KEY));
      add(this.#ask.inForce.all(...key));
    }
    this.#ofSources(due, this.#ask.nextSourceWithActions, (source, before) =>
      add(this.#ask.dueActions.all(source, before, DUE_INCIDENTS_A_TURN)),
    );
    return [...found.values()];
  }

  #reminders({ due }: Need): Reminder[] {
    const found: Reminder[] = [];
    this.#ofSources(due, this.#ask.nextSourceWithReminders, (source, before) => {
      found.push(...this.#ask.dueReminders.all(source, before, DUE_INCIDENTS_A_TURN).map(reminderOf));
    });
    return found;
  }

  #alerts(asked: Need["alerts"]): AlertIdentity[] {
    const known: AlertIdentity[] = [];
    const seen = new Set<string>();
    for (const [origin, nativeId] of asked) {
      const key = `${origin}\n${nativeId}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (const [stamp, ruleId] of this.#ask.alerts.all(toText(origin), toText(nativeId))) {
        known.push({ origin, nativeId, stamp: fromText(stamp as string), ruleId: fromText(ruleId as string) });
      }
    }
    return known;
  }

  #newestOfGroups(asked: Need["groups"]): Incident[] {
    const newest: Incident[] = [];
    const seen = new Set<string>();
    for (const [policy, groupKey] of asked) {
      const key = `${policy}\n${groupKey}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const row = this.#ask.newestOfGroup.get(policy, toText(groupKey));
      if (row !== undefined) newest.push(incidentOf(row));
    }
    return newest;
  }

  #due(asked: Need["due"]): Incident[] {
    const due = new Map<number, Incident>();
    this.#ofSources(asked, this.#ask.nextSourceWithTimers, (source, before) => {
      for (const row of this.#ask.due.all(source, before, DUE_INCIDENTS_A_TURN)) {
        const incident = incidentOf(row);
        due.set(incident.id, incident);
      }
    });
    return [...due.values()];
  }

  /** Asks for each source that is named, and where a time is for all others for each of those. */
  #ofSources(asked: Need["due"], next: Select, take: (source: string, before: Instant) => void): void {
    const named = new Set(asked.map(({ source }) => source));
    for (const { source, before } of asked) {
      if (source !== null) take(source, before);
      else for (const other of leap(next)) if (!named.has(other)) take(other, before);
    }
  }

  #attempts(need: Need): Attempt[] {
    const rows = [...need.attempts].flatMap((id) => this.#ask.attempt.all(id));
    for (const { incident, destination, step } of need.steps) {
      rows.push(...this.#ask.attemptsOfStep.all(incident, toText(destination), step, ATTEMPTS_A_STEP));
    }
    if (need.openAttempts > 0) rows.push(...this.#ask.openAttempts.all(need.openAttempts));
    return [...new Map(rows.map(attemptOf).map((attempt) => [attempt.id, attempt])).values()];
  }

  #works(need: Need, incidents: ReadonlySet<number>): Work[] {
    const works = [...incidents].flatMap((id) => this.#ask.works.all(id)).map(workOf);
    const add = (more: readonly Work[]): void => {
      for (const work of more) if (!incidents.has(work.incident)) works.push(work);
    };
    for (const [destination, reason] of need.deadOf) {
      add(this.#ask.dead.all(destination, reason, reason, ORPHANS_A_TURN).map(workOf));
    }
    if (need.orphansExcept === null) return works;
    let room = ORPHANS_A_TURN;
    for (const destination of leap(this.#ask.nextDestinationWithWork)) {
      if (room === 0) break;
      if (need.orphansExcept.includes(destination)) continue;
      const orphans = this.#ask.live.all(destination, room).map(workOf);
      add(orphans);
      room -= orphans.length;
    }
    return works;
  }
}

/** Behind which place to begin, and the last reason to look at. */
export function placeOfHushed(
  reason: Reason | null,
  after: HushedPlace | null,
): readonly [string, number, number, string] {
  const { reason: from, sinceAt, incident } = after ?? { reason, sinceAt: -1, incident: 0 };
  return [from ?? "", sinceAt, incident, reason ?? BEHIND_ALL_REASONS];
}

const BEHIND_ALL_REASONS = "~";

function massGroupOf({ policy }: Surge): readonly [string, string] {
  return [massPolicyName(policy), MASS_GROUP];
}

/** The different values at the start of an index, found by leaping from one to the next. */
function* leap(next: Select): Generator<string> {
  let row = next.get("");
  while (typeof row?.[0] === "string") {
    yield row[0];
    row = next.get(row[0]);
  }
}
