// Older programs: may run. They know nothing of these tables, and what stands in them is asked for again.

export const sql = `
CREATE TABLE agent (
  agent_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  body TEXT COLLATE "C" NOT NULL
);

CREATE TABLE fleet (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  looked_at BIGINT NOT NULL
);
`;
