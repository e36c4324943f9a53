// Older programs: none. They would tell one by one what is told together, and not keep count of it.

// The same as SQLite's, in PostgreSQL's words (0001-postgres.ts).
export const sql = `
ALTER TABLE incident ADD COLUMN collapsed_into BIGINT NOT NULL DEFAULT 0;
-- Only of those that are in one: all others pay nothing for it.
CREATE INDEX incident_member ON incident (collapsed_into, state, id) WHERE collapsed_into > 0;

CREATE TABLE surge (
  policy TEXT COLLATE "C" PRIMARY KEY,
  recent TEXT COLLATE "C" NOT NULL
);

CREATE TABLE mass (
  incident BIGINT PRIMARY KEY,
  members BIGINT NOT NULL,
  unresolved BIGINT NOT NULL,
  surged_at BIGINT NOT NULL
);
`;
