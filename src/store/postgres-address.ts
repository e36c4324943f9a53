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

/** Reads a connection string. What is wrong with it stays unsaid where saying it would repeat it. */
export function postgresAddress(connection: string): PostgresAddress | StoreError {
  const config: ClientConfig = {
    connectionString: connection,
    application_name: "riposte",
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: typesOfValues,
  };
  const client = /^postgres(ql)?:\/\//.test(connection) ? clientOf(config) : null;
  if (client === null) {
    return new StoreError(
      "unreachable",
      "The secret that `store` names holds no connection string: write one into it, like postgres://riposte:PASSWORD@db.example:5432/riposte.",
    );
  }
  const { host, port, database = "" } = client;
  const at = host.startsWith("/") ? `the socket in ${host}` : `${host}:${port}`;
  return { place: `the PostgreSQL database "${database}" at ${at}`, config };
}

function clientOf(config: ClientConfig): Client | null {
  try {
    return new Client(config);
  } catch {
    return null;
  }
}
