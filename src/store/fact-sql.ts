import {
  ACTION,
  ATTEMPT,
  DIGEST,
  INCIDENT,
  LANE,
  LIVE_WINDOW,
  MASS,
  RECEIPT,
  REMINDER,
  SEAL,
  SILENCE,
  SOURCE,
  SURGE,
  WINDOW_BOOK,
  WORK,
} from "./columns.ts";
import { AT_MOST } from "./select.ts";

/** Each is one seek in an index, said as often as there are keys: inside the process that is faster than a list. */
export const FACT_SQL = {
  counters: "SELECT incident, attempt, audit, audit_head FROM meta",
  lastSeal: `SELECT ${SEAL} FROM seal ORDER BY segment DESC LIMIT 1`,
  lastConfig: "SELECT hash FROM snapshot ORDER BY at DESC LIMIT 1",
  source: `SELECT ${SOURCE} FROM source WHERE name = ?`,
  lane: `SELECT ${LANE} FROM lane WHERE destination = ?`,
  alerts: "SELECT stamp, rule_id FROM alert WHERE origin = ? AND native_id = ?",
  incident: `SELECT ${INCIDENT} FROM incident WHERE id = ?`,
  // In the order of the unique index `incident_group`, which puts the unresolved one last.
  newestOfGroup: `SELECT ${INCIDENT} FROM incident WHERE policy = ? AND group_key = ?
    ORDER BY CASE WHEN state = 'resolved' THEN id ELSE 9007199254740991 END DESC LIMIT 1`,
  due: `SELECT ${INCIDENT} FROM incident WHERE source = ? AND due_at <= ? ORDER BY due_at ${AT_MOST}`,
  nextSourceWithTimers: "SELECT min(source) FROM incident WHERE due_at IS NOT NULL AND source > ?",
  works: `SELECT ${WORK} FROM work WHERE incident = ?`,
  receipts: `SELECT ${RECEIPT} FROM receipt WHERE incident = ?`,
  attempt: `SELECT ${ATTEMPT} FROM attempt WHERE id = ?`,
  attemptsOfStep: `SELECT ${ATTEMPT} FROM attempt WHERE incident = ? AND destination = ? AND step = ? ORDER BY id DESC ${AT_MOST}`,
  openAttempts: `SELECT ${ATTEMPT} FROM attempt WHERE ended_at IS NULL ORDER BY id ${AT_MOST}`,
  nextDestinationWithWork: "SELECT min(destination) FROM work WHERE destination > ?",
  live: `SELECT ${WORK} FROM work WHERE destination = ? AND state IN ('ready', 'sending', 'unknown', 'listed', 'hushed')
    AND (state <> 'listed' OR coalesce(reason, '') NOT IN ('collapsed', 'digested')) ${AT_MOST}`,
  dead: `SELECT ${WORK} FROM work WHERE destination = ? AND state = 'dead' AND (? IS NULL OR reason = ?) ${AT_MOST}`,
  actions: `SELECT ${ACTION} FROM action WHERE agent_id = ? AND program = ? AND target = ? ORDER BY began_at DESC ${AT_MOST}`,
  // Behind others that only explain something it would be forgotten, and its end taken for that of nothing.
  inForce: `SELECT ${ACTION} FROM action WHERE agent_id = ? AND program = ? AND target = ?
    AND state IN ('received', 'overdue') ORDER BY began_at DESC LIMIT 1`,
  dueActions: `SELECT ${ACTION} FROM action WHERE source = ? AND due_at <= ? ORDER BY due_at ${AT_MOST}`,
  surge: `SELECT ${SURGE} FROM surge WHERE policy = ?`,
  mass: `SELECT ${MASS} FROM mass WHERE incident = ?`,
  window: `SELECT ${LIVE_WINDOW} FROM live_window WHERE policy = ? AND window_key = ?`,
  dueWindows: `SELECT ${LIVE_WINDOW} FROM live_window WHERE source = ? AND due_at < ? ORDER BY due_at ${AT_MOST}`,
  nextSourceWithWindows: "SELECT min(source) FROM live_window WHERE source > ?",
  windowBook: `SELECT ${WINDOW_BOOK} FROM window_book WHERE policy = ?`,
  dueReminders: `SELECT ${REMINDER} FROM reminder WHERE source = ? AND due_at <= ? ORDER BY due_at ${AT_MOST}`,
  nextSourceWithReminders: "SELECT min(source) FROM reminder WHERE source > ?",
  digest: `SELECT ${DIGEST} FROM digest WHERE destination = ?`,
  // In the order of the index `work_state`, from a place in it.
  hushed: `SELECT ${WORK} FROM work WHERE destination = ? AND state = 'hushed'
    AND (reason, since_at, incident) > (?, ?, ?) AND reason <= ? ORDER BY reason, since_at, incident ${AT_MOST}`,
  silence: `SELECT ${SILENCE} FROM silence WHERE id = ?`,
  silences: `SELECT ${SILENCE} FROM silence ORDER BY id`,
  silenceCount: "SELECT count(*) FROM silence",
  openOf: `SELECT ${INCIDENT} FROM incident WHERE policy = ? AND state IN ('open', 'acknowledged')
    ORDER BY id DESC ${AT_MOST}`,
  nextSourceWithActions: "SELECT min(source) FROM action WHERE due_at IS NOT NULL AND source > ?",
} as const;
