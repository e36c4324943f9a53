// Older programs: there are none. This one creates the tables.

// The same tables as SQLite's, in PostgreSQL's words. BIGINT, since SQLite's INTEGER has 64 bits. COLLATE "C": text is
// compared by its bytes, as SQLite does it, and an index can't be broken by a new release of the system's locales.
export const sql = `
-- One row: what the database is and how far it has counted. programs_from: what schema a program must know at least.
CREATE TABLE meta (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  schema BIGINT NOT NULL,
  programs_from BIGINT NOT NULL,
  install TEXT COLLATE "C" NOT NULL,
  incident BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  audit BIGINT NOT NULL
);

CREATE TABLE snapshot (
  hash TEXT COLLATE "C" PRIMARY KEY,
  at BIGINT NOT NULL,
  body TEXT COLLATE "C" NOT NULL
);

CREATE TABLE source (
  name TEXT COLLATE "C" PRIMARY KEY,
  cursor TEXT COLLATE "C",
  read BIGINT NOT NULL,
  ignored BIGINT NOT NULL,
  malformed BIGINT NOT NULL,
  duplicate BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  collision BIGINT NOT NULL,
  watermark_at BIGINT,
  seen_at BIGINT
);

CREATE TABLE quarantine (
  source TEXT COLLATE "C" NOT NULL,
  slot BIGINT NOT NULL,
  at BIGINT NOT NULL,
  why TEXT COLLATE "C" NOT NULL,
  raw TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (source, slot)
);

-- Every kept alert, by its identity; its line is in body while it is among an incident's first or newest.
CREATE TABLE alert (
  origin TEXT COLLATE "C" NOT NULL,
  native_id TEXT COLLATE "C" NOT NULL,
  stamp TEXT COLLATE "C" NOT NULL,
  rule_id TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  level BIGINT NOT NULL,
  agent_id TEXT COLLATE "C",
  disposition TEXT COLLATE "C" NOT NULL,
  incidents TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (origin, native_id, stamp, rule_id)
);

CREATE TABLE incident (
  id BIGINT PRIMARY KEY,
  policy TEXT COLLATE "C" NOT NULL,
  group_key TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  severity TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C" NOT NULL,
  rule_id TEXT COLLATE "C" NOT NULL,
  agent_id TEXT COLLATE "C",
  agent_name TEXT COLLATE "C",
  snapshot TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  count BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  opened_at BIGINT,
  resolved_at BIGINT,
  resolved_by TEXT COLLATE "C",
  acknowledged_by TEXT COLLATE "C",
  revision BIGINT NOT NULL,
  moment_count BIGINT NOT NULL,
  due_at BIGINT
);
-- Whatever goes wrong above, no group has two incidents that somebody must still work on: both would have the large
-- number. It also makes the one to join or reopen the last of its group.
CREATE UNIQUE INDEX incident_group
  ON incident (policy, group_key, (CASE WHEN state = 'resolved' THEN id ELSE 9007199254740991 END));
CREATE INDEX incident_timer ON incident (source, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX incident_state ON incident (state, id);

CREATE TABLE body (
  incident BIGINT NOT NULL,
  slot BIGINT NOT NULL,
  ordinal BIGINT NOT NULL,
  raw TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (incident, slot)
);

CREATE TABLE moment (
  incident BIGINT NOT NULL,
  n BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  severity TEXT COLLATE "C" NOT NULL,
  count BIGINT NOT NULL,
  done_by TEXT COLLATE "C",
  text TEXT COLLATE "C",
  PRIMARY KEY (incident, n)
);

-- A priority that no claim asks for would wait for ever: claims ask for these four.
CREATE TABLE work (
  incident BIGINT NOT NULL,
  destination TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  wanted BIGINT NOT NULL,
  priority BIGINT NOT NULL CHECK (priority BETWEEN 0 AND 3),
  due_at BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  first_tried_at BIGINT,
  tries BIGINT NOT NULL,
  looks BIGINT NOT NULL,
  reason TEXT COLLATE "C",
  evidence TEXT COLLATE "C",
  attempt BIGINT,
  lost_since BIGINT,
  lost BIGINT NOT NULL,
  may_land_until BIGINT,
  sweeps TEXT COLLATE "C",
  PRIMARY KEY (incident, destination)
);
CREATE INDEX work_due ON work (destination, priority, due_at, incident) WHERE state IN ('ready', 'unknown', 'watched');
-- Counts for people without touching the rows; the dead and the orphaned of a destination.
CREATE INDEX work_state ON work (destination, state, reason, since_at);

CREATE TABLE receipt (
  incident BIGINT NOT NULL,
  destination TEXT COLLATE "C" NOT NULL,
  remote TEXT COLLATE "C" NOT NULL,
  twins TEXT COLLATE "C",
  steps BIGINT NOT NULL,
  moments_told BIGINT NOT NULL,
  head_digest TEXT COLLATE "C",
  repeats BIGINT NOT NULL,
  first_done_at BIGINT NOT NULL,
  last_done_at BIGINT NOT NULL,
  PRIMARY KEY (incident, destination)
);
-- Counts for people: how many incidents a destination was told of, and how often twice.
CREATE INDEX receipt_destination ON receipt (destination, repeats);

CREATE TABLE attempt (
  id BIGINT PRIMARY KEY,
  incident BIGINT NOT NULL,
  destination TEXT COLLATE "C" NOT NULL,
  step BIGINT NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  safe_to_repeat BIGINT NOT NULL,
  repeat BIGINT NOT NULL,
  plan TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  completes BIGINT NOT NULL,
  began_at BIGINT NOT NULL,
  ended_at BIGINT,
  outcome TEXT COLLATE "C",
  reason TEXT COLLATE "C",
  evidence TEXT COLLATE "C"
);
CREATE INDEX attempt_open ON attempt (id) WHERE ended_at IS NULL;
CREATE INDEX attempt_incident ON attempt (incident, id);

-- How often calls of a destination ended how, counted as they end: attempts are too many to be counted when asked.
CREATE TABLE tally (
  destination TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (destination, outcome)
);

CREATE TABLE lane (
  destination TEXT COLLATE "C" PRIMARY KEY,
  next_at BIGINT NOT NULL,
  hold_until BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  trouble_at BIGINT NOT NULL,
  reason TEXT COLLATE "C",
  evidence TEXT COLLATE "C",
  last_done_at BIGINT,
  action_holds TEXT COLLATE "C",
  budget_from BIGINT NOT NULL,
  budget_used BIGINT NOT NULL
);

CREATE TABLE audit (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  who TEXT COLLATE "C" NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  about TEXT COLLATE "C" NOT NULL
);
`;
