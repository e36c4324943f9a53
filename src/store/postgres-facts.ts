import { ACTIONS_A_KEY } from "../core/action.ts";
import type { AlertIdentity } from "../core/alert.ts";
import {
  ATTEMPTS_A_STEP,
  DUE_INCIDENTS_A_TURN,
  DUE_WINDOWS_A_TURN,
  INHIBITORS_MOST,
  ORPHANS_A_TURN,
  type Facts,
  type Need,
  type WindowFacts,
} from "../core/need.ts";
import type { Incident } from "../core/incident.ts";
import { MASS_GROUP, massedPolicy, massPolicyName } from "../core/mass-event.ts";
import type { Work } from "../core/work.ts";
import { POSTGRES_FACT_SQL } from "./postgres-fact-sql.ts";
import { askForHushed } from "./postgres-hushed.ts";
import { all, type PostgresSession, type Question } from "./postgres-session.ts";
import { factsOfWindows, policiesOf } from "./postgres-window-facts.ts";
import { numberArray, textArray } from "./postgres-values.ts";
import { countersOf, sealOf } from "./audit-rows.ts";
import { digestOf, reminderOf } from "./rhythm-rows.ts";
import { readRespondFacts } from "./postgres-respond-facts.ts";
import { judgedIn } from "./respond-facts.ts";
import {
  actionOf,
  attemptOf,
  incidentOf,
  laneOf,
  massOf,
  receiptOf,
  sourceOf,
  surgeOf,
  workOf,
  type Row,
} from "./rows.ts";
import { absentGroups, crowded } from "./window-groups.ts";
import { windowBookOf } from "./window-rows.ts";
import { fromText, toText } from "./text.ts";

type Ask = (name: keyof typeof POSTGRES_FACT_SQL, ...values: Question["values"]) => Promise<Row[]>;

/**
 * Answers a `Need` in two journeys: what it names, and then what comes with the incidents that were found; where
 * incidents are told together, or were about to be, in up to three more. No transaction holds them together, since nobody but the one who asks ever writes.
 */
export async function readFacts(session: PostgresSession, need: Need): Promise<Facts> {
  const ask: Ask = (name, ...values) => session.ask({ name, text: POSTGRES_FACT_SQL[name], values });
  const none = Promise.resolve<Row[]>([]);
  const [counters, sources, alerts, due, groups, named, attempts, lanes, dead, live, actionRows, late, told, openRows] =
    await all([
      ask("counters"),
      need.sources.size === 0 ? none : ask("sources", textArray([...need.sources])),
      need.alerts.length === 0 ? none : ask("alerts", ...pairs(need.alerts, toText)),
      askForDue(ask, need.due, "due", "dueOfOthers"),
      need.groups.length === 0 ? none : ask("newestOfGroups", ...pairs(need.groups)),
      need.incidents.size === 0 ? none : ask("incidents", numberArray([...need.incidents])),
      askForAttempts(ask, need),
      need.lanes.size === 0 ? none : ask("lanes", textArray([...need.lanes].map(toText))),
      together([...need.deadOf].map(([name, reason]) => ask("dead", toText(name), reason, ORPHANS_A_TURN))),
      need.orphansExcept === null ? none : ask("live", ORPHANS_A_TURN, textArray(need.orphansExcept)),
      askForActions(ask, need),
      askForDue(ask, need.due, "dueReminders", "dueRemindersOfOthers"),
      need.digests.size === 0 ? none : ask("digests", textArray([...need.digests])),
      need.openOf.size === 0 ? none : ask("openOf", textArray([...need.openOf]), INHIBITORS_MOST),
    ]);
  const responding = need.responding === undefined ? undefined : await readRespondFacts(session, need.responding);
  const answered = judgedIn(responding).map(({ incident }) => incident);
  const actions = [...new Map(actionRows.map((row) => [row.slice(0, 4).join("\n"), row])).values()].map(actionOf);
  const dueIncidents = [...new Set(due.map((row) => incidentOf(row).id))];
  const incidents = new Map(
    [...due, ...groups, ...named, ...openRows].map(incidentOf).map((incident) => [incident.id, incident]),
  );
  const windows = await askForWindows(ask, need);
  const absent = absentGroups(windows);
  const ended = absent.length === 0 ? [] : await ask("newestOfGroups", ...pairs(absent));
  for (const incident of ended.map(incidentOf)) incidents.set(incident.id, incident);
  const surges = (await askForSurges(ask, [...need.groups, ...absent], due)).map(surgeOf);
  const masses = surges.map(({ policy }): readonly [string, string] => [massPolicyName(policy), MASS_GROUP]);
  const newest = masses.length === 0 ? [] : await ask("newestOfGroups", ...pairs(masses));
  for (const incident of newest.map(incidentOf)) incidents.set(incident.id, incident);
  const acted = actions.flatMap(({ incident }) => incident ?? []);
  const surging = surges.flatMap(({ recent }) => recent.map(({ incident }) => incident));
  const [reminders, digests] = [late.map(reminderOf), told.map(digestOf)];
  const meant = [...reminders, ...digests].map(({ incident }) => incident);
  await addIncidents(ask, incidents, [...acted, ...surging, ...meant, ...answered]);
  await addIncidents(
    ask,
    incidents,
    [...incidents.values()].map(({ collapsedInto }) => collapsedInto ?? 0),
  );
  const massIds = [...incidents.values()].filter(({ policy }) => massedPolicy(policy) !== null).map(({ id }) => id);
  const found = attempts.map(attemptOf);
  const withWorks = new Set(incidents.keys());
  for (const attempt of found) if (attempt.endedAt === null) withWorks.add(attempt.incident);
  const [works, receipts, massRows] = await all([
    withWorks.size === 0 ? none : ask("works", numberArray([...withWorks])),
    withWorks.size === 0 ? none : ask("receipts", numberArray([...withWorks])),
    massIds.length === 0 ? none : ask("masses", numberArray(massIds)),
  ]);
  const others = [...dead, ...live]
    .map(workOf)
    .filter((work) => !withWorks.has(work.incident))
    .toSorted(byIncident);
  return {
    counters: countersOf(counters[0]!),
    sources: sources.map(sourceOf),
    alerts: alerts.map(identityOf),
    incidents: [...incidents.values()],
    dueIncidents,
    works: [...inOrderOf(withWorks, works.map(workOf)), ...others],
    receipts: inOrderOf(withWorks, receipts.map(receiptOf)),
    attempts: found,
    lanes: lanes.map(laneOf),
    actions,
    surges,
    masses: massRows.map(massOf),
    ...(windows !== null && { windows }),
    reminders,
    digests,
    ...(responding !== undefined && { responding }),
    ...(need.openOf.size > 0 && { open: openRows.map((row) => incidentOf(row).id) }),
    ...(need.lastSeal === true && { lastSeal: (await ask("lastSeal")).map(sealOf)[0] ?? null }),
    ...(need.lastConfig === true && { lastConfig: ((await ask("lastConfig"))[0]?.[0] ?? null) as string | null }),
    ...(await askForHushed(ask, need)),
  };
}

async function addIncidents(ask: Ask, incidents: Map<number, Incident>, ids: readonly number[]): Promise<void> {
  const unknown = [...new Set(ids)].filter((id) => id !== 0 && !incidents.has(id));
  const rows = unknown.length === 0 ? [] : await ask("incidents", numberArray(unknown));
  for (const incident of rows.map(incidentOf)) incidents.set(incident.id, incident);
}

function askForSurges(ask: Ask, groups: Need["groups"], due: readonly Row[]): Promise<Row[]> {
  const policies = new Set([...groups.map(([policy]) => policy), ...due.map((row) => incidentOf(row).policy)]);
  return policies.size === 0 ? Promise.resolve<Row[]>([]) : ask("surges", textArray([...policies]));
}

async function askForDue(
  ask: Ask,
  asked: Need["due"],
  ofOne: "due" | "dueActions" | "dueWindows" | "dueReminders",
  ofOthers: "dueOfOthers" | "dueActionsOfOthers" | "dueWindowsOfOthers" | "dueRemindersOfOthers",
  most: number = DUE_INCIDENTS_A_TURN,
): Promise<Row[]> {
  const named = [...new Set(asked.flatMap(({ source }) => source ?? []))];
  return together(
    asked.map(({ source, before }) =>
      source === null ? ask(ofOthers, before, most, textArray(named)) : ask(ofOne, source, before, most),
    ),
  );
}

async function askForActions(ask: Ask, { actions, due }: Need): Promise<Row[]> {
  const keys = [...actions.values()];
  const column = (of: "agentId" | "program" | "target"): string => textArray(keys.map((key) => toText(key[of])));
  const [named, late] = await all([
    keys.length === 0
      ? Promise.resolve<Row[]>([])
      : ask("actions", column("agentId"), column("program"), column("target"), ACTIONS_A_KEY),
    askForDue(ask, due, "dueActions", "dueActionsOfOthers"),
  ]);
  return [...named, ...late];
}

/** Where no policy has a window nobody asks. */
async function askForWindows(ask: Ask, need: Need): Promise<WindowFacts | null> {
  const { windows, dueWindows, windowRoom, due } = need;
  if (windows.size === 0 && !dueWindows) return null;
  const none = Promise.resolve<Row[]>([]);
  const [named, ended] = await all([
    windows.size === 0 ? none : ask("windows", ...pairs([...windows.values()], toText)),
    dueWindows ? askForDue(ask, due, "dueWindows", "dueWindowsOfOthers", DUE_WINDOWS_A_TURN) : none,
  ]);
  const policies = policiesOf(windows, ended);
  const books = policies.length === 0 ? [] : await ask("windowBooks", textArray(policies));
  const over: Row[] = [];
  for (const { policy, source, before } of crowded(windows, windowRoom, books.map(windowBookOf))) {
    const found = await ask("dueWindows", source, before, DUE_WINDOWS_A_TURN);
    over.push(...found.filter(([of]) => of === toText(policy)));
  }
  return factsOfWindows(named, [...ended, ...over], books);
}

async function askForAttempts(ask: Ask, need: Need): Promise<Row[]> {
  const { attempts, steps, openAttempts } = need;
  const numbers = (of: "incident" | "step"): string => numberArray(steps.map((step) => step[of]));
  const destinations = textArray(steps.map(({ destination }) => toText(destination)));
  const none = Promise.resolve<Row[]>([]);
  const found = await together([
    attempts.size === 0 ? none : ask("attempts", numberArray([...attempts])),
    steps.length === 0
      ? none
      : ask("attemptsOfSteps", numbers("incident"), destinations, numbers("step"), ATTEMPTS_A_STEP),
    openAttempts === 0 ? none : ask("openAttempts", openAttempts),
  ]);
  return [...new Map(found.map((row) => [row[0], row])).values()];
}

async function together(answers: readonly Promise<Row[]>[]): Promise<Row[]> {
  return (await all(answers)).flat();
}

function pairs(
  asked: readonly (readonly [string, string])[],
  first: (text: string) => string = (text) => text,
): [string, string] {
  return [textArray(asked.map(([one]) => first(one))), textArray(asked.map(([, other]) => toText(other)))];
}

/** Rows in the order in which their incidents were found. */
function inOrderOf<Found extends { readonly incident: number }>(
  ids: Iterable<number>,
  found: readonly Found[],
): Found[] {
  const ofIncident = Map.groupBy(found, ({ incident }) => incident);
  return [...ids].flatMap((id) => ofIncident.get(id) ?? []);
}

function byIncident(one: Work, other: Work): number {
  return one.incident - other.incident || (one.destination < other.destination ? -1 : 1);
}

function identityOf(row: Row): AlertIdentity {
  const [origin, nativeId, stamp, ruleId] = (row as readonly string[]).map(fromText) as [
    string,
    string,
    string,
    string,
  ];
  return { origin, nativeId, stamp, ruleId };
}
