// Older programs: none. They would open incidents for alerts that only count towards one.

// The same as SQLite's, in PostgreSQL's words (0001-postgres.ts).
export const sql = `
CREATE TABLE live_window (
  policy TEXT COLLATE "C" NOT NULL,
  window_key TEXT COLLATE "C" NOT NULL,
  n BIGINT NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  due_at BIGINT NOT NULL,
  shape TEXT COLLATE "C" NOT NULL,
  contributions TEXT COLLATE "C" NOT NULL,
  bodies TEXT COLLATE "C",
  last_expected TEXT COLLATE "C",
  PRIMARY KEY (policy, window_key)
);
CREATE INDEX live_window_timer ON live_window (source, due_at);

CREATE TABLE window_book (
  policy TEXT COLLATE "C" PRIMARY KEY,
  n BIGINT NOT NULL,
  live BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  refused_at BIGINT,
  since_at BIGINT
);

-- The ledger's way from a window to the incident that it filled.
CREATE TABLE window_filled (
  policy TEXT COLLATE "C" NOT NULL,
  n BIGINT NOT NULL,
  incident BIGINT NOT NULL,
  from_at BIGINT NOT NULL,
  PRIMARY KEY (policy, n)
);
`;
