// Older programs: none. They would take nothing away, and the database would grow past what it may.

// One row, once anything went: how far back what is kept reaches, and how much went.
export const sql = `
CREATE TABLE retention (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  at INTEGER NOT NULL,
  kept_from INTEGER NOT NULL,
  keep_ms INTEGER NOT NULL,
  incidents_gone INTEGER NOT NULL,
  alerts_gone INTEGER NOT NULL
) STRICT;
`;
