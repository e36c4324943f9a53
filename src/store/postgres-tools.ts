import { postgresDatabase } from "./postgres-address.ts";
import { StoreError } from "./store.ts";

/** The commands that copy a PostgreSQL database and put it back: without the password, which any user could read there. */
export function serverTools(connection: string): { readonly dump: string; readonly restore: string } | StoreError {
  const found = postgresDatabase(connection);
  if (found instanceof StoreError) return found;
  const { host, port, user, database } = found;
  const where = `--host=${quoted(host)} --port=${port} --username=${quoted(user)} --dbname=${quoted(database)}`;
  return {
    dump: `\`pg_dump --format=custom --file=riposte.dump ${where}\``,
    restore: `\`pg_restore --clean --if-exists --single-transaction ${where} riposte.dump\``,
  };
}

function quoted(word: string): string {
  return /^[\w./@%+:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
