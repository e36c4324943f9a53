// Older programs: none. They would not take back what is in force.

// What Riposte does about incidents, who was seen to try and to get in from where, and the kill switch.
export const sql = `
CREATE TABLE response (
  id INTEGER PRIMARY KEY,
  token TEXT NOT NULL,
  incident INTEGER NOT NULL,
  state TEXT NOT NULL,
  action TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  target_kind TEXT NOT NULL,
  target TEXT NOT NULL,
  at INTEGER NOT NULL,
  counted_at INTEGER,
  due_at INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX response_token ON response (token);
CREATE INDEX response_target ON response (agent_id, action, target_kind, target, id);
CREATE INDEX response_incident ON response (incident, id);
CREATE INDEX response_state ON response (state, id);
CREATE INDEX response_due ON response (due_at, at) WHERE due_at IS NOT NULL;
CREATE INDEX response_counted ON response (counted_at) WHERE counted_at IS NOT NULL;

CREATE TABLE sighting (
  kind TEXT NOT NULL,
  address TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  account TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (kind, address, agent_id, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX sighting_address ON sighting (address, last_at);
CREATE INDEX sighting_age ON sighting (last_at);

CREATE TABLE respond_stop (
  id INTEGER PRIMARY KEY,
  at INTEGER,
  who TEXT NOT NULL,
  why TEXT
) STRICT;
`;
