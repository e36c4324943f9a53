// Older programs: there are none. This one creates the database.

// Plain enough to be said to PostgreSQL as well, but for STRICT (values have the type of their column, as they have
// there anyway) and WITHOUT ROWID (the table is its primary key's tree: one tree less to write for small rows).
// Instants are milliseconds since the epoch. No foreign keys: rows are only ever written together, by one Writer.
export const sql = `
-- One row: what the database is and how far it has counted.
CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  install TEXT NOT NULL,
  incident INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  audit INTEGER NOT NULL
) STRICT;

CREATE TABLE snapshot (
  hash TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE source (
  name TEXT PRIMARY KEY,
  cursor TEXT,
  read INTEGER NOT NULL,
  ignored INTEGER NOT NULL,
  malformed INTEGER NOT NULL,
  duplicate INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  collision INTEGER NOT NULL,
  watermark_at INTEGER,
  seen_at INTEGER
) STRICT;

CREATE TABLE quarantine (
  source TEXT NOT NULL,
  slot INTEGER NOT NULL,
  at INTEGER NOT NULL,
  why TEXT NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (source, slot)
) STRICT;

-- Every kept alert, by its identity; its line is in body while it is among an incident's first or newest.
CREATE TABLE alert (
  origin TEXT NOT NULL,
  native_id TEXT NOT NULL,
  stamp TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  level INTEGER NOT NULL,
  agent_id TEXT,
  disposition TEXT NOT NULL,
  incidents TEXT NOT NULL,
  PRIMARY KEY (origin, native_id, stamp, rule_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  policy TEXT NOT NULL,
  group_key TEXT NOT NULL,
  state TEXT NOT NULL,
  severity TEXT NOT NULL,
  title TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  agent_id TEXT,
  agent_name TEXT,
  snapshot TEXT NOT NULL,
  source TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  opened_at INTEGER,
  resolved_at INTEGER,
  resolved_by TEXT,
  acknowledged_by TEXT,
  revision INTEGER NOT NULL,
  moment_count INTEGER NOT NULL,
  due_at INTEGER
) STRICT;
-- Whatever goes wrong above, no group has two incidents that somebody must still work on: both would have the large
-- number (the largest that an id can be). It also makes the one to join or reopen the last of its group. Groups come
-- in any order, so that each new incident writes a page here: a second index, for only one of the two, would cost half
-- as much again.
CREATE UNIQUE INDEX incident_group
  ON incident (policy, group_key, (CASE WHEN state = 'resolved' THEN id ELSE 9007199254740991 END));
CREATE INDEX incident_timer ON incident (source, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX incident_state ON incident (state, id);

-- Lines, which are large: a tree of their own, beside that of the key.
CREATE TABLE body (
  incident INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  raw TEXT NOT NULL,
  PRIMARY KEY (incident, slot)
) STRICT;

CREATE TABLE moment (
  incident INTEGER NOT NULL,
  n INTEGER NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  severity TEXT NOT NULL,
  count INTEGER NOT NULL,
  done_by TEXT,
  text TEXT,
  PRIMARY KEY (incident, n)
) STRICT, WITHOUT ROWID;

-- A priority that no claim asks for would wait for ever: claim.ts asks for these four.
CREATE TABLE work (
  incident INTEGER NOT NULL,
  destination TEXT NOT NULL,
  state TEXT NOT NULL,
  wanted INTEGER NOT NULL,
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
  due_at INTEGER NOT NULL,
  since_at INTEGER NOT NULL,
  first_tried_at INTEGER,
  tries INTEGER NOT NULL,
  looks INTEGER NOT NULL,
  reason TEXT,
  evidence TEXT,
  attempt INTEGER,
  lost_since INTEGER,
  lost INTEGER NOT NULL,
  may_land_until INTEGER,
  sweeps TEXT,
  PRIMARY KEY (incident, destination)
) STRICT, WITHOUT ROWID;
CREATE INDEX work_due ON work (destination, priority, due_at, incident) WHERE state IN ('ready', 'unknown', 'watched');
-- Counts for people without touching the rows; the dead and the orphaned of a destination.
CREATE INDEX work_state ON work (destination, state, reason, since_at);

CREATE TABLE receipt (
  incident INTEGER NOT NULL,
  destination TEXT NOT NULL,
  remote TEXT NOT NULL,
  twins TEXT,
  steps INTEGER NOT NULL,
  moments_told INTEGER NOT NULL,
  head_digest TEXT,
  repeats INTEGER NOT NULL,
  first_done_at INTEGER NOT NULL,
  last_done_at INTEGER NOT NULL,
  PRIMARY KEY (incident, destination)
) STRICT, WITHOUT ROWID;
-- Counts for people: how many incidents a destination was told of, and how often twice.
CREATE INDEX receipt_destination ON receipt (destination, repeats);

CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  incident INTEGER NOT NULL,
  destination TEXT NOT NULL,
  step INTEGER NOT NULL,
  action TEXT NOT NULL,
  safe_to_repeat INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  plan TEXT NOT NULL,
  revision INTEGER NOT NULL,
  completes INTEGER NOT NULL,
  began_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT,
  reason TEXT,
  evidence TEXT
) STRICT;
CREATE INDEX attempt_open ON attempt (id) WHERE ended_at IS NULL;
CREATE INDEX attempt_incident ON attempt (incident, id);

-- How often calls of a destination ended how, counted as they end: attempts are too many to be counted when asked.
CREATE TABLE tally (
  destination TEXT NOT NULL,
  outcome TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (destination, outcome)
) STRICT, WITHOUT ROWID;

CREATE TABLE lane (
  destination TEXT PRIMARY KEY,
  next_at INTEGER NOT NULL,
  hold_until INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  trouble_at INTEGER NOT NULL,
  reason TEXT,
  evidence TEXT,
  last_done_at INTEGER,
  action_holds TEXT,
  budget_from INTEGER NOT NULL,
  budget_used INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  about TEXT NOT NULL
) STRICT;
`;
