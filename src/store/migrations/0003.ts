// Older programs: none. They would tell one by one what is told together, and not keep count of it.

// Which incidents are told together in a mass event, of what how many opened lately, and how a mass event stands.
export const sql = `
ALTER TABLE incident ADD COLUMN collapsed_into INTEGER NOT NULL DEFAULT 0;
-- Only of those that are in one: all others pay nothing for it.
CREATE INDEX incident_member ON incident (collapsed_into, state, id) WHERE collapsed_into > 0;

CREATE TABLE surge (
  policy TEXT PRIMARY KEY,
  recent TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mass (
  incident INTEGER PRIMARY KEY,
  members INTEGER NOT NULL,
  unresolved INTEGER NOT NULL,
  surged_at INTEGER NOT NULL
) STRICT;
`;
