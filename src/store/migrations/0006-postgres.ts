// Older programs: none. They would not take back what is in force.

// The same tables as SQLite's, in PostgreSQL's words (0001-postgres.ts).
export const sql = `
CREATE TABLE response (
  id BIGINT PRIMARY KEY,
  token TEXT COLLATE "C" NOT NULL,
  incident BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  agent_id TEXT COLLATE "C" NOT NULL,
  target_kind TEXT COLLATE "C" NOT NULL,
  target TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  counted_at BIGINT,
  due_at BIGINT,
  body TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX response_token ON response (token);
CREATE INDEX response_target ON response (agent_id, action, target_kind, target, id);
CREATE INDEX response_incident ON response (incident, id);
CREATE INDEX response_state ON response (state, id);
CREATE INDEX response_due ON response (due_at, at) WHERE due_at IS NOT NULL;
CREATE INDEX response_counted ON response (counted_at) WHERE counted_at IS NOT NULL;

CREATE TABLE sighting (
  kind TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  agent_id TEXT COLLATE "C" NOT NULL,
  account TEXT COLLATE "C" NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (kind, address, agent_id, account)
);
CREATE INDEX sighting_address ON sighting (address, last_at);
CREATE INDEX sighting_age ON sighting (last_at);

CREATE TABLE respond_stop (
  id BIGINT PRIMARY KEY,
  at BIGINT,
  who TEXT COLLATE "C" NOT NULL,
  why TEXT COLLATE "C"
);
`;
