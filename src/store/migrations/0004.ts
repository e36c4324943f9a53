// Older programs: none. They would open incidents for alerts that only count towards one.

// What is counted before a policy opens an incident, which incident took it, and how many keys a policy has live.
export const sql = `
-- Rows of a few hundred bytes that change with nearly every alert of their key: beside the key's tree, not in it.
CREATE TABLE live_window (
  policy TEXT NOT NULL,
  window_key TEXT NOT NULL,
  n INTEGER NOT NULL,
  source TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  shape TEXT NOT NULL,
  contributions TEXT NOT NULL,
  bodies TEXT,
  last_expected TEXT,
  PRIMARY KEY (policy, window_key)
) STRICT;
CREATE INDEX live_window_timer ON live_window (source, due_at);

CREATE TABLE window_book (
  policy TEXT PRIMARY KEY,
  n INTEGER NOT NULL,
  live INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  refused_at INTEGER,
  since_at INTEGER
) STRICT, WITHOUT ROWID;

-- The ledger's way from a window to the incident that it filled.
CREATE TABLE window_filled (
  policy TEXT NOT NULL,
  n INTEGER NOT NULL,
  incident INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  PRIMARY KEY (policy, n)
) STRICT, WITHOUT ROWID;
`;
