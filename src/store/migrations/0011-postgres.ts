// Older programs: those that know schema 8. They leave it as it is, and show nothing of it.

// The same as SQLite's, in PostgreSQL's words (0001-postgres.ts).
export const sql = 'ALTER TABLE incident ADD COLUMN handling TEXT COLLATE "C";';
