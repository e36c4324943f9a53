// Older programs: none. They would not know what to say of the moments that come with it.

// What Wazuh's own active response was seen to do, and what was held back because it may have done it.
export const sql = `
CREATE TABLE action (
  agent_id TEXT NOT NULL,
  program TEXT NOT NULL,
  target TEXT NOT NULL,
  began_at INTEGER NOT NULL,
  agent_name TEXT,
  target_kind TEXT NOT NULL,
  state TEXT NOT NULL,
  incident INTEGER,
  cause_rule TEXT,
  source TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  expected_end_at INTEGER,
  ended_at INTEGER,
  due_at INTEGER,
  told INTEGER NOT NULL,
  explained TEXT,
  PRIMARY KEY (agent_id, program, target, began_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX action_incident ON action (incident, began_at);
CREATE INDEX action_timer ON action (source, due_at) WHERE due_at IS NOT NULL;
-- Counts for people, and the oldest of each state.
CREATE INDEX action_state ON action (state, began_at);
`;
