// Older programs: none. They would write rows that no hash covers, and take sealed ones away.

export const sql = `
ALTER TABLE audit ADD COLUMN incident BIGINT;
ALTER TABLE audit ADD COLUMN response BIGINT;
ALTER TABLE audit ADD COLUMN detail TEXT COLLATE "C";
-- Null: it was written before rows were chained.
ALTER TABLE audit ADD COLUMN hash TEXT COLLATE "C";

-- The hash of the last row; empty: none was chained yet.
ALTER TABLE meta ADD COLUMN audit_head TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE TABLE seal (
  segment BIGINT PRIMARY KEY,
  first_id BIGINT NOT NULL,
  last_id BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  sealed_at BIGINT NOT NULL,
  rows_hash TEXT COLLATE "C" NOT NULL,
  head TEXT COLLATE "C" NOT NULL,
  previous TEXT COLLATE "C" NOT NULL,
  hash TEXT COLLATE "C" NOT NULL,
  key_id TEXT COLLATE "C",
  signature TEXT COLLATE "C"
);
`;
