import {
  ACTION,
  ACTION_KEY,
  ATTEMPT,
  DIGEST,
  INCIDENT,
  LANE,
  MASS,
  RECEIPT,
  REMINDER,
  SEAL,
  SILENCE,
  SOURCE,
  SURGE,
  WORK,
} from "./columns.ts";
import { valuesOf } from "./postgres-leap.ts";
import { POSTGRES_WINDOW_SQL } from "./postgres-window-facts.ts";

/**
 * Each is one statement, however long its list, and finds what it finds by an index. All have an order, so that equal
 * rows make equal turns wherever the server has put them.
 */
export const POSTGRES_FACT_SQL = {
  counters: "SELECT incident, attempt, audit, audit_head FROM meta",
  lastSeal: `SELECT ${SEAL} FROM seal ORDER BY segment DESC LIMIT 1`,
  lastConfig: "SELECT hash FROM snapshot ORDER BY at DESC LIMIT 1",
  sources: `SELECT ${SOURCE} FROM source WHERE name = ANY($1::text[]) ORDER BY name`,
  lanes: `SELECT ${LANE} FROM lane WHERE destination = ANY($1::text[]) ORDER BY destination`,
  alerts: `SELECT origin, native_id, stamp, rule_id
    FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS asked(origin, native_id)
    JOIN alert USING (origin, native_id) ORDER BY origin, native_id, stamp, rule_id`,
  incidents: `SELECT ${INCIDENT} FROM incident WHERE id = ANY($1::bigint[]) ORDER BY id`,
  // In the order of the unique index `incident_group`, which puts the unresolved one last.
  newestOfGroups: `SELECT newest.* FROM unnest($1::text[], $2::text[]) AS asked(policy, group_key)
    CROSS JOIN LATERAL (
      SELECT ${INCIDENT} FROM incident
      WHERE incident.policy = asked.policy AND incident.group_key = asked.group_key
      ORDER BY CASE WHEN state = 'resolved' THEN id ELSE 9007199254740991 END DESC LIMIT 1
    ) AS newest`,
  due: `SELECT ${INCIDENT} FROM incident WHERE source = $1 AND due_at <= $2 ORDER BY due_at, id LIMIT $3`,
  dueOfOthers: `${valuesOf("incident", "source", "due_at IS NOT NULL")}
    SELECT due.* FROM leap CROSS JOIN LATERAL (
      SELECT ${INCIDENT} FROM incident WHERE source = leap.value AND due_at <= $1 ORDER BY due_at, id LIMIT $2
    ) AS due
    WHERE leap.value <> ALL($3::text[])`,
  surges: `SELECT ${SURGE} FROM surge WHERE policy = ANY($1::text[]) ORDER BY policy`,
  masses: `SELECT ${MASS} FROM mass WHERE incident = ANY($1::bigint[]) ORDER BY incident`,
  works: `SELECT ${WORK} FROM work WHERE incident = ANY($1::bigint[]) ORDER BY incident, destination`,
  receipts: `SELECT ${RECEIPT} FROM receipt WHERE incident = ANY($1::bigint[]) ORDER BY incident, destination`,
  attempts: `SELECT ${ATTEMPT} FROM attempt WHERE id = ANY($1::bigint[]) ORDER BY id`,
  attemptsOfSteps: `SELECT newest.* FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS asked(incident, destination, step)
    CROSS JOIN LATERAL (
      SELECT ${ATTEMPT} FROM attempt
      WHERE attempt.incident = asked.incident AND attempt.destination = asked.destination AND attempt.step = asked.step
      ORDER BY id DESC LIMIT $4
    ) AS newest`,
  openAttempts: `SELECT ${ATTEMPT} FROM attempt WHERE ended_at IS NULL ORDER BY id LIMIT $1`,
  live: `${valuesOf("work", "destination", "true")}
    SELECT live.* FROM leap CROSS JOIN LATERAL (
      SELECT ${WORK} FROM work
      WHERE destination = leap.value AND state IN ('ready', 'sending', 'unknown', 'listed', 'hushed')
        AND (state <> 'listed' OR coalesce(reason, '') NOT IN ('collapsed', 'digested')) LIMIT $1
    ) AS live
    WHERE leap.value <> ALL($2::text[]) LIMIT $1`,
  dead: `SELECT ${WORK} FROM work
    WHERE destination = $1 AND state = 'dead' AND ($2::text IS NULL OR reason = $2) LIMIT $3`,
  // Said so that `work_due`, which has them all, can't serve.
  hushed: `SELECT ${WORK} FROM work WHERE destination = $1 AND state BETWEEN 'hushed' AND 'hushed'
    AND (reason, since_at, incident) > ($2, $3::bigint, $4::bigint) AND reason <= $5
    ORDER BY reason, since_at, incident LIMIT $6`,
  silences: `SELECT ${SILENCE} FROM silence WHERE id = ANY($1::bigint[]) ORDER BY id`,
  allSilences: `SELECT ${SILENCE} FROM silence ORDER BY id`,
  silenceCount: "SELECT count(*) FROM silence",
  openOf: `SELECT open.* FROM unnest($1::text[]) AS asked(policy) CROSS JOIN LATERAL (
      SELECT ${INCIDENT} FROM incident WHERE incident.policy = asked.policy AND state IN ('open', 'acknowledged')
      ORDER BY id DESC LIMIT $2
    ) AS open`,
  actions: `SELECT newest.* FROM unnest($1::text[], $2::text[], $3::text[]) AS asked(agent_id, program, target)
    CROSS JOIN LATERAL (
      (SELECT ${ACTION} FROM action
        WHERE action.agent_id = asked.agent_id AND action.program = asked.program AND action.target = asked.target
        ORDER BY began_at DESC LIMIT $4)
      UNION ALL
      (SELECT ${ACTION} FROM action
        WHERE action.agent_id = asked.agent_id AND action.program = asked.program AND action.target = asked.target
          AND state IN ('received', 'overdue')
        ORDER BY began_at DESC LIMIT 1)
    ) AS newest`,
  dueActions: `SELECT ${ACTION} FROM action WHERE source = $1 AND due_at <= $2 ORDER BY due_at, ${ACTION_KEY} LIMIT $3`,
  dueActionsOfOthers: `${valuesOf("action", "source", "due_at IS NOT NULL")}
    SELECT due.* FROM leap CROSS JOIN LATERAL (
      SELECT ${ACTION} FROM action WHERE source = leap.value AND due_at <= $1 ORDER BY due_at, ${ACTION_KEY} LIMIT $2
    ) AS due
    WHERE leap.value <> ALL($3::text[])`,
  ...POSTGRES_WINDOW_SQL,
  dueReminders: `SELECT ${REMINDER} FROM reminder WHERE source = $1 AND due_at <= $2 ORDER BY due_at, incident, kind LIMIT $3`,
  dueRemindersOfOthers: `${valuesOf("reminder", "source", "true")}
    SELECT due.* FROM leap CROSS JOIN LATERAL (
      SELECT ${REMINDER} FROM reminder WHERE source = leap.value AND due_at <= $1 ORDER BY due_at, incident, kind LIMIT $2
    ) AS due
    WHERE leap.value <> ALL($3::text[])`,
  digests: `SELECT ${DIGEST} FROM digest WHERE destination = ANY($1::text[]) ORDER BY destination`,
} as const;
