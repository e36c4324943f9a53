import { Client, type ClientConfig } from "pg";
import { typesOfValues } from "./postgres-values.ts";
import { StoreError } from "./store.ts";

/** Where a PostgreSQL database is to be had. */
export interface PostgresAddress {
  /** What messages call it: the host and the name, and nothing else of the connection string. */
  readonly place: string;
  /** For node-postgres: a secret. */
  readonly config: ClientConfig;
}

const CONNECT_MS = 10_000;

/**
 * An @ that is not before the host, or a #, comes from a password that was not encoded: what is taken for the name of
 * the database would be a part of it, and be told to everybody.
 */
const SHAPE = /^postgres(ql)?:\/\/[^/?#@]*(@[^/?#@]*)?(\/[^/?#@]*)?(\?[^#@]*)?$/;

/** The parts of a connection string that are no secret. */
export function postgresDatabase(
  connection: string,
): { readonly host: string; readonly port: number; readonly user: string; readonly database: string } | StoreError {
  const client = SHAPE.test(connection) ? clientOf({ connectionString: withoutAliases(connection) }) : null;
  if (client instanceof StoreError) return client;
  if (client === null) return noConnectionString();
  const { host, port, user = "", database = "" } = client;
  return { host, port, user, database };
}

/** Reads a connection string. What is wrong with it stays unsaid where saying it would repeat it. */
export function postgresAddress(connection: string): PostgresAddress | StoreError {
  const config: ClientConfig = {
    connectionString: withoutAliases(connection),
    application_name: "riposte",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: typesOfValues,
  };
  const client = SHAPE.test(connection) ? clientOf(config) : null;
  if (client instanceof StoreError) return client;
  if (client === null) return noConnectionString();
  const { host, port, database = "" } = client;
  const at = host.startsWith("/") ? `the socket in ${host}` : `${host}:${port}`;
  return { place: `the PostgreSQL database "${database}" at ${at}`, config };
}

/** node-postgres means `verify-full` by all of these, and says so each time in a paragraph on the standard error. */
function withoutAliases(connection: string): string {
  if (connection.includes("uselibpqcompat")) return connection;
  return connection.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
}

function clientOf(config: ClientConfig): Client | StoreError | null {
  try {
    return new Client(config);
  } catch (error) {
    if (!(error instanceof Error) || !("path" in error) || !("code" in error)) return null;
    return new StoreError(
      "unreachable",
      `The connection string that \`store\` names wants the file ${String(error.path)}, which can't be read (${String(error.code)}): correct sslrootcert, sslcert or sslkey in it, or let Riposte's user read that file.`,
    );
  }
}

function noConnectionString(): StoreError {
  return new StoreError(
    "unreachable",
    "The secret that `store` names holds no connection string: write one into it, like postgres://riposte:PASSWORD@db.example:5432/riposte, with what is neither a letter nor a digit in the password as % and two hex digits.",
  );
}
