// The columns of each table, written as SQL has them. Rows are read and bound in this order: rows.ts says what they
// mean and apply.ts binds them.
export const SOURCE = "name, cursor, read, ignored, malformed, duplicate, kept, collision, watermark_at, seen_at";
export const ALERT = "origin, native_id, stamp, rule_id, source, at, level, agent_id, disposition, incidents";
export const BODY = "incident, slot, ordinal, raw";
export const QUARANTINE = "source, slot, at, why, raw";
export const INCIDENT = `id, policy, group_key, state, severity, title, rule_id, agent_id, agent_name, snapshot, source,
  count, first_at, last_at, opened_at, resolved_at, resolved_by, acknowledged_by, revision, moment_count, due_at,
  collapsed_into, flaps, handling`;
export const MOMENT = "incident, n, kind, at, severity, count, done_by, text";
export const WORK = `incident, destination, state, wanted, priority, due_at, since_at, first_tried_at, tries, looks, reason, evidence,
  attempt, lost_since, lost, may_land_until, sweeps`;
export const RECEIPT = `incident, destination, remote, twins, steps, moments_told, head_digest, repeats, first_done_at,
  last_done_at`;
export const ATTEMPT = `id, incident, destination, step, action, safe_to_repeat, repeat, plan, revision, completes,
  began_at, ended_at, outcome, reason, evidence`;
export const LANE = `destination, next_at, hold_until, failures, trouble_at, reason, evidence, last_done_at, action_holds,
  budget_from, budget_used`;
export const ACTION = `agent_id, program, target, began_at, agent_name, target_kind, state, incident, cause_rule, source, last_at,
  times, expected_end_at, ended_at, due_at, told, explained`;
export const ACTION_KEY = "agent_id, program, target, began_at";
export const SURGE = "policy, recent";
export const MASS = "incident, members, unresolved, surged_at";
export const LIVE_WINDOW = "policy, window_key, n, source, due_at, shape, contributions, bodies, last_expected";
export const LIVE_WINDOW_KEY = "policy, window_key";
export const WINDOW_BOOK = "policy, n, live, refused, refused_at, since_at";
export const WINDOW_FILLED = "policy, n, incident, from_at";
export const REMINDER = "incident, kind, source, due_at, times";
export const DIGEST = "destination, incident, since, told";
export const TOLD_IN = "incident, destination, digest";
/** `body` is all of it; the others are what is asked by. */
export const RESPONSE =
  "id, token, incident, state, action, agent_id, target_kind, target, at, counted_at, due_at, body";
export const SIGHTING = "kind, address, agent_id, account, first_at, last_at";
export const SIGHTING_KEY = "kind, address, agent_id, account";
export const RESPOND_STOP = "id, at, who, why";
export const SILENCE = "id, who, comment, created_at, ends_at, incident, opened_at, condition";
export const AUDIT = "id, at, who, what, about, incident, response, detail, hash";
export const SEAL = `segment, first_id, last_id, row_count, from_at, to_at, sealed_at, rows_hash, head, previous, hash,
  key_id, signature`;
export const RETENTION = "one, at, kept_from, keep_ms, incidents_gone, alerts_gone";
/** `body` is all of it. */
export const AGENT = "agent_id, body";
export const FLEET = "one, looked_at";
export const TALLY = "destination, outcome, count";
export const SNAPSHOT = "hash, at, body";

/** The columns that hold text, in whichever table; all others hold whole numbers. */
export const TEXT_COLUMNS: ReadonlySet<string> = new Set(
  `about, account, action, address, action_holds, agent_id, agent_name, acknowledged_by, audit_head, bodies, body, cause_rule, comment, condition, contributions, cursor, destination, detail, disposition, done_by, evidence, explained, flaps,
  group_key, handling, hash, head, head_digest, incidents, install, key_id, kind, last_expected, name, native_id, origin, outcome, plan, policy, previous, program, raw, reason, recent,
  remote, resolved_by, rows_hash, rule_id, severity, shape, signature, snapshot, source, stamp, state, sweeps, target, target_kind, text, title, token, twins, what, who, why,
  window_key`
    .split(",")
    .map((name) => name.trim()),
);

export type Cell = string | number | null;

type Trimmed<Text extends string> = Text extends `${" " | "\n"}${infer Rest}` | `${infer Rest}${" " | "\n"}`
  ? Trimmed<Rest>
  : Text;

/** The names in a list of columns. */
export type Column<List extends string> = List extends `${infer First},${infer Rest}`
  ? Trimmed<First> | Column<Rest>
  : Trimmed<List>;

export function namesOf<List extends string>(columns: List): Column<List>[] {
  return columns.split(",").map((name) => name.trim() as Column<List>);
}

/** Writes a row whether or not there is one with its key. */
export function upsert(table: string, columns: string, key: string): string {
  return `${insert(table, columns)} ${replacing(columns, key)}`;
}

/** Behind an insert: the row takes the place of the one with its key. */
export function replacing(columns: string, key: string): string {
  const news = namesOf(columns).filter((name) => !namesOf(key).includes(name));
  const set = news.map((name) => `${name} = excluded.${name}`);
  return `ON CONFLICT (${key}) DO UPDATE SET ${set.join(", ")}`;
}

/** Changes the row in which `same` are as given; like the others it takes values in the order of `columns`. */
export function update(table: string, columns: string, same: string): string {
  const names: string[] = namesOf(columns);
  const equals = (name: string): string => `${name} = ?${names.indexOf(name) + 1}`;
  const set = names.filter((name) => !namesOf(same).includes(name)).map(equals);
  return `UPDATE ${table} SET ${set.join(", ")} WHERE ${namesOf(same).map(equals).join(" AND ")}`;
}

/** Writes a row that must not be there yet. */
export function insert(table: string, columns: string): string {
  const values = namesOf(columns).map(() => "?");
  return `INSERT INTO ${table} (${columns}) VALUES (${values.join(", ")})`;
}
