// Older programs: none. They would tell one by one what is told in a digest, and remind nobody.

// Of what people are to be reminded and when, how the digests of each destination stand, and what was told in which.
export const sql = `
CREATE TABLE reminder (
  incident INTEGER NOT NULL,
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (incident, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_timer ON reminder (source, due_at);

CREATE TABLE digest (
  destination TEXT PRIMARY KEY,
  incident INTEGER NOT NULL,
  since INTEGER NOT NULL,
  told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE told_in (
  incident INTEGER NOT NULL,
  destination TEXT NOT NULL,
  digest INTEGER NOT NULL,
  PRIMARY KEY (incident, destination)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_in_digest ON told_in (digest, incident);
`;
