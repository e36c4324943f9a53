// Older programs: none. They would tell one by one what is told in a digest, and remind nobody.

// The same as SQLite's, in PostgreSQL's words (0001-postgres.ts).
export const sql = `
CREATE TABLE reminder (
  incident BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  due_at BIGINT NOT NULL,
  times BIGINT NOT NULL,
  PRIMARY KEY (incident, kind)
);
CREATE INDEX reminder_timer ON reminder (source, due_at);

CREATE TABLE digest (
  destination TEXT COLLATE "C" PRIMARY KEY,
  incident BIGINT NOT NULL,
  since BIGINT NOT NULL,
  told BIGINT NOT NULL
);

CREATE TABLE told_in (
  incident BIGINT NOT NULL,
  destination TEXT COLLATE "C" NOT NULL,
  digest BIGINT NOT NULL,
  PRIMARY KEY (incident, destination)
);
CREATE INDEX told_in_digest ON told_in (digest, incident);
`;
