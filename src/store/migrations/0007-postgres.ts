// Older programs: none. They would tell at once what there is a reason not to tell, and know no end of it.

// The same as SQLite's, in PostgreSQL's words (0001-postgres.ts).
export const sql = `
ALTER TABLE incident ADD COLUMN flaps TEXT COLLATE "C";

CREATE TABLE silence (
  id BIGINT PRIMARY KEY,
  who TEXT COLLATE "C" NOT NULL,
  comment TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  ends_at BIGINT,
  incident BIGINT,
  opened_at BIGINT,
  condition TEXT COLLATE "C" NOT NULL
);

DROP INDEX work_due;
CREATE INDEX work_due ON work (destination, priority, due_at, incident)
  WHERE state IN ('ready', 'unknown', 'watched', 'hushed');

-- Zero: it was there before anybody asked.
ALTER TABLE meta ADD COLUMN installed_at BIGINT NOT NULL DEFAULT 0;
`;
