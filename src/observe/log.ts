import { pino } from "pino";
import { prettyLine } from "./pretty.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** Fields first, then a sentence that never changes: what varies is in the fields. */
export type Say = (fields: object, sentence: string) => void;

/** Where the program says what it does. error: wake someone; warn: look tomorrow; info: an incident's story. */
export interface Log {
  readonly debug: Say;
  readonly info: Say;
  readonly warn: Say;
  readonly error: Say;
  readonly fatal: Say;
  /** The same log with these fields in every line. */
  child(fields: object): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Lines for a person at a terminal instead of JSON. */
  readonly pretty?: boolean;
  /** Sees every line before it is written, and takes out what must not be there. */
  readonly scrub?: (line: string) => string;
  /** Instead of standard error. */
  readonly write?: (line: string) => void;
}

/** As much as is kept while nothing can be written; what comes then is lost. */
const KEPT_MOST_BYTES = 1_048_576;

export function createLog(options: LogOptions): Log {
  const { level, pretty = false, scrub = (line) => line, write } = options;
  const sink = write === undefined ? standardError() : { write };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => (pretty ? prettyLine(scrub(line)) : scrub(line)) },
    },
    sink,
  );
}

/** On a full disk, or with nobody left to read it, the log stops and nothing else does. */
function standardError(): pino.DestinationStream {
  // Written at once: a line about the end of the process must not end with it.
  const sink = pino.destination({ dest: 2, sync: true, maxLength: KEPT_MOST_BYTES });
  sink.on("error", () => {});
  return sink;
}
