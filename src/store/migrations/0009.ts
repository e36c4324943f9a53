// Older programs: may run. They know nothing of these tables, and what stands in them is asked for again.

// What the Wazuh API said of agents when it was asked last, and when that was.
export const sql = `
CREATE TABLE agent (
  agent_id TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fleet (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  looked_at INTEGER NOT NULL
) STRICT;
`;
