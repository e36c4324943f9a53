import { StoreError } from "./store.ts";

/** What PostgreSQL or the way to it met, in words that say what to do; an error about anything else is handed back. */
export function postgresTrouble(place: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const trouble = wordsOf(error);
  if (trouble === null) return error;
  const [code, says] = trouble;
  return new StoreError(code, `${upperFirst(place)} ${says}.`, { cause: error });
}

type Words = readonly [StoreError["code"], string];

// SQLSTATE codes (postgresql.org/docs/current/errcodes-appendix.html): five characters, of which two are the class.
function wordsOf(error: Error): Words | null {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  switch (code) {
    case "28P01":
    case "28000":
      return [
        "denied",
        "refuses this user or this password: correct the connection string, or let the user in (pg_hba.conf) if it is right",
      ];
    case "42501":
      return [
        "denied",
        "denies this user a right that Riposte needs: make the user the owner of a database or a schema of its own",
      ];
    case "3D000":
      return ["missing", "does not exist: create it, with ENCODING 'UTF8', or name another in the connection string"];
    case "3F000":
      return ["missing", "has no schema to put tables in: create the one that the user's search_path names"];
    case "25006":
      return ["unwritable", READ_ONLY];
    case "53100":
      return ["full", "has no room left on its server's disk: free some space there, and reading goes on"];
    case "53300":
      return ["unreachable", `has no connection left: raise max_connections or end what holds them, since ${OF_OURS}`];
    case "57P01":
    case "57P02":
    case "57P03":
      return ["unreachable", "is starting up or shutting down: wait until it runs, and start Riposte again"];
    case "57P04":
    case "55000":
      return ["unreachable", "takes no connections: see that it still exists and that ALLOW_CONNECTIONS is true"];
    case "53200":
    case "53400":
      return ["unreachable", "has a server that is short of memory or of another resource: its log says of what"];
    case "58030":
    case "58P01":
      return ["unwritable", "has a server that can't read or write its own files: look at its disk and its log"];
    case "54000":
    case "54001":
      return ["unwritable", "can't take a row this large: its log says which; please report it"];
    case "57014":
    case "55P03":
      return ["unreachable", "did not get to a statement in time: look for what holds it up (pg_stat_activity)"];
    case "XX001":
    case "XX002":
      return ["corrupt", "is damaged: stop Riposte and put the newest backup in its place"];
  }
  if (code.startsWith("08") || WAY.has(code) || WAY_MESSAGES.test(error.message)) {
    const why = WAY.has(code) ? ` (${code})` : "";
    return ["unreachable", `can't be reached${why}: see that the server runs and that the connection string is right`];
  }
  if (TLS.test(code) || /SSL/.test(error.message)) {
    const why = TLS.test(code) ? ` (${code})` : "";
    return ["unreachable", `can't be spoken to over TLS${why}: see sslmode and sslrootcert in the connection string`];
  }
  return null;
}

export const READ_ONLY = "takes no writes (it is a replica, or set to read only): name the server that does";

const OF_OURS = "Riposte takes up to five";

const WAY: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
  "EACCES",
]);
/** Said by node-postgres, whose own errors have no code. */
const WAY_MESSAGES = /^Connection terminated|timeout expired$|^Query read timeout|^timeout exceeded|not queryable$/;
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** The place as a sentence begins with it. */
export function upperFirst(place: string): string {
  return place.charAt(0).toUpperCase() + place.slice(1);
}
