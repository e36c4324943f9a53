// Older programs: none. They would tell at once what there is a reason not to tell, and know no end of it.

// Silences, incidents that come back again and again, and when the database was made. What is not told falls due like
// other work, to be asked about again, so that it is in the same index.
export const sql = `
ALTER TABLE incident ADD COLUMN flaps TEXT;

CREATE TABLE silence (
  id INTEGER PRIMARY KEY,
  who TEXT NOT NULL,
  comment TEXT,
  created_at INTEGER NOT NULL,
  ends_at INTEGER,
  incident INTEGER,
  opened_at INTEGER,
  condition TEXT NOT NULL
) STRICT;

DROP INDEX work_due;
CREATE INDEX work_due ON work (destination, priority, due_at, incident)
  WHERE state IN ('ready', 'unknown', 'watched', 'hushed');

-- Zero: it was there before anybody asked.
ALTER TABLE meta ADD COLUMN installed_at INTEGER NOT NULL DEFAULT 0;
`;
