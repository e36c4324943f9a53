import { ASKED_MOST } from "../core/asked-approval.ts";
import { digestedFor, newDigest } from "../core/digest-event.ts";
import { newLane } from "../core/lane.ts";
import type { Incident } from "../core/incident.ts";
import { massedPolicy, MEMBERS_SHOWN } from "../core/mass-event.ts";
import type { Moment } from "../core/moments.ts";
import type { Response } from "../core/response.ts";
import { EMPTY_LOOKS_BEFORE_REPEAT } from "../core/work.ts";
import { MEMBER_STATES, membersOf, saysOfResponses, WORST_FIRST } from "./claim.ts";
import { ATTEMPT, DIGEST, INCIDENT, LANE, MASS, MOMENT, RECEIPT, RESPONSE, WORK } from "./columns.ts";
import { all, type PostgresSession, type Question } from "./postgres-session.ts";
import { numberArray, textArray } from "./postgres-values.ts";
import { responseOf } from "./respond-rows.ts";
import { digestOf } from "./rhythm-rows.ts";
import { attemptOf, incidentOf, laneOf, momentOf, receiptOf, workOf, type Row } from "./rows.ts";
import type { Claim, ClaimedDigest, ClaimedWork, ClaimQuery } from "./store.ts";
import { fromText } from "./text.ts";

// The words of `work_due`'s own condition, so that it may serve: asked one priority at a time it is read in order
// and from where it matters, and the hundred thousand that are not yet due are never looked at.
const CLAIMABLE = "destination = $1 AND priority = urgency AND state IN ('ready', 'unknown', 'watched', 'hushed')";

export const POSTGRES_CLAIM_SQL = {
  due: `SELECT due.* FROM generate_series(0, 3) AS urgency CROSS JOIN LATERAL (
      SELECT ${WORK} FROM work WHERE ${CLAIMABLE} AND due_at <= $2
        AND (due_at, incident) > (($4::bigint[])[urgency + 1], ($5::bigint[])[urgency + 1])
      ORDER BY due_at, incident LIMIT $3
    ) AS due
    ORDER BY due.priority, due.due_at, due.incident LIMIT $3`,
  // Few, and found by `work_state` however many others wait: said so that `work_due`, which has them all, can't serve.
  lost: `SELECT ${WORK} FROM work WHERE destination = $1 AND state BETWEEN 'unknown' AND 'unknown' AND due_at <= $2
      AND looks < ${EMPTY_LOOKS_BEFORE_REPEAT}
    ORDER BY due_at, incident LIMIT $3`,
  nextDue: `SELECT min(due.at) FROM generate_series(0, 3) AS urgency CROSS JOIN LATERAL (
      SELECT min(due_at) AS at FROM work WHERE ${CLAIMABLE} AND due_at > $2
    ) AS due`,
  lane: `SELECT ${LANE} FROM lane WHERE destination = $1`,
  incidents: `SELECT ${INCIDENT} FROM incident WHERE id = ANY($1::bigint[])`,
  moments: `SELECT ${MOMENT} FROM moment WHERE incident = ANY($1::bigint[]) ORDER BY incident, n`,
  firstRaw: "SELECT incident, raw FROM body WHERE incident = ANY($1::bigint[]) AND slot = 0",
  // Of a single alert the first line is also the newest, and need not travel twice.
  newestRaw: `SELECT incident.id, newest.raw FROM incident CROSS JOIN LATERAL (
      SELECT raw FROM body WHERE body.incident = incident.id
        AND ordinal = (SELECT max(ordinal) FROM body AS other WHERE other.incident = incident.id)
    ) AS newest
    WHERE incident.id = ANY($1::bigint[]) AND incident.count > 1`,
  masses: `SELECT ${MASS} FROM mass WHERE incident = ANY($1::bigint[])`,
  // With the words of `incident_member`'s own condition, so that it may serve.
  members: `SELECT member.* FROM unnest($1::bigint[]) WITH ORDINALITY AS asked(mass, place)
    CROSS JOIN unnest($2::text[]) WITH ORDINALITY AS seen(state, place)
    CROSS JOIN LATERAL (
      SELECT ${INCIDENT} FROM incident
      WHERE collapsed_into = asked.mass AND collapsed_into > 0 AND incident.state = seen.state ORDER BY id LIMIT $3
    ) AS member
    ORDER BY asked.place, seen.place, member.id`,
  digested: `SELECT asked.digest, count(told_in.incident),
      count(incident.id) FILTER (WHERE incident.state IN ('open', 'acknowledged'))
    FROM unnest($1::bigint[]) AS asked(digest)
    LEFT JOIN told_in ON told_in.digest = asked.digest LEFT JOIN incident ON incident.id = told_in.incident
    GROUP BY asked.digest ORDER BY asked.digest`,
  inDigests: `SELECT asked.digest, shown.* FROM unnest($1::bigint[]) AS asked(digest) CROSS JOIN LATERAL (
      SELECT ${INCIDENT} FROM told_in JOIN incident ON incident.id = told_in.incident
      WHERE told_in.digest = asked.digest AND state NOT IN ('pending', 'resolved') ORDER BY ${WORST_FIRST}, id LIMIT $2
    ) AS shown`,
  allInDigest: `SELECT ${INCIDENT} FROM told_in JOIN incident ON incident.id = told_in.incident
    WHERE digest = $1 ORDER BY id`,
  digest: `SELECT ${DIGEST} FROM digest WHERE destination = $1`,
  works: `SELECT ${WORK} FROM work WHERE incident = ANY($1::bigint[])`,
  receipts: `SELECT ${RECEIPT} FROM receipt WHERE incident = ANY($1::bigint[]) ORDER BY incident, destination`,
  attempts: `SELECT ${ATTEMPT} FROM attempt WHERE id = ANY($1::bigint[])`,
  responses: `SELECT known.* FROM unnest($1::bigint[]) AS asked(incident) CROSS JOIN LATERAL (
      SELECT ${RESPONSE} FROM response WHERE response.incident = asked.incident ORDER BY id DESC LIMIT $2
    ) AS known`,
} as const;

const PRIORITIES = [0, 1, 2, 3];
const BEFORE_ALL = { dueAt: -1, incident: 0 };

/** Finds what is due, in two journeys at most. Run it inside the transaction that it is to see. */
export async function claim(session: PostgresSession, query: ClaimQuery): Promise<Claim> {
  const { destination, limit, now, after, lostOnly } = query;
  const places = PRIORITIES.map((priority) => after?.[priority] ?? BEFORE_ALL);
  const ask = (name: keyof typeof POSTGRES_CLAIM_SQL, ...values: Question["values"]): Promise<Row[]> =>
    session.ask({ name: `claim ${name}`, text: POSTGRES_CLAIM_SQL[name], values });
  if (query.inDigest !== undefined) {
    const [[lane], digest] = await all([ask("lane", destination), contentsOf(ask, query.inDigest, destination)]);
    return { lane: lane === undefined ? newLane(destination) : laneOf(lane), items: [], nextDueAt: null, digest };
  }
  const [due, [nextDue], [lane]] = await all([
    lostOnly === true
      ? ask("lost", destination, now, limit)
      : ask(
          "due",
          destination,
          now,
          limit,
          numberArray(places.map(({ dueAt }) => dueAt)),
          numberArray(places.map(({ incident }) => incident)),
        ),
    ask("nextDue", destination, now),
    ask("lane", destination),
  ]);
  const works = due.map(workOf);
  const nextDueAt = nextDue![0] as number | null;
  const known = { lane: lane === undefined ? newLane(destination) : laneOf(lane), nextDueAt };
  if (query.mayBegin?.(known.lane) === false) return { ...known, items: [], waiting: works };
  if (works.length === 0) return { ...known, items: [] };

  const ids = numberArray(works.map(({ incident }) => incident));
  const tried = works.flatMap(({ attempt }) => attempt ?? []);
  const [incidentRows, momentRows, firsts, newest, receiptRows, attemptRows] = await all([
    ask("incidents", ids),
    ask("moments", ids),
    ask("firstRaw", ids),
    ask("newestRaw", ids),
    ask("receipts", ids),
    tried.length === 0 ? Promise.resolve<Row[]>([]) : ask("attempts", numberArray(tried)),
  ]);
  const incidents = new Map(incidentRows.map(incidentOf).map((incident) => [incident.id, incident]));
  const moments = Map.groupBy(momentRows.map(momentOf), ({ incident }) => incident);
  const receipts = Map.groupBy(receiptRows.map(receiptOf), ({ incident }) => incident);
  const attempts = new Map(attemptRows.map(attemptOf).map((attempt) => [attempt.id, attempt]));
  const [firstRaws, newestRaws] = [rawsOf(firsts), rawsOf(newest)];
  const masses = await membersOfMasses(ask, [...incidents.values()]);
  const digests = await membersOfDigests(ask, [...incidents.values()]);
  const responses = await responsesOf(ask, moments);
  const items = works.map((work) => {
    const incident = incidents.get(work.incident);
    if (incident === undefined) {
      throw new Error(`work for ${destination} is about incident #${work.incident}, which is not there`);
    }
    const shown = receipts.get(incident.id) ?? [];
    return {
      work,
      incident,
      moments: moments.get(incident.id) ?? [],
      firstRaw: firstRaws.get(incident.id) ?? "",
      newestRaw: incident.count === 1 ? null : (newestRaws.get(incident.id) ?? ""),
      receipt: shown.find((receipt) => receipt.destination === destination) ?? null,
      ...(shown.some((receipt) => receipt.destination !== destination) && { receipts: shown }),
      attempt: work.attempt === null ? null : (attempts.get(work.attempt) ?? null),
      ...masses.get(incident.id),
      ...digests.get(incident.id),
      ...(responses.has(incident.id) && { responses: responses.get(incident.id)! }),
    };
  });
  return { ...known, items };
}

/** A journey more where Riposte had something to say of responses. */
async function responsesOf(
  ask: (name: keyof typeof POSTGRES_CLAIM_SQL, ...values: Question["values"]) => Promise<Row[]>,
  moments: ReadonlyMap<number, readonly Moment[]>,
): Promise<ReadonlyMap<number, readonly Response[]>> {
  const ids = [...moments].flatMap(([id, of]) => (saysOfResponses(of) ? [id] : []));
  if (ids.length === 0) return new Map();
  const rows = await ask("responses", numberArray(ids), ASKED_MOST);
  const found = Map.groupBy(rows.map(responseOf), ({ incident }) => incident);
  return new Map(ids.map((id) => [id, found.get(id) ?? []]));
}

/** A third journey, for the few claims that bring a mass event. */
async function membersOfMasses(
  ask: (name: keyof typeof POSTGRES_CLAIM_SQL, ...values: Question["values"]) => Promise<Row[]>,
  incidents: readonly Incident[],
): Promise<ReadonlyMap<number, Pick<ClaimedWork, "mass">>> {
  const ids = incidents.filter(({ policy }) => massedPolicy(policy) !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const [rows, found] = await all([
    ask("masses", numberArray(ids)),
    ask("members", numberArray(ids), textArray(MEMBER_STATES), MEMBERS_SHOWN),
  ]);
  const ofMass = Map.groupBy(found, (row) => incidentOf(row).collapsedInto);
  return new Map(
    ids.map((id) => [
      id,
      {
        mass: membersOf(
          rows.find(([of]) => of === id),
          ofMass.get(id) ?? [],
        ),
      },
    ]),
  );
}

/** The same for the few that bring a digest. */
async function membersOfDigests(
  ask: (name: keyof typeof POSTGRES_CLAIM_SQL, ...values: Question["values"]) => Promise<Row[]>,
  incidents: readonly Incident[],
): Promise<ReadonlyMap<number, Pick<ClaimedWork, "mass">>> {
  const ids = incidents.filter(({ policy }) => digestedFor(policy) !== null).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const [counts, shown] = await all([
    ask("digested", numberArray(ids)),
    ask("inDigests", numberArray(ids), MEMBERS_SHOWN),
  ]);
  const ofDigest = Map.groupBy(shown, ([digest]) => digest as number);
  return new Map(
    counts.map(([id, members, unresolved]) => {
      const listed = (ofDigest.get(id as number) ?? []).map(([, ...row]) => incidentOf(row));
      return [
        id as number,
        { mass: { members: members as number, unresolved: unresolved as number, shown: listed } },
      ] as const;
    }),
  );
}

async function contentsOf(
  ask: (name: keyof typeof POSTGRES_CLAIM_SQL, ...values: Question["values"]) => Promise<Row[]>,
  id: number,
  destination: string,
): Promise<ClaimedDigest> {
  const [[state], rows] = await all([ask("digest", destination), ask("allInDigest", id)]);
  const incidents = rows.map(incidentOf);
  const ids = numberArray(incidents.map((incident) => incident.id));
  const [workRows, firsts] = await all([ask("works", ids), ask("firstRaw", ids)]);
  const its = workRows.map(workOf).filter((work) => work.destination === destination);
  const works = new Map(its.map((work) => [work.incident, work]));
  const raws = rawsOf(firsts);
  return {
    state: state === undefined ? newDigest(destination) : digestOf(state),
    members: incidents.map((incident) => ({
      incident,
      work: works.get(incident.id) ?? null,
      firstRaw: raws.get(incident.id) ?? "",
    })),
  };
}

function rawsOf(rows: readonly Row[]): ReadonlyMap<number, string> {
  return new Map(rows.map(([incident, raw]) => [incident as number, fromText(raw as string)]));
}
