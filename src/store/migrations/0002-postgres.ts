// Older programs: none. They would not know what to say of the moments that come with it.

// The same table as SQLite's, in PostgreSQL's words (0001-postgres.ts).
export const sql = `
CREATE TABLE action (
  agent_id TEXT COLLATE "C" NOT NULL,
  program TEXT COLLATE "C" NOT NULL,
  target TEXT COLLATE "C" NOT NULL,
  began_at BIGINT NOT NULL,
  agent_name TEXT COLLATE "C",
  target_kind TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  incident BIGINT,
  cause_rule TEXT COLLATE "C",
  source TEXT COLLATE "C" NOT NULL,
  last_at BIGINT NOT NULL,
  times BIGINT NOT NULL,
  expected_end_at BIGINT,
  ended_at BIGINT,
  due_at BIGINT,
  told BIGINT NOT NULL,
  explained TEXT COLLATE "C",
  PRIMARY KEY (agent_id, program, target, began_at)
);
CREATE INDEX action_incident ON action (incident, began_at);
CREATE INDEX action_timer ON action (source, due_at) WHERE due_at IS NOT NULL;
-- Counts for people, and the oldest of each state.
CREATE INDEX action_state ON action (state, began_at);
`;
