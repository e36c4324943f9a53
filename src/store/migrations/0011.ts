// Older programs: those that know schema 8. They leave it as it is, and show nothing of it.

// What people have done about an incident beside its state.
export const sql = "ALTER TABLE incident ADD COLUMN handling TEXT;";
