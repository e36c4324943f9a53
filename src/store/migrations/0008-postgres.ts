// Older programs: none. They would take nothing away, and the database would grow past what it may.

export const sql = `
CREATE TABLE retention (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  at BIGINT NOT NULL,
  kept_from BIGINT NOT NULL,
  keep_ms BIGINT NOT NULL,
  incidents_gone BIGINT NOT NULL,
  alerts_gone BIGINT NOT NULL
);
`;
