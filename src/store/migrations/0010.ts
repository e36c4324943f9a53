// Older programs: none. They would write rows that no hash covers, and take sealed ones away.

// The audit becomes a chain: each row has the hash of itself behind the one before, and stretches of it are sealed.
export const sql = `
ALTER TABLE audit ADD COLUMN incident INTEGER;
ALTER TABLE audit ADD COLUMN response INTEGER;
ALTER TABLE audit ADD COLUMN detail TEXT;
-- Null: it was written before rows were chained.
ALTER TABLE audit ADD COLUMN hash TEXT;

-- The hash of the last row; empty: none was chained yet.
ALTER TABLE meta ADD COLUMN audit_head TEXT NOT NULL DEFAULT '';

CREATE TABLE seal (
  segment INTEGER PRIMARY KEY,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  sealed_at INTEGER NOT NULL,
  rows_hash TEXT NOT NULL,
  head TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL,
  key_id TEXT,
  signature TEXT
) STRICT;
`;
